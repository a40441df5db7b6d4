import { encodeTime } from "ulid";
import type { Instant } from "../../platform/clock.ts";
import type { Actor } from "./audit.ts";

/** Which jobs a step looked at. */
interface Looked {
  /** Of those that are meant. */
  readonly ids: readonly string[];
  /** The last id that was looked at, before which there may be more; empty where there are none. */
  readonly last: string;
}

/** What became of one job. */
export interface JobResult {
  readonly jobId: string;
  /** `later`: nothing yet, and it is to be tried again. */
  readonly kind: "changed" | "unchanged" | "failed" | "later";
  /** Of one that failed. */
  readonly code?: string;
}

/** A change of all jobs that a filter names, as far as it has come. */
export interface Operation {
  readonly id: string;
  /** One more with every change. */
  readonly version: number;
  /** What is asked for: a CreateOperationRequest as JSON. */
  readonly request: string;
  readonly by: Actor;
  readonly state: "counting" | "running" | "done" | "cancelled";
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Null until it is done or cancelled. */
  readonly endedAt: Instant | null;
  /** Why no further job is to be changed; empty while that goes on. */
  readonly cancelReason: string;
  /** Ids below this one are to be looked at yet. */
  readonly cursor: string;
  /** The jobs that are being changed: after a crash, some of them were. */
  readonly pending: readonly string[];
  readonly matched: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly samples: readonly string[];
  readonly failures: readonly { readonly jobId: string; readonly code: string }[];
  /** Who works on it, and until when nobody else does. */
  readonly owner: string;
  readonly leaseUntil: Instant;
}

/** How many there may be that have not ended. */
export const MAX_OPEN = 100;
const MAX_SAMPLES = 20;
const MAX_FAILURES = 100;

/** A new one, of the jobs that there are now. */
export function newOperation(given: Pick<Operation, "id" | "request" | "by">, now: Instant): Operation {
  const counts = { matched: 0, changed: 0, unchanged: 0, failed: 0, samples: [], failures: [], pending: [] };
  const begun = { version: 1, state: "counting" as const, createdAt: now, updatedAt: now, endedAt: null, cancelReason: "" };
  return { ...given, ...counts, ...begun, cursor: endOf(now), owner: "", leaseUntil: 0 };
}

/** Whether `owner` may work on it. */
export function isFree({ owner: holder, leaseUntil }: Operation, owner: string, now: Instant): boolean {
  return holder === owner || leaseUntil <= now;
}

/** So many more were counted; after the last they are changed, unless `dryRun`. */
export function counted(operation: Operation, { ids, last }: Looked, dryRun: boolean, now: Instant): Operation {
  const samples = [...operation.samples, ...ids].slice(0, MAX_SAMPLES);
  const next = { ...operation, matched: operation.matched + ids.length, samples, cursor: last };
  if (last !== "") return changedAt(next, now);
  if (dryRun) return ended(next, "done", now);
  return changedAt({ ...next, state: "running", cursor: endOf(operation.createdAt) }, now);
}

/** The next jobs are about to be changed. */
export function planned(operation: Operation, { ids, last }: Looked, now: Instant): Operation {
  const next = { ...operation, cursor: last, pending: ids };
  return last === "" && ids.length === 0 ? ended(next, "done", now) : changedAt(next, now);
}

/** They were, but for those that are to be tried again. */
export function applied(operation: Operation, results: readonly JobResult[], now: Instant): Operation {
  const count = (kind: JobResult["kind"]) => results.filter((result) => result.kind === kind).length;
  const failures = results.flatMap(({ jobId, kind, code = "" }) => (kind === "failed" ? [{ jobId, code }] : []));
  const next = {
    ...operation,
    pending: results.flatMap(({ jobId, kind }) => (kind === "later" ? [jobId] : [])),
    changed: operation.changed + count("changed"),
    unchanged: operation.unchanged + count("unchanged"),
    failed: operation.failed + count("failed"),
    failures: [...operation.failures, ...failures].slice(0, MAX_FAILURES),
  };
  const isDone = operation.cursor === "" && next.pending.length === 0 && operation.cancelReason === "";
  return isDone ? ended(next, "done", now) : changedAt(next, now);
}

/** It ends where nobody is in the middle of a change, and says so until then. */
export function cancelled(operation: Operation, now: Instant): Operation {
  return ended(operation, "cancelled", now);
}

export function changedAt(operation: Operation, now: Instant): Operation {
  return { ...operation, version: operation.version + 1, updatedAt: now };
}

function ended(operation: Operation, state: "done" | "cancelled", now: Instant): Operation {
  return { ...changedAt(operation, now), state, endedAt: now };
}

/** Above the ids of all that was made until then. */
function endOf(time: Instant): string {
  return encodeTime(time + 1);
}
