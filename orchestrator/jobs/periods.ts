import { createHash } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { type Traceparent, withSpanId } from "../../platform/trace.ts";
import { isHeld } from "./held.ts";
import type { JobRecord } from "./job.ts";

/** A part of a job's life that has ended: a wait in one state, or an attempt. Together they are the whole of it, without gap. */
export interface Period {
  readonly kind: "wait" | "attempt";
  /** The state waited in; RUNNING for an attempt. */
  readonly state: JobState;
  readonly startMs: Instant;
  readonly endMs: Instant;
}

/** The period that the change from `before` to `after` ended, if it ended one. */
export function endedPeriod(before: JobRecord, after: JobRecord, now: Instant): Period | undefined {
  const { state, attempt, createTime } = before.job;
  const held = isHeld(state);
  if (held ? isHeld(after.job.state) : state === after.job.state) return undefined;
  const { timeline } = before.job;
  const begins = held
    ? timeline.find((entry) => entry.attempt === attempt && entry.state === JobState.RUNNING)
    : timeline.findLast((entry, index) => entry.state === state && timeline[index - 1]?.state !== state);
  const startTime = begins?.time ?? createTime;
  return {
    kind: held ? "attempt" : "wait",
    state: held ? JobState.RUNNING : state,
    startMs: startTime ? timestampMs(startTime) : now,
    endMs: now,
  };
}

/**
 * The trace context of a job's attempt, under which its worker puts all spans. The span is recorded only when the
 * attempt ends, by whichever orchestrator sees it, so its id is not drawn but made from what all of them know.
 */
export function attemptTraceparent({ traceparent, job }: JobRecord): Traceparent {
  return withSpanId(traceparent, attemptSpanId(job.id, job.attempt));
}

/** 16 hexadecimal digits. */
export function attemptSpanId(jobId: string, attempt: number): string {
  return createHash("sha256").update(`${jobId}:${attempt}`).digest("hex").slice(0, 16);
}
