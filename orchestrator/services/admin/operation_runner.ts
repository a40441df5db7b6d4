import { randomUUID } from "node:crypto";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type CreateOperationRequest, CreateOperationRequestSchema, JobFilterSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { asDragomanError, type DragomanError } from "../../../platform/errors.ts";
import { inSpan } from "../../../platform/trace.ts";
import {
  applied,
  cancelled,
  changedAt,
  counted,
  isFree,
  type JobResult,
  MAX_OPEN,
  type Operation,
  planned,
} from "../../policy/operation.ts";
import { QUOTAS } from "../../policy/violations.ts";
import type { DeletionParts } from "../../scheduling/deletion.ts";
import type { CreationParts } from "../creation.ts";
import { actionOf, carryOut } from "./actions.ts";
import { lookAtJobs } from "./all_jobs.ts";
import { filterOf } from "./job_filter.ts";

/** Of the operations of all operators: more take turns. */
const AT_ONCE = 10;
/** Each may be most of a megabyte. */
const COUNTED_AT_ONCE = 100;
const CHANGED_AT_ONCE = 50;
/** Longer than a step of it takes; after a crash, somebody else goes on after so long. */
const LEASE_MS = 5_000;
/** The store is away, or jobs are made faster than their tenant may: they are tried again. */
const LATER: ReadonlySet<string> = new Set(["UNAVAILABLE", "STORAGE_FULL", "RATE_LIMITED", "OVERLOADED"]);
/** Entries about one job that may have come after those of an operation that was broken off. */
const ENTRIES = 100;

const NOBODY = { setHeader: () => undefined, signal: new AbortController().signal };

/**
 * Takes the operations that are asked for a step further: counts or changes some jobs of each. Any orchestrator does; a lease in the
 * operation's record lets one at a time. What a step is about to change is written down before, so that after a crash nothing is
 * left out, and the audit log says what was done of it.
 */
export class OperationRunner {
  readonly #parts: CreationParts & DeletionParts;
  readonly #leaseMs: number;
  readonly #id = randomUUID();

  constructor(parts: CreationParts & DeletionParts, leaseMs = LEASE_MS) {
    this.#parts = parts;
    this.#leaseMs = leaseMs;
  }

  /** Whether there is more to do at once. Throws where the store is away. */
  async step(): Promise<boolean> {
    const open = await this.#parts.store.openOperations(MAX_OPEN);
    const now = this.#parts.store.clock.now();
    const free = open.filter((operation) => isFree(operation, this.#id, now));
    // Some may wait for long until there is room for what they make.
    const next = free.toSorted((one, other) => one.updatedAt - other.updatedAt).slice(0, AT_ONCE);
    const done = await Promise.all(next.map((operation) => this.#advance(operation)));
    return done.some(Boolean);
  }

  /** False where it has ended, or another is at it. */
  async #advance(operation: Operation): Promise<boolean> {
    const mine = operation.owner === this.#id;
    const request = requestOf(operation);
    if (operation.pending.length > 0) {
      // Before anything is done for it: so that no two are at it.
      const held = mine ? operation : await this.#save(changedAt(operation, this.#now()));
      return held !== undefined && (await this.#change(held, request, true));
    }
    if (operation.cancelReason !== "") return this.#goesOn(cancelled(operation, this.#now()));
    const limit = operation.state === "counting" ? COUNTED_AT_ONCE : CHANGED_AT_ONCE;
    const { records, last } = await lookAtJobs(this.#parts.store, filterOf(request.filter), operation.cursor, limit);
    const looked = { ids: records.map(({ job }) => job.id), last };
    if (operation.state === "counting") return this.#goesOn(counted(operation, looked, request.dryRun, this.#now()));
    const plan = await this.#save(planned(operation, looked, this.#now()));
    return plan !== undefined && plan.endedAt === null && (await this.#change(plan, request, false));
  }

  /** `resumed`: another may have done some of it. */
  async #change(plan: Operation, request: CreateOperationRequest, resumed: boolean): Promise<boolean> {
    const results = await Promise.all(plan.pending.map((jobId) => this.#changeOne(plan, request, jobId, resumed)));
    const after = applied(plan, results, this.#now());
    return (await this.#goesOn(after)) && after.pending.length === 0;
  }

  async #changeOne(
    { id, by, cancelReason }: Operation,
    request: CreateOperationRequest,
    jobId: string,
    resumed: boolean,
  ): Promise<JobResult> {
    const { store } = this.#parts;
    try {
      if (resumed && (await this.#isDone(id, jobId))) return { jobId, kind: "changed" };
      if (cancelReason !== "") return { jobId, kind: "unchanged" };
      const record = await store.get(jobId);
      if (!record) return { jobId, kind: "unchanged" };
      const order = { action: actionOf(request), by, reason: request.reason, operationId: id, expectedVersion: 0n };
      // Of a trace of its own, which a retry goes on with.
      const spanned = { parent: "", attributes: { "job.id": jobId, "operation.id": id } };
      const after = await inSpan("change one of many jobs", spanned, (_, traceparent) =>
        carryOut(this.#parts, record, order, { ...NOBODY, traceparent }),
      );
      const isChanged = order.action.kind !== "override" || after.operationId === id;
      return { jobId, kind: isChanged ? "changed" : "unchanged" };
    } catch (error) {
      const known = asDragomanError(error);
      const { code } = known;
      if (isLater(known)) return { jobId, kind: "later" };
      return code === "JOB_NOT_FOUND" ? { jobId, kind: "unchanged" } : { jobId, kind: "failed", code };
    }
  }

  async #isDone(operationId: string, jobId: string): Promise<boolean> {
    const query = { keyId: "", action: "", subject: `jobs/${jobId}`, from: "", before: "~", limit: ENTRIES };
    const { entries } = await this.#parts.store.audit(query);
    return entries.some((entry) => entry.operationId === operationId);
  }

  async #goesOn(operation: Operation): Promise<boolean> {
    const saved = await this.#save(operation);
    return saved !== undefined && saved.endedAt === null;
  }

  /** Under a lease of this one's; undefined where another changed it meanwhile. */
  async #save(operation: Operation): Promise<Operation | undefined> {
    const held = { ...operation, owner: this.#id, leaseUntil: this.#now() + this.#leaseMs };
    return (await this.#parts.store.saveOperation(held)) ? held : undefined;
  }

  #now(): number {
    return this.#parts.store.clock.now();
  }
}

/** Of open jobs there is room again when others have ended. */
function isLater({ code, detail: { quota, retryable } }: DragomanError): boolean {
  return LATER.has(code) || (quota?.quota === QUOTAS.open.quota && retryable);
}

/** What was asked for. */
export function requestOf({
  request,
}: Pick<Operation, "request">): CreateOperationRequest & { filter: NonNullable<CreateOperationRequest["filter"]> } {
  const message = fromJson(CreateOperationRequestSchema, JSON.parse(request) as JsonValue);
  return Object.assign(message, { filter: message.filter ?? fromJson(JobFilterSchema, {}) });
}
