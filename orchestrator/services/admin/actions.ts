import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { OverrideJobRequest } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { type JobOptions, JobState } from "../../../gen/dragoman/v1/job_pb.ts";
import { RetryJobRequestSchema } from "../../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { isFinal } from "../../../platform/final.ts";
import { stateName } from "../../../platform/names.ts";
import type { GuardedContext } from "../../access/guard.ts";
import { newId } from "../../jobs/id.ts";
import type { JobRecord } from "../../jobs/job.ts";
import type { Override } from "../../jobs/override.ts";
import { type Act, type Actor, type AuditEntry, auditEntry } from "../../policy/audit.ts";
import type { DeletionParts } from "../../scheduling/deletion.ts";
import { requireVersion } from "../../scheduling/job_writer.ts";
import { type CreationParts, retryJob } from "../creation.ts";
import { isTime, requireAll, TIMES } from "../validation.ts";
import { differences } from "./differences.ts";

const MAX_EXTENSION_SECONDS = 2_592_000;

/** What an operator has done with a job. */
export type Action =
  | { readonly kind: "override"; readonly override: Override }
  | { readonly kind: "retry"; readonly changes: JobOptions | undefined; readonly password: string }
  | { readonly kind: "delete" };

/** Who has it done, and why. */
export interface Order {
  readonly action: Action;
  readonly by: Actor;
  readonly reason: string;
  /** The bulk change that it is a part of; empty for none. */
  readonly operationId: string;
  readonly expectedVersion: bigint;
}

type Caller = Pick<GuardedContext, "traceparent" | "setHeader" | "signal">;

/** Throws INVALID_REQUEST. */
export function actionOf({ action }: Pick<OverrideJobRequest, "action">): Action {
  const override = (is: Override): Action => ({ kind: "override", override: is });
  switch (action.case) {
    case "setPriority":
      requireAll([action.value >= 1 && action.value <= 3, "set_priority", "is LOW, NORMAL or HIGH"]);
      return override({ kind: "set_priority", priority: action.value });
    case "reschedule":
      requireAll([isTime(action.value), "reschedule", TIMES]);
      return override({ kind: "reschedule", notBefore: timestampMs(action.value) });
    case "extendDeadline":
      requireAll([action.value >= 1 && action.value <= MAX_EXTENSION_SECONDS, "extend_deadline", `is 1 to ${MAX_EXTENSION_SECONDS}`]);
      return override({ kind: "extend_deadline", seconds: action.value });
    case "endByForce": {
      if (action.value === JobState.FAILED) return override({ kind: "end_by_force", state: JobState.FAILED });
      if (action.value === JobState.CANCELLED) return override({ kind: "end_by_force", state: JobState.CANCELLED });
      requireAll([false, "end_by_force", "is FAILED or CANCELLED"]);
      break;
    }
    case "retry":
      return { kind: "retry", changes: action.value.options, password: action.value.password };
    case "runNow":
    case "cancel":
    case "delete":
    case "release":
      requireAll([action.value, action.case === "runNow" ? "run_now" : action.case, "is true"]);
      if (action.case === "delete") return { kind: "delete" };
      return override({ kind: action.case === "runNow" ? "run_now" : action.case });
    default:
  }
  throw DragomanError.of("INVALID_REQUEST", "Say what to do with the job.", {
    hint: "Set one of set_priority, run_now, reschedule, extend_deadline, cancel, retry, delete, end_by_force and release.",
  });
}

export function actionName(action: Action): Act["action"] {
  return `job.${action.kind === "override" ? action.override.kind : action.kind}`;
}

/** Does it, in one commit with its audit entry; gives the job as it is then, a retry's new one. Throws what the calls of the job's own tenant throw, and TOO_LATE. */
export async function carryOut(parts: CreationParts & DeletionParts, record: JobRecord, order: Order, caller: Caller): Promise<JobRecord> {
  const { jobs, store } = parts;
  const { action, by, reason, operationId, expectedVersion } = order;
  const { tenantId, job } = record;
  const entry = (change: Pick<Act, "before" | "after">): AuditEntry => {
    const now = store.clock.now();
    const act: Act = { by, tenantId, action: actionName(action), subject: `jobs/${job.id}`, reason, operationId, ...change };
    return auditEntry(act, newId(tenantId, now), now);
  };
  switch (action.kind) {
    case "override":
      return jobs.apply(
        job.id,
        { kind: "override", override: action.override, by: by.keyId, reason, operationId },
        { expectedVersion, audit: (before, after) => entry(differences(before, after)) },
      );
    case "retry": {
      requireVersion(record, expectedVersion);
      const requestId = operationId && `${operationId}-${job.id}`;
      const options = action.changes && { options: action.changes };
      const request = create(RetryJobRequestSchema, { password: action.password, requestId, ...options });
      const principal = { tenantId, keyId: job.keyId, scopes: [], limits: {} };
      const made = await retryJob(parts, request, record, {
        ...{ ...caller, principal },
        audit: (retry) => entry({ after: { retry: retry.job.id } }),
      });
      return { ...record, job: made };
    }
    case "delete":
      return remove(parts, record, expectedVersion, entry);
  }
}

async function remove(
  { deletion }: DeletionParts,
  record: JobRecord,
  expectedVersion: bigint,
  entry: (change: Pick<Act, "before" | "after">) => AuditEntry,
): Promise<JobRecord> {
  requireVersion(record, expectedVersion);
  const { job } = record;
  if (!isFinal(job.state)) throw DragomanError.of("JOB_NOT_FINISHED", "The job has not ended yet.");
  // Nothing of what it said, which its file's name is a part of: the log outlives it.
  const audit = entry({ before: { state: stateName(job.state), sizeBytes: job.sizeBytes } });
  if (await deletion.forget(record, { by: audit.keyId, audit: [audit] })) return record;
  throw DragomanError.of("CONFLICT", "The job was changed meanwhile.");
}
