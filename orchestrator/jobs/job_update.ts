import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type JobOptions, JobOptionsSchema, JobState, type Priority, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { priorityName } from "../../platform/names.ts";
import { enter, next, note } from "./change.ts";
import type { JobRecord, Outcome } from "./job.ts";
import { POLICY } from "./policy.ts";

/** Each leaves an entry in the timeline, and a job must stay one message. */
const MAX_CHANGES = 100;

/** What a job's own tenant changes of it while it waits; what is not given stays. */
export interface UpdateCommand {
  readonly kind: "update";
  readonly priority?: Priority;
  /** A time that is over lets it begin at once; a back-off is waited for all the same. */
  readonly notBefore?: Instant;
  /** From now on, or from `notBefore` if that is later. */
  readonly queueDeadlineSeconds?: number;
  /** Public id of the caller's key. */
  readonly by: string;
}

/** What a waiting job is after an update; unchanged where it has all of it already. Pure. */
export function updated(record: JobRecord, command: UpdateCommand, now: Instant): Outcome {
  const { options } = record.job;
  const given: Partial<JobOptions> = {
    ...(command.priority !== undefined && { priority: command.priority }),
    ...(command.notBefore !== undefined && { notBefore: timestampFromMs(command.notBefore) }),
    ...(command.queueDeadlineSeconds !== undefined && { queueDeadlineSeconds: command.queueDeadlineSeconds }),
  };
  const isTimed = command.notBefore !== undefined || command.queueDeadlineSeconds !== undefined;
  if (!isTimed && (command.priority ?? options?.priority) === options?.priority) return { kind: "unchanged", record };
  const changes = record.job.timeline.filter(({ reasonCode }) => reasonCode === TimelineReason.CHANGED);
  if (changes.length >= MAX_CHANGES) return { kind: "refused", code: "TOO_LATE", message: `The job was changed ${MAX_CHANGES} times.` };
  const merged = create(JobOptionsSchema, { ...options, ...given } as JobOptions);
  const why = { code: TimelineReason.CHANGED, detail: `${wordsOf(command)}, by ${command.by}` };
  const changed = isTimed ? timed(record, merged, command.notBefore ?? beginOf(record), why, now) : noted(record, why, now);
  changed.job.options = merged;
  return { kind: "changed", record: changed };
}

type Why = Parameters<typeof note>[1];

function noted(record: JobRecord, why: Why, now: Instant): JobRecord {
  const changed = next(record, now);
  note(changed, why, now);
  return changed;
}

function timed(record: JobRecord, { queueDeadlineSeconds }: JobOptions, notBefore: Instant, why: Why, now: Instant): JobRecord {
  const { state } = record.job;
  const beginAt = Math.max(now, notBefore);
  const queueDeadlineAt = beginAt + (queueDeadlineSeconds * 1000 || POLICY.queueDeadlineMs);
  if (state === JobState.RETRY_WAIT)
    return { ...noted(record, why, now), queueDeadlineAt, timerAt: Math.max(backOffOf(record, now), notBefore) };
  if (beginAt > now) return enter(record, JobState.SCHEDULED, why, now, { invitedAt: null, queueDeadlineAt, timerAt: beginAt });
  if (state === JobState.SCHEDULED) return enter(record, JobState.QUEUED, why, now, { queueDeadlineAt, timerAt: queueDeadlineAt });
  const lapsesAt = record.invitedAt === null ? queueDeadlineAt : record.invitedAt + POLICY.invitationTtlMs;
  return { ...noted(record, why, now), queueDeadlineAt, timerAt: Math.min(queueDeadlineAt, lapsesAt) };
}

/** Until when a job backs off; one that was put off since is not held to that. */
function backOffOf({ job: { options }, timerAt }: JobRecord, now: Instant): Instant {
  const isPutOff = options?.notBefore && timestampMs(options.notBefore) === timerAt;
  return isPutOff ? now : (timerAt ?? now);
}

/** When a job is to begin that is scheduled, or was put off. */
function beginOf({ job: { state, options }, timerAt }: JobRecord): Instant {
  if (state === JobState.RETRY_WAIT) return options?.notBefore ? timestampMs(options.notBefore) : 0;
  return state === JobState.SCHEDULED ? (timerAt ?? 0) : 0;
}

/** For people. */
function wordsOf({ priority, notBefore, queueDeadlineSeconds }: UpdateCommand): string {
  return [
    ...(priority === undefined ? [] : [`priority ${priorityName(priority)}`]),
    ...(notBefore === undefined ? [] : [`not before ${new Date(notBefore).toISOString()}`]),
    ...(queueDeadlineSeconds === undefined ? [] : [`waits at most ${queueDeadlineSeconds} s`]),
  ].join(", ");
}
