import { create } from "@bufbuild/protobuf";
import { JobState, Priority, Stage, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema, WorkDescriptorSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { errorDetail } from "../../platform/errors.ts";
import { fileTypeOf } from "../../platform/file_types.ts";
import { stageName, stateName } from "../../platform/names.ts";
import { comesAfter, isOpened } from "../../platform/stages.ts";
import { addsUp, changedAt, enter, next, note, type Why } from "./change.ts";
import { afterExpiry } from "./expired.ts";
import { timedByExpiry } from "./expiry.ts";
import { afterFailure } from "./failure.ts";
import type { JobCommand, JobRecord, Outcome } from "./job.ts";
import { updated } from "./job_update.ts";
import { type OverrideCommand, overridden, tooLate } from "./override.ts";
import { POLICY, runDeadlineMs } from "./policy.ts";
import { overQuota, stillOverQuota } from "./quota.ts";
import { namedAfterDocument } from "./result_names.ts";
import { afterSetBack, shifted } from "./set_clock.ts";
import { enginesOf } from "./translation.ts";

type Kind = JobCommand["kind"];
type Rule<K extends Kind> = (record: JobRecord, command: Extract<JobCommand, { kind: K }>, now: Instant) => Outcome;
type Rules = { readonly [K in Kind]?: Rule<K> };

const REPORTS: Rules = { heartbeat, complete, fail, release, disconnect };

/** Every legal move, but for an operator's overrides (override.ts), which come in any state. What is not here is refused: a report as stale, a claim as not claimable, a cancel as too late. */
const RULES: { readonly [S in JobState]?: Rules } = {
  [JobState.SCHEDULED]: { timer: timerScheduled, cancel: cancelWaiting, update: updated },
  [JobState.QUEUED]: {
    timer: inTime(timerQueued),
    restart: restartQueued,
    postpone,
    invite,
    claim,
    cancel: cancelWaiting,
    update: updated,
  },
  [JobState.RUNNING]: {
    ...REPORTS,
    over_quota: overQuota,
    claim: claimAgain,
    timer: inTime(timerRunning),
    restart: restartRunning,
    postpone,
    cancel: cancelRunning,
  },
  [JobState.RETRY_WAIT]: {
    over_quota: stillOverQuota,
    timer: inTime(timerRetry),
    restart: inTime(timerRetry),
    postpone,
    cancel: cancelWaiting,
    update: updated,
  },
  [JobState.CANCELLING]: {
    timer: inTime(timerCancelling),
    restart: confirmCancel,
    postpone,
    fail: confirmCancel,
    complete: confirmCancel,
    release: confirmCancel,
    cancel: unchanged,
    disconnect: confirmCancel,
  },
  [JobState.CANCELLED]: { cancel: unchanged },
  [JobState.SUCCEEDED]: { correct },
  [JobState.PARTIALLY_SUCCEEDED]: { correct },
};

/** What happens to `record` when `command` comes at `now`. Pure: the caller commits the outcome or reports the refusal. */
export function transition(record: JobRecord, command: JobCommand, now: Instant): Outcome {
  const outcome = (command.kind === "timer" && afterExpiry(record, now)) || decide(record, command, now);
  return outcome.kind === "changed" ? { ...outcome, record: timedByExpiry(outcome.record) } : outcome;
}

function decide(record: JobRecord, command: JobCommand, now: Instant): Outcome {
  const { state } = record.job;
  if (command.kind === "override") return override(record, command, now);
  if ("attempt" in command && command.attempt !== record.job.attempt) return refuseStale();
  if (command.kind !== "claim" && "workerId" in command && !isHeldBy(record, command.workerId)) return refuseStale();
  const rule = RULES[state]?.[command.kind] as Rule<Kind> | undefined;
  if (rule) return rule(record, command as never, now);
  if (command.kind === "update") return tooLate(record);
  if (command.kind === "cancel") return { kind: "refused", code: "JOB_ALREADY_FINISHED", message: `The job is ${stateName(state)}.` };
  if (command.kind === "timer" || command.kind === "restart" || command.kind === "postpone" || command.kind === "invite")
    return { kind: "unchanged", record };
  if (command.kind === "correct") return { kind: "refused", code: "NO_RESULT", message: "The job has no result to correct." };
  if (command.kind === "claim") return refuseClaim(`The job is ${stateName(state)}.`);
  return refuseStale();
}

/** An older version gave leases to a worker's id alone, without its key behind a slash: they go on while it is replaced. */
function isHeldBy({ workerId }: JobRecord, asking: string | undefined): boolean {
  if (workerId === asking) return true;
  return workerId !== "" && !workerId.includes("/") && asking?.split("/")[0] === workerId;
}

/** A bulk change changes a job once, however often it is tried. */
function override(record: JobRecord, command: OverrideCommand, now: Instant): Outcome {
  const { by, reason, operationId } = command;
  if (operationId !== "" && record.operationId === operationId) return unchanged(record);
  const outcome =
    command.override.kind === "cancel"
      ? transition(record, { kind: "cancel", reason: `by ${by}: ${reason}` }, now)
      : overridden(record, command, now);
  return outcome.kind === "changed" && operationId !== "" ? { ...outcome, record: { ...outcome.record, operationId } } : outcome;
}

function refuseStale(): Outcome {
  return { kind: "refused", code: "STALE_ATTEMPT", message: "This attempt does not hold the job." };
}

function refuseClaim(message: string): Outcome {
  return { kind: "refused", code: "NOT_CLAIMABLE", message };
}

function unchanged(record: JobRecord): Outcome {
  return { kind: "unchanged", record };
}

function changed(record: JobRecord): Outcome {
  return { kind: "changed", record };
}

/** A rule that goes by the record's own times: first they are put right where the clock was set back. */
function inTime<C extends JobCommand>(rule: (record: JobRecord, command: C, now: Instant) => Outcome): typeof rule {
  return (record, command, now) => {
    const right = afterSetBack(record, now);
    return right ? changed(right) : rule(record, command, now);
  };
}

/** Gives what was to come before the clock was set forward the time it would have had. */
function postpone(record: JobRecord, { lastSeen, byMs }: Extract<JobCommand, { kind: "postpone" }>, now: Instant): Outcome {
  // What was written shortly before lies nearer to the time the clock was last seen at, what was written since to now.
  return changedAt(record) > lastSeen + byMs / 2 ? unchanged(record) : changed(shifted(record, byMs, now));
}

function queue(record: JobRecord, why: Why, now: Instant): JobRecord {
  return enter(record, JobState.QUEUED, why, now, {
    workerId: "",
    leaseExpireAt: null,
    runDeadlineAt: null,
    invitedAt: null,
    timerAt: record.queueDeadlineAt,
  });
}

function timerScheduled(record: JobRecord, _: unknown, now: Instant): Outcome {
  return record.timerAt !== null && now >= record.timerAt ? changed(queue(record, TimelineReason.SCHEDULE_DUE, now)) : unchanged(record);
}

function timerQueued(record: JobRecord, _: unknown, now: Instant): Outcome {
  if (now >= record.queueDeadlineAt) {
    const expired = enter(record, JobState.EXPIRED, TimelineReason.QUEUE_DEADLINE_PASSED, now);
    expired.job.error = errorDetail("QUEUE_DEADLINE_PASSED", "No worker took the job before its queue deadline.", {
      traceId: record.job.traceId,
    });
    return changed(expired);
  }
  if (record.invitedAt === null || now < record.invitedAt + POLICY.invitationTtlMs) return unchanged(record);
  return changed(next(record, now, { invitedAt: null, timerAt: record.queueDeadlineAt }));
}

function timerRetry(record: JobRecord, _: unknown, now: Instant): Outcome {
  return record.timerAt !== null && now >= record.timerAt
    ? changed(queue({ ...record, queueDeadlineAt: now + POLICY.queueDeadlineMs }, TimelineReason.RETRY_DUE, now))
    : unchanged(record);
}

function timerRunning(record: JobRecord, { servedSince }: Extract<JobCommand, { kind: "timer" }>, now: Instant): Outcome {
  if (record.leaseExpireAt !== null && now >= record.leaseExpireAt) {
    // Nobody was there to hear the worker.
    const unheard = servedSince !== undefined && (record.heardAt ?? 0) < servedSince;
    return lose(record, "The worker stopped answering.", unheard, now);
  }
  if (record.runDeadlineAt !== null && now >= record.runDeadlineAt) {
    return afterFailure(
      record,
      errorDetail("TIME_LIMIT", "The attempt ran longer than its deadline.", { stage: stageName(record.job.stage) }),
      now,
    );
  }
  return unchanged(record);
}

function restartRunning(record: JobRecord, _: unknown, now: Instant): Outcome {
  return lose(record, "The service ended, and the worker with it.", true, now);
}

function lose(record: JobRecord, message: string, innocent: boolean, now: Instant): Outcome {
  const { stage } = record.job;
  const error = errorDetail("WORKER_LOST", message, { stage: stageName(stage) });
  return afterFailure(record, error, now, innocent || !isOpened(stage));
}

/** Whoever was invited is gone. */
function restartQueued(record: JobRecord, _: unknown, now: Instant): Outcome {
  return record.invitedAt === null ? unchanged(record) : changed(next(record, now, { invitedAt: null, timerAt: record.queueDeadlineAt }));
}

function timerCancelling(record: JobRecord, _: unknown, now: Instant): Outcome {
  return record.timerAt !== null && now >= record.timerAt
    ? changed(enter(record, JobState.CANCELLED, TimelineReason.CANCEL_TIMED_OUT, now))
    : unchanged(record);
}

function invite(record: JobRecord, { jobClass }: Extract<JobCommand, { kind: "invite" }>, now: Instant): Outcome {
  if (record.invitedAt !== null) return unchanged(record);
  const deliveryAttempt = record.deliveryAttempt + 1;
  const invited = next(record, now, {
    deliveryAttempt,
    invitedAt: now,
    timerAt: Math.min(record.queueDeadlineAt, now + POLICY.invitationTtlMs),
  });
  const invitation = create(WorkDescriptorSchema, {
    jobId: record.job.id,
    dispatch: deliveryAttempt,
    priority: record.job.options?.priority || Priority.NORMAL,
    sourceLanguage: record.job.options?.sourceLanguage ?? "",
    targetLanguage: record.job.options?.targetLanguage ?? "",
    format: fileTypeOf(record.job.fileName) ?? "",
    jobClass: jobClass ?? record.jobClass,
    engines: enginesOf(record.job.options).filter((name, _, all) => name !== "" || all.length > 1),
  });
  return { kind: "changed", record: invited, invitation };
}

function claim(record: JobRecord, command: Extract<JobCommand, { kind: "claim" }>, now: Instant): Outcome {
  if (command.deliveryAttempt !== record.deliveryAttempt || record.invitedAt === null) return refuseClaim("The invitation was replaced.");
  const leaseExpireAt = now + POLICY.leaseTtlMs;
  const running = next(record, now, {
    workerId: command.workerId,
    invitationTraceparent: command.invitationTraceparent,
    invitedAt: null,
    leaseExpireAt,
    heardAt: now,
    runDeadlineAt: null,
    timerAt: leaseExpireAt,
  });
  running.job.state = JobState.RUNNING;
  running.job.attempt += 1;
  running.job.stage = Stage.DOWNLOADING;
  running.job.pagesDone = 0;
  running.job.longestSpans = [];
  note(running, TimelineReason.CLAIMED, now);
  return changed(running);
}

/** A worker that did not hear the answer to its claim, for its session broke or its orchestrator died, is given the same attempt. */
function claimAgain(record: JobRecord, { workerId, deliveryAttempt }: Extract<JobCommand, { kind: "claim" }>, now: Instant): Outcome {
  const isGrantee = isHeldBy(record, workerId) && deliveryAttempt === record.deliveryAttempt && !isOpened(record.job.stage);
  if (!isGrantee) return refuseClaim("The job is RUNNING.");
  const leaseExpireAt = now + POLICY.leaseTtlMs;
  return changed(next(record, now, { leaseExpireAt, heardAt: now, timerAt: leaseExpireAt }));
}

function heartbeat(record: JobRecord, report: Extract<JobCommand, { kind: "heartbeat" }>, now: Instant): Outcome {
  const leaseExpireAt = now + POLICY.leaseTtlMs;
  // A job whose input is fetched ahead waits for a slot: its run begins when it leaves DOWNLOADING.
  const begun = isOpened(report.stage);
  const latest = now + runDeadlineMs(record.job.options);
  const runDeadlineAt = record.runDeadlineAt === null ? (begun ? latest : null) : Math.min(record.runDeadlineAt, latest);
  const running = next(record, now, {
    leaseExpireAt,
    heardAt: now,
    runDeadlineAt,
    timerAt: Math.min(leaseExpireAt, runDeadlineAt ?? leaseExpireAt),
  });
  const { job } = running;
  job.percent = Math.max(job.percent, Math.min(99, Math.max(0, Math.trunc(report.percent))));
  job.pagesDone = Math.max(0, report.pagesDone);
  job.pagesTotal = Math.max(job.pagesTotal, report.pagesTotal);
  if (report.longestSpans.length > 0) job.longestSpans = report.longestSpans;
  if (comesAfter(report.stage, job.stage)) {
    job.stage = report.stage;
    note(running, TimelineReason.STAGE_STARTED, now);
  }
  return changed(running);
}

function complete(
  record: JobRecord,
  { ledger, artefacts, longestSpans }: Extract<JobCommand, { kind: "complete" }>,
  now: Instant,
): Outcome {
  if (!addsUp(ledger))
    return afterFailure(record, errorDetail("LEDGER_MISMATCH", "The worker's account of pages and segments does not add up."), now);
  const failures = ledger.segmentsFailed + ledger.pagesFailed;
  const failed = `${ledger.segmentsFailed} segments and ${ledger.pagesFailed} pages failed`;
  const nothing = failures > 0 && ledger.segmentsTranslated + ledger.segmentsKept === 0;
  const state =
    nothing || (failures > 0 && record.job.options?.allOrNothing)
      ? JobState.FAILED
      : failures > 0
        ? JobState.PARTIALLY_SUCCEEDED
        : JobState.SUCCEEDED;
  const ended = enter(record, state, failures === 0 ? TimelineReason.COMPLETED : { code: TimelineReason.INCOMPLETE, detail: failed }, now);
  ended.job.ledger = ledger;
  if (longestSpans.length > 0) ended.job.longestSpans = longestSpans;
  if (state === JobState.FAILED) {
    ended.job.error = nothing
      ? errorDetail("NOTHING_TRANSLATED", "No segment of the document could be translated.", { traceId: record.job.traceId })
      : errorDetail("DOCUMENT_INCOMPLETE", `${failed}, and all or nothing was asked for.`, { traceId: record.job.traceId });
    return changed(ended);
  }
  ended.job.percent = 100;
  ended.job.error = undefined;
  ended.job.artefacts = namedAfterDocument(artefacts, record.job);
  ended.job.revision = 1;
  return changed(ended);
}

/** The result is another, and its account. */
function correct(
  record: JobRecord,
  { revisionName, correctedBy, ledger, artefacts, corrected }: Extract<JobCommand, { kind: "correct" }>,
  now: Instant,
): Outcome {
  if (!addsUp(ledger)) return { kind: "refused", code: "LEDGER_MISMATCH", message: "The account of the corrected result does not add up." };
  const revised = next(record, now, { revisionName, correctedBy });
  const { job } = revised;
  job.ledger = ledger;
  job.artefacts = namedAfterDocument(artefacts, job);
  // A job of an older version has none.
  job.revision = Math.max(1, job.revision) + 1;
  note(revised, { code: TimelineReason.CORRECTED, detail: corrected === 1 ? "1 segment" : `${corrected} segments` }, now);
  return changed(revised);
}

function fail(record: JobRecord, { error }: Extract<JobCommand, { kind: "fail" }>, now: Instant): Outcome {
  return afterFailure(record, error, now);
}

/** It was taken in time: from now on it waits anew. */
function release(record: JobRecord, { reason }: Extract<JobCommand, { kind: "release" }>, now: Instant): Outcome {
  const queueDeadlineAt = Math.max(record.queueDeadlineAt, now + POLICY.queueDeadlineMs);
  const released = { ...record, attemptsReleased: record.attemptsReleased + 1, queueDeadlineAt };
  return changed(queue(released, { code: TimelineReason.RELEASED, detail: reason }, now));
}

function disconnect(record: JobRecord, _: unknown, now: Instant): Outcome {
  const leaseExpireAt = Math.min(record.leaseExpireAt ?? now, now + POLICY.reconnectGraceMs);
  const waiting = next(record, now, {
    leaseExpireAt,
    heardAt: now,
    timerAt: Math.min(leaseExpireAt, record.runDeadlineAt ?? leaseExpireAt),
  });
  note(waiting, TimelineReason.WORKER_DISCONNECTED, now);
  return changed(waiting);
}

function cancelWaiting(record: JobRecord, { reason }: Extract<JobCommand, { kind: "cancel" }>, now: Instant): Outcome {
  return changed(enter(record, JobState.CANCELLED, { code: TimelineReason.CANCEL_REQUESTED, detail: reason }, now));
}

function cancelRunning(record: JobRecord, { reason }: Extract<JobCommand, { kind: "cancel" }>, now: Instant): Outcome {
  const cancelling = enter(record, JobState.CANCELLING, { code: TimelineReason.CANCEL_REQUESTED, detail: reason }, now, {
    timerAt: now + POLICY.cancelTimeoutMs,
  });
  const cancel = create(CancelSignalSchema, { jobId: record.job.id, attempt: record.job.attempt });
  return { kind: "changed", record: cancelling, cancel };
}

/** How a cancel was confirmed, where not by the worker's own word. */
const STOPPED_BY: Partial<Record<Kind, TimelineReason>> = {
  disconnect: TimelineReason.WORKER_DISCONNECTED,
  restart: TimelineReason.WORKER_LOST,
};

function confirmCancel(record: JobRecord, command: JobCommand, now: Instant): Outcome {
  return changed(enter(record, JobState.CANCELLED, STOPPED_BY[command.kind] ?? TimelineReason.WORKER_STOPPED, now));
}
