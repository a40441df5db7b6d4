import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { JobOptionsSchema, JobState, type Priority, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { priorityName, stateName } from "../../platform/names.ts";
import { enter, next, note } from "./change.ts";
import { isHeld } from "./held.ts";
import type { JobRecord, Outcome } from "./job.ts";
import { POLICY, runDeadlineMs } from "./policy.ts";

/** What an operator does with a job that its own tenant cannot. */
export type Override =
  | { readonly kind: "cancel" }
  | { readonly kind: "set_priority"; readonly priority: Priority }
  /** It goes before all others, without its schedule or the rest of its back-off. */
  | { readonly kind: "run_now" }
  | { readonly kind: "reschedule"; readonly notBefore: Instant }
  /** Every deadline that it has is so much later: to be taken, to have run, to have ended. */
  | { readonly kind: "extend_deadline"; readonly seconds: number }
  /** It is final at once, whatever its worker does. */
  | { readonly kind: "end_by_force"; readonly state: typeof JobState.FAILED | typeof JobState.CANCELLED }
  /** From quarantine: it may be tried again. */
  | { readonly kind: "release" };

export interface OverrideCommand {
  readonly kind: "override";
  readonly override: Override;
  /** Public id of the operator's key. */
  readonly by: string;
  readonly reason: string;
  /** Of a bulk change, which changes a job at most once; empty for none. */
  readonly operationId: string;
}

type Kind = Exclude<Override["kind"], "cancel">;
type Rule<K extends Kind> = (record: JobRecord, override: Extract<Override, { kind: K }>, said: string, now: Instant) => Outcome;

const WAITING: ReadonlySet<JobState> = new Set([JobState.SCHEDULED, JobState.QUEUED, JobState.RETRY_WAIT]);
/** What changes leave in the timeline of a job that goes on. So many, its tenant's among them, for a job must stay one message. */
const MARKS: ReadonlySet<TimelineReason> = new Set([TimelineReason.CHANGED, TimelineReason.URGED]);
const MAX_MARKS = 400;
/** Of one run; the contract's. */
const MAX_RUN_SECONDS = 86_400;

const RULES: { readonly [K in Kind]: Rule<K> } = {
  set_priority: setPriority,
  run_now: runNow,
  reschedule,
  extend_deadline: extendDeadline,
  end_by_force: endByForce,
  release,
};

/** What an operator's `override` makes of a job; a cancel is the state machine's own. Pure. */
export function overridden(record: JobRecord, { override, by, reason }: OverrideCommand, now: Instant): Outcome {
  if (override.kind === "cancel") throw new Error("the state machine cancels");
  const rule = RULES[override.kind] as Rule<Kind>;
  const outcome = rule(record, override as never, `${wordsOf(override)}, by ${by}: ${reason}`, now);
  const isBounded = outcome.kind !== "changed" || isFinal(outcome.record.job.state);
  if (isBounded || record.job.timeline.filter(({ reasonCode }) => MARKS.has(reasonCode)).length < MAX_MARKS) return outcome;
  return { kind: "refused", code: "TOO_LATE", message: `The job was changed ${MAX_MARKS} times. It can still be cancelled, or ended.` };
}

/** For people; of a cancel, its reason alone stands in the timeline. */
export function wordsOf(override: Override): string {
  switch (override.kind) {
    case "set_priority":
      return `priority ${priorityName(override.priority)}`;
    case "reschedule":
      return `not before ${new Date(override.notBefore).toISOString()}`;
    case "extend_deadline":
      return `deadlines ${override.seconds} s later`;
    case "end_by_force":
      return `ended as ${stateName(override.state)}`;
    default:
      return override.kind.replaceAll("_", " ");
  }
}

function setPriority(record: JobRecord, { priority }: Extract<Override, { kind: "set_priority" }>, said: string, now: Instant): Outcome {
  const { state, options } = record.job;
  if (isFinal(state) || state === JobState.CANCELLING) return tooLate(record);
  if (options?.priority === priority) return { kind: "unchanged", record };
  return changedOptions(record, { priority }, said, now);
}

function runNow(record: JobRecord, _: unknown, said: string, now: Instant): Outcome {
  const { state, urgent } = record.job;
  if (isFinal(state) || state === JobState.CANCELLING) return tooLate(record);
  const waits = state === JobState.SCHEDULED || state === JobState.RETRY_WAIT;
  if (urgent && !waits) return { kind: "unchanged", record };
  const why = { code: TimelineReason.URGED, detail: said };
  const queueDeadlineAt = waits ? now + queueDeadlineMs(record) : record.queueDeadlineAt;
  const urged = waits
    ? enter(record, JobState.QUEUED, why, now, { workerId: "", queueDeadlineAt, timerAt: queueDeadlineAt, invitedAt: null })
    : next(record, now);
  if (!waits) note(urged, why, now);
  urged.job.urgent = true;
  if (waits) urged.job.options = create(JobOptionsSchema, { ...urged.job.options, notBefore: undefined } as never);
  return { kind: "changed", record: urged };
}

function reschedule(record: JobRecord, { notBefore }: Extract<Override, { kind: "reschedule" }>, said: string, now: Instant): Outcome {
  if (!WAITING.has(record.job.state)) return tooLate(record);
  const why = { code: TimelineReason.CHANGED, detail: said };
  const later = notBefore > now;
  const queueDeadlineAt = Math.max(now, notBefore) + queueDeadlineMs(record);
  const timerAt = later ? notBefore : queueDeadlineAt;
  // Whoever was invited comes too late, or is invited again.
  const moved = enter(record, later ? JobState.SCHEDULED : JobState.QUEUED, why, now, {
    ...{ workerId: "", invitedAt: null, queueDeadlineAt, timerAt },
  });
  moved.job.options = create(JobOptionsSchema, { ...moved.job.options, notBefore: timestampFromMs(notBefore) } as never);
  if (later) moved.job.urgent = false;
  return { kind: "changed", record: moved };
}

/** An attempt that runs keeps the deadline that its worker was given. */
function extendDeadline(
  record: JobRecord,
  { seconds }: Extract<Override, { kind: "extend_deadline" }>,
  said: string,
  now: Instant,
): Outcome {
  const { state, options } = record.job;
  if (isFinal(state) || state === JobState.CANCELLING) return tooLate(record);
  const expireInSeconds = options?.expireInSeconds ? options.expireInSeconds + seconds : 0;
  const runDeadlineSeconds = Math.min(MAX_RUN_SECONDS, runDeadlineMs(options) / 1000 + seconds);
  const extended = changedOptions(record, { expireInSeconds, runDeadlineSeconds }, said, now);
  const queueDeadlineAt = record.queueDeadlineAt + seconds * 1000;
  const later = { ...extended.record, queueDeadlineAt };
  return { ...extended, record: { ...later, timerAt: ownTimer(later) } };
}

/** When time alone changes a job next, but for its expiry, which may be later than it was. What a back-off was cut short by is not known any more. */
function ownTimer({ job: { state }, timerAt, invitedAt, queueDeadlineAt, leaseExpireAt, runDeadlineAt }: JobRecord): Instant | null {
  if (state === JobState.QUEUED)
    return Math.min(queueDeadlineAt, invitedAt === null ? queueDeadlineAt : invitedAt + POLICY.invitationTtlMs);
  if (state !== JobState.RUNNING || leaseExpireAt === null) return timerAt;
  return Math.min(leaseExpireAt, runDeadlineAt ?? leaseExpireAt);
}

function endByForce(record: JobRecord, { state }: Extract<Override, { kind: "end_by_force" }>, said: string, now: Instant): Outcome {
  const { job } = record;
  if (isFinal(job.state)) return tooLate(record);
  const ended = enter(record, state, { code: TimelineReason.ENDED_BY_FORCE, detail: said }, now);
  ended.job.error =
    state === JobState.FAILED ? errorDetail("ENDED_BY_FORCE", "An operator ended the job.", { traceId: job.traceId }) : undefined;
  if (!isHeld(job.state)) return { kind: "changed", record: ended };
  return { kind: "changed", record: ended, cancel: create(CancelSignalSchema, { jobId: job.id, attempt: job.attempt }) };
}

function release(record: JobRecord, _: unknown, said: string, now: Instant): Outcome {
  if (!record.job.quarantined) return { kind: "unchanged", record };
  const released = next(record, now);
  released.job.quarantined = false;
  note(released, { code: TimelineReason.RELEASED_FROM_QUARANTINE, detail: said }, now);
  return { kind: "changed", record: released };
}

function changedOptions(record: JobRecord, options: object, said: string, now: Instant): Extract<Outcome, { kind: "changed" }> {
  const changed = next(record, now);
  changed.job.options = create(JobOptionsSchema, { ...changed.job.options, ...options } as never);
  note(changed, { code: TimelineReason.CHANGED, detail: said }, now);
  return { kind: "changed", record: changed };
}

function queueDeadlineMs({ job: { options } }: JobRecord): number {
  return options?.queueDeadlineSeconds ? options.queueDeadlineSeconds * 1000 : POLICY.queueDeadlineMs;
}

export function tooLate({ job: { state } }: JobRecord): Outcome {
  return { kind: "refused", code: "TOO_LATE", message: `The job is ${stateName(state)}.` };
}
