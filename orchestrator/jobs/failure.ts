import { create } from "@bufbuild/protobuf";
import { ErrorCategory, type Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import { JobState, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { errorDetail } from "../../platform/errors.ts";
import { enter, type Why } from "./change.ts";
import type { JobRecord, Outcome } from "./job.ts";
import { failureKind, POLICY, retryDelayMs } from "./policy.ts";

/** A running job whose attempt ended with `error`: it waits for the next one, or has failed. `innocent`: its document cannot have been the cause. */
export function afterFailure(record: JobRecord, error: ErrorMessage, now: Instant, innocent = false): Outcome {
  const { job } = record;
  const kind = failureKind(error, innocent);
  const crashes = record.crashes + (error.code === "ENGINE_CRASHED" ? 1 : 0);
  const outages = record.outages + (kind === "outage" ? 1 : 0);
  const losses = record.losses + (kind === "loss" ? 1 : 0);
  const failures = { outage: outages, loss: losses, document: job.attempt - record.attemptsReleased - outages - losses }[kind];
  const quarantined = crashes >= POLICY.maxCrashes;
  const delayMs = quarantined ? undefined : retryDelayMs(job.id, error, kind, failures);
  const stop = create(CancelSignalSchema, { jobId: job.id, attempt: job.attempt });
  if (delayMs !== undefined) {
    const waiting = enter(record, JobState.RETRY_WAIT, whyOf(error), now, {
      workerId: record.workerId,
      leaseExpireAt: null,
      runDeadlineAt: null,
      crashes,
      outages,
      losses,
      timerAt: now + delayMs,
    });
    waiting.job.error = { ...error, traceId: job.traceId };
    return { kind: "changed", record: waiting, cancel: stop };
  }
  const final = quarantined
    ? errorDetail("DOCUMENT_QUARANTINED", `The engine ended ${crashes} times while it read this document.`, {
        stage: error.stage,
        page: error.page,
      })
    : error;
  const state = error.category === ErrorCategory.CANCELLED ? JobState.CANCELLED : JobState.FAILED;
  const ended = enter(record, state, whyOf(final), now, { crashes, outages, losses });
  ended.job.error = { ...final, traceId: job.traceId };
  ended.job.quarantined = quarantined;
  return { kind: "changed", record: ended, cancel: stop };
}

function whyOf({ code, category, message }: ErrorMessage): Why {
  const lost = category === ErrorCategory.WORKER_LOST;
  return { code: lost ? TimelineReason.WORKER_LOST : TimelineReason.ATTEMPT_FAILED, reason: code, detail: message };
}
