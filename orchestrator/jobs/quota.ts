import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import { JobState, OverQuota, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { enter, next } from "./change.ts";
import { timedByExpiry } from "./expiry.ts";
import { afterFailure } from "./failure.ts";
import type { JobCommand, JobRecord, Outcome } from "./job.ts";

type OverQuotaCommand = Extract<JobCommand, { kind: "over_quota" }>;

/** A job that waits looks again this often: limits are raised, and other jobs end with less than they had reserved. */
const LOOK_EVERY_MS = 300_000;
const LOOK_AGAIN_MS = 1_000;

/** A document that was opened has more pages than there are: its job waits for them, as it was asked to, or has failed. */
export function overQuota(record: JobRecord, { pages, error }: OverQuotaCommand, now: Instant): Outcome {
  const waiting = waitingForQuota(record, pages, error, now);
  if (!waiting) return afterFailure({ ...record, job: { ...record.job, pagesTotal: pages } }, error, now);
  const { id, attempt } = record.job;
  waiting.job.pagesTotal = pages;
  // The attempt ends by nobody's fault, and costs none.
  const changed = { ...waiting, attemptsReleased: record.attemptsReleased + 1, leaseExpireAt: null, runDeadlineAt: null };
  return { kind: "changed", record: changed, cancel: create(CancelSignalSchema, { jobId: id, attempt }) };
}

/** There is still too little for a job that waits. */
export function stillOverQuota(record: JobRecord, { error }: OverQuotaCommand, now: Instant): Outcome {
  const waiting = next(record, now, { timerAt: lookAgainAt(record, error, now) });
  waiting.job.error = { ...error, traceId: record.job.traceId };
  return { kind: "changed", record: waiting };
}

/** The job as it waits until there are so many pages; undefined where it was not asked to, or there never will be. */
export function waitingForQuota(record: JobRecord, pages: number, error: ErrorMessage, now: Instant): JobRecord | undefined {
  const { options, traceId } = record.job;
  if (options?.overQuota !== OverQuota.WAIT || error.quota?.quota !== "pages" || Number(error.quota.limit) < pages) return undefined;
  const why = { code: TimelineReason.QUOTA_WAIT, detail: error.message };
  const waiting = enter(record, JobState.RETRY_WAIT, why, now, { workerId: record.workerId, timerAt: lookAgainAt(record, error, now) });
  waiting.job.error = { ...error, traceId };
  return timedByExpiry(waiting);
}

function lookAgainAt({ job: { options } }: JobRecord, { quota }: ErrorMessage, now: Instant): Instant {
  const resetAt = quota?.resetTime ? timestampMs(quota.resetTime) : now + LOOK_EVERY_MS;
  const notBefore = options?.notBefore ? timestampMs(options.notBefore) : 0;
  return Math.max(notBefore, now + LOOK_AGAIN_MS, Math.min(resetAt, now + LOOK_EVERY_MS));
}
