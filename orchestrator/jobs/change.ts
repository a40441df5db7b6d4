import { clone, create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobSchema, JobState, type Ledger, Stage, TimelineEntrySchema, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { isFinal } from "../../platform/final.ts";
import { reasonName } from "../../platform/names.ts";
import { traceIdOf } from "../../platform/trace.ts";
import { timedByExpiry } from "./expiry.ts";
import { isHeld } from "./held.ts";
import type { JobRecord, NewJob } from "./job.ts";
import { POLICY } from "./policy.ts";

const MAX_DETAIL = 500;

/** A job that was just accepted. */
export function newJob(given: NewJob, now: Instant): JobRecord {
  const notBefore = given.options.notBefore ? timestampMs(given.options.notBefore) : 0;
  const scheduled = notBefore > now;
  const queueDeadlineMs = given.options.queueDeadlineSeconds * 1000 || POLICY.queueDeadlineMs;
  const queueDeadlineAt = Math.max(now, notBefore) + queueDeadlineMs;
  const job = create(JobSchema, {
    id: given.id,
    version: 0n,
    options: given.options,
    fileName: given.fileName,
    sizeBytes: BigInt(given.sizeBytes),
    maxAttempts: POLICY.maxAttempts,
    createTime: timestampFromMs(now),
    traceId: traceIdOf(given.traceparent),
    traceUrl: given.traceUrl,
    passwordGiven: Boolean(given.sealedPassword),
    keyId: given.keyId ?? "",
    retryOf: given.retryOf ?? "",
  });
  const record: JobRecord = {
    job,
    tenantId: given.tenantId,
    inputKey: given.inputKey,
    inputSha256: given.inputSha256 ?? "",
    timerAt: scheduled ? notBefore : queueDeadlineAt,
    deliveryAttempt: 0,
    invitedAt: null,
    workerId: "",
    leaseExpireAt: null,
    heardAt: null,
    queueDeadlineAt,
    runDeadlineAt: null,
    traceparent: given.traceparent,
    invitationTraceparent: "",
    attemptsReleased: 0,
    outages: 0,
    losses: 0,
    crashes: 0,
    sealedPassword: given.sealedPassword ?? "",
    revisionName: "",
    correctedBy: "",
    counted: false,
    jobClass: given.jobClass ?? "default",
    lane: "",
    share: 1,
    operationId: "",
  };
  return timedByExpiry(enter(record, scheduled ? JobState.SCHEDULED : JobState.QUEUED, TimelineReason.CREATED, now));
}

/** Marks a job that has just ended with the time at which it is to be forgotten; `retentionMs` 0 for never. */
export function expiring(record: JobRecord, retentionMs: number, now: Instant): JobRecord {
  if (retentionMs === 0 || !isFinal(record.job.state)) return record;
  record.job.expireTime = timestampFromMs(now + retentionMs);
  return { ...record, timerAt: now + retentionMs };
}

/** A copy whose job may be changed freely, one version on. */
export function next(record: JobRecord, now: Instant, changes: Partial<JobRecord> = {}): JobRecord & { readonly job: Job } {
  const job = clone(JobSchema, record.job);
  job.version += 1n;
  job.updateTime = timestampFromMs(now);
  return { ...record, ...changes, job };
}

export function changedAt({ job: { updateTime } }: JobRecord): Instant {
  return updateTime ? timestampMs(updateTime) : 0;
}

/** Why a job changes: the reason alone, or with words for people. */
export type Why = TimelineReason | { readonly code: TimelineReason; readonly reason?: string; readonly detail: string };

export function note(record: JobRecord, why: Why, now: Instant): void {
  const { job } = record;
  const { code, detail, reason = reasonName(code) } = typeof why === "number" ? { code: why, detail: "" } : why;
  job.timeline.push(
    create(TimelineEntrySchema, {
      time: timestampFromMs(now),
      state: job.state,
      stage: job.stage,
      attempt: job.attempt,
      workerId: record.workerId,
      reason,
      reasonCode: code,
      detail: detail.slice(0, MAX_DETAIL),
    }),
  );
}

/** Moves a copy of `record` to `state`, with one timeline entry. */
export function enter(record: JobRecord, state: JobState, why: Why, now: Instant, changes: Partial<JobRecord> = {}): JobRecord {
  const moved = next(record, now, changes);
  moved.job.state = state;
  if (state !== JobState.RUNNING) moved.job.stage = Stage.UNSPECIFIED;
  if (isFinal(state)) moved.job.endTime = timestampFromMs(now);
  note(moved, why, now);
  return isFinal(state)
    ? {
        ...moved,
        timerAt: null,
        leaseExpireAt: null,
        runDeadlineAt: null,
        invitedAt: null,
        workerId: "",
        sealedPassword: "",
        counted: true,
      }
    : moved;
}

/** Whether what is stored of `before` is no result any more, or never will be: its attempt ended without one, or `after` has another. */
export function abandons(before: JobRecord, after: JobRecord): boolean {
  if (before.revisionName !== after.revisionName) return true;
  return isHeld(before.job.state) && !isHeld(after.job.state) && after.job.artefacts.length === 0;
}

/** Whether every page and every segment is accounted for. */
export function addsUp(ledger: Ledger): boolean {
  return (
    ledger.pagesIn > 0 &&
    ledger.pagesIn === ledger.pagesOut + ledger.pagesFailed &&
    ledger.segmentsTotal === ledger.segmentsTranslated + ledger.segmentsKept + ledger.segmentsFailed
  );
}
