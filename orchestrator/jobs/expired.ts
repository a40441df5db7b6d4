import { create } from "@bufbuild/protobuf";
import { JobState, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { errorDetail } from "../../platform/errors.ts";
import { enter } from "./change.ts";
import { expiryAt } from "./expiry.ts";
import { isHeld } from "./held.ts";
import type { JobRecord, Outcome } from "./job.ts";

/** The end of a job whose time is over, whatever it does; its worker is told to stop. Undefined of one that has time. */
export function afterExpiry(record: JobRecord, now: Instant): Outcome | undefined {
  const at = expiryAt(record);
  if (at === undefined || now < at) return undefined;
  const { id, attempt, traceId, state } = record.job;
  const expired = enter(record, JobState.EXPIRED, TimelineReason.EXPIRED, now);
  expired.job.error = errorDetail("EXPIRY_PASSED", "The job had not ended by its expire_in_seconds.", { traceId });
  if (!isHeld(state)) return { kind: "changed", record: expired };
  return { kind: "changed", record: expired, cancel: create(CancelSignalSchema, { jobId: id, attempt }) };
}
