import { createHash } from "node:crypto";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { ErrorCategory, type Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import type { JobOptions } from "../../gen/dragoman/v1/job_pb.ts";
import type { ErrorCode } from "../../platform/errors.ts";

/** Times in milliseconds. */
export const POLICY = {
  maxAttempts: 3,
  /** Attempts that ended because a translator or a store was away say nothing about the document: they have a bound of their own. */
  maxOutages: 8,
  /** Attempts that were lost before their document was opened, or with the whole service, say no more: only a document that ends whatever fetches it comes so far. */
  maxLosses: 20,
  /** Crashes of the engine after which a document is not tried again. */
  maxCrashes: 2,
  leaseTtlMs: 30_000,
  /** After its stream broke, a worker has this long to come back before its jobs are given to others. */
  reconnectGraceMs: 8_000,
  /** An invitation nobody claimed in this time is published again. */
  invitationTtlMs: 20_000,
  /** A worker has this long to stop what a cancel is for. */
  cancelTimeoutMs: 5_000,
  /** What an attempt without a result stored is removed after this time: a worker that was frozen may still be writing. */
  garbageAfterMs: 600_000,
  /** An upload is good for a day at most: then it is removed if it became no job. */
  uploadTtlMs: 24 * 3600_000,
  /** So much longer an upload that was begun in time may still be written, and what it was for be gone. */
  uploadGraceMs: 3600_000,
  queueDeadlineMs: 24 * 3600_000,
  runDeadlineMs: 30 * 60_000,
} as const;

/** How long one attempt may run, from when its document is first opened. */
export function runDeadlineMs(options: JobOptions | undefined): number {
  return options?.runDeadlineSeconds ? options.runDeadlineSeconds * 1000 : POLICY.runDeadlineMs;
}

/** What the end of an attempt is counted against: the document, something beside it that was away, or the loss of its worker. */
export type FailureKind = "document" | "outage" | "loss";

interface BackOff {
  readonly kind: FailureKind;
  readonly firstMs: number;
  readonly maxMs: number;
}

/** A category that is not here is not retried. The eight attempts of an outage bridge at least six minutes. */
const BACK_OFF: Partial<Record<ErrorCategory, BackOff>> = {
  [ErrorCategory.PROVIDER]: { kind: "outage", firstMs: 5_000, maxMs: 300_000 },
  [ErrorCategory.INFRASTRUCTURE]: { kind: "outage", firstMs: 5_000, maxMs: 120_000 },
  [ErrorCategory.WORKER_LOST]: { kind: "document", firstMs: 500, maxMs: 10_000 },
  [ErrorCategory.INTERNAL]: { kind: "document", firstMs: 2_000, maxMs: 60_000 },
};
const LOSS: BackOff = { kind: "loss", firstMs: 500, maxMs: 60_000 };

/** The attempt after this many that ended so is the last. */
const MOST = { document: POLICY.maxAttempts, outage: POLICY.maxOutages, loss: POLICY.maxLosses } as const satisfies Record<
  FailureKind,
  number
>;

/** What an attempt that ended with `error` counts against; `innocent`: the document cannot have been the cause. */
export function failureKind(error: ErrorMessage, innocent: boolean): FailureKind {
  if (error.category === ErrorCategory.WORKER_LOST && innocent) return "loss";
  return mayPass(error) ? (BACK_OFF[error.category]?.kind ?? "document") : "document";
}

/** A caller is told of a defect that asking again will not help; but what nobody expected may have been the machine's, and a job can go to another. */
function mayPass({ code, retryable }: ErrorMessage): boolean {
  return retryable || code === ("INTERNAL" satisfies ErrorCode);
}

/**
 * How long to wait before the next attempt, or undefined if there is to be none; `failures` counts the attempts that
 * ended like this one, itself included. Exponential, plus up to half again by jitter; the jitter is drawn from the
 * job's id, so that the state machine stays pure. The worker's own hint is a floor.
 */
export function retryDelayMs(jobId: string, error: ErrorMessage, kind: FailureKind, failures: number): number | undefined {
  const backOff = kind === "loss" ? LOSS : BACK_OFF[error.category];
  if (!backOff || !mayPass(error) || failures >= MOST[kind]) return undefined;
  const exponential = Math.min(backOff.firstMs * 2 ** (failures - 1), backOff.maxMs);
  const jitter = createHash("sha256").update(`${jobId}:${failures}`).digest().readUInt32BE(0) / 2 ** 32;
  const hint = error.retryAfter ? durationMs(error.retryAfter) : 0;
  return Math.max(Math.round(exponential * (1 + jitter / 2)), Math.min(hint, 3600_000));
}
