import { JobState, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { asDragomanError } from "../../platform/errors.ts";
import type { MessageContent, OutboxMessage } from "../../platform/messaging/messaging.ts";
import { categoryName, reasonName, stateName } from "../../platform/names.ts";
import {
  type Attributes,
  activeTraceparent,
  failSpan,
  formatTraceparent,
  inSpan,
  recordSpan,
  type Span,
  SpanKind,
  startSpan,
  type Traceparent,
  traceIdOf,
} from "../../platform/trace.ts";
import type { JobRecord } from "../jobs/job.ts";
import { attemptSpanId, endedPeriod } from "../jobs/periods.ts";

/** What a job is in after an attempt that did not fail: one with a result, or handed back. */
const WELL_ENDED: ReadonlySet<JobState> = new Set([JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED, JobState.QUEUED]);

/** What every span of a job says: ids and numbers, never names of files, keys or text. */
export function jobAttributes({ tenantId, job }: JobRecord): Attributes {
  return { "job.id": job.id, tenant: tenantId, attempt: job.attempt };
}

/**
 * Does a commit in a span of the job's own trace, which says whether it was the one to win. A call of another trace
 * that asked for it is linked.
 */
export function inCommitSpan(
  record: JobRecord,
  system: string,
  command: string,
  commit: (traceparent: Traceparent) => Promise<boolean>,
): Promise<boolean> {
  const caller = activeTraceparent();
  const within = caller !== "" && traceIdOf(caller) === record.job.traceId;
  const attributes = { ...jobAttributes(record), command, "db.system.name": system, "db.operation.name": "commit" };
  const from = within ? {} : { parent: record.traceparent, links: caller ? [caller] : [] };
  return inSpan(`commit ${command}`, { kind: SpanKind.CLIENT, attributes, ...from }, async (span, traceparent) => {
    const committed = await commit(traceparent);
    span.setAttribute("committed", committed);
    return committed;
  });
}

/** Records the wait or the attempt that a committed change ended. */
export function recordPeriod(before: JobRecord, after: JobRecord, now: Instant): void {
  const period = endedPeriod(before, after, now);
  if (!period) return;
  const { job, traceparent } = before;
  const { startMs, endMs, state } = period;
  const attributes = jobAttributes(before);
  if (period.kind === "wait") {
    recordSpan(`wait ${stateName(state)}`, { parent: traceparent, startMs, endMs, attributes });
    return;
  }
  const { error, state: outcome } = after.job;
  const failed = error && !WELL_ENDED.has(outcome);
  recordSpan("attempt", {
    parent: traceparent,
    links: [before.invitationTraceparent],
    spanId: attemptSpanId(job.id, job.attempt),
    startMs,
    endMs,
    attributes: {
      ...attributes,
      "worker.id": before.workerId,
      outcome: stateName(outcome),
      reason: reasonName(after.job.timeline.at(-1)?.reasonCode ?? TimelineReason.UNSPECIFIED),
      ...(failed && { "error.category": categoryName(error.category) }),
    },
    ...(failed && { error: error.code }),
  });
}

const SUBJECTS = { work: "jobs.ready", event: "jobs.events", cancel: "jobs.cancel" } as const;

/**
 * Publishes each message whose commit was traced in a span of its publication; whoever receives it goes on from there.
 * Of the conventions for messaging.
 */
export async function inPublishSpans<T>(
  messages: readonly OutboxMessage[],
  system: string,
  publish: (messages: readonly OutboxMessage[]) => Promise<T>,
): Promise<T> {
  const spans: Span[] = [];
  const sent = messages.map((given) => {
    const { id, content } = given;
    if (!content.message.traceparent) return given;
    const attributes = {
      "messaging.system.name": system,
      "messaging.destination.name": SUBJECTS[content.kind],
      "messaging.operation.type": "send",
      "messaging.message.id": id,
    };
    const span = startSpan(`publish ${SUBJECTS[content.kind]}`, {
      kind: SpanKind.PRODUCER,
      parent: content.message.traceparent,
      attributes,
    });
    spans.push(span);
    const traceparent = formatTraceparent(span.spanContext());
    return { id, content: { ...content, message: { ...content.message, traceparent } } as MessageContent };
  });
  try {
    return await publish(sent);
  } catch (error) {
    for (const span of spans) failSpan(span, asDragomanError(error).code);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}
