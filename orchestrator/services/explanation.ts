import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { type JobExplanation, JobExplanationSchema, WaitReason } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { JobRecord } from "../jobs/job.ts";
import { POLICY } from "../jobs/policy.ts";
import { waitsForQuota } from "../policy/charges.ts";
import type { Capacity } from "../scheduling/fleet.ts";

export interface Circumstances {
  /** Its place among its tenant's waiting jobs. */
  readonly position: number;
  readonly capacity: Capacity;
  /** Whether any worker can do it. */
  readonly served: boolean;
  /** What keeps it from workers that can. */
  readonly heldBack?: WaitReason | undefined;
}

/** Why a job waits, if it does. */
export function explain(record: JobRecord, circumstances: Circumstances): JobExplanation {
  const { waitsFor, until } = waitOf(record, circumstances);
  const { position, capacity } = circumstances;
  return create(JobExplanationSchema, {
    job: record.job,
    waitsFor,
    ...(until !== undefined && { waitUntil: timestampFromMs(until) }),
    position,
    ...capacity,
  });
}

function waitOf(record: JobRecord, { capacity, served, heldBack }: Circumstances): { waitsFor: WaitReason; until?: Instant } {
  const { workers, slotsFree } = capacity;
  const { job, timerAt, invitedAt, queueDeadlineAt } = record;
  if (job.state === JobState.SCHEDULED) return { waitsFor: WaitReason.SCHEDULE, until: timerAt ?? 0 };
  if (waitsForQuota(record)) return { waitsFor: WaitReason.QUOTA, until: timerAt ?? 0 };
  if (job.state === JobState.RETRY_WAIT) return { waitsFor: WaitReason.BACK_OFF, until: timerAt ?? 0 };
  if (job.state !== JobState.QUEUED) return { waitsFor: WaitReason.UNSPECIFIED };
  if (invitedAt !== null) return { waitsFor: WaitReason.CLAIM, until: invitedAt + POLICY.invitationTtlMs };
  if (heldBack !== undefined) return { waitsFor: heldBack, until: queueDeadlineAt };
  if (workers === 0) return { waitsFor: WaitReason.NO_WORKER, until: queueDeadlineAt };
  if (!served) return { waitsFor: WaitReason.NO_CAPABLE_WORKER, until: queueDeadlineAt };
  return { waitsFor: slotsFree === 0 ? WaitReason.NO_SLOT : WaitReason.TURN, until: queueDeadlineAt };
}
