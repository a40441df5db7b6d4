import { setTimeout as sleep } from "node:timers/promises";
import { create, isFieldSet, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  CreateOperationRequestSchema,
  JobFilterSchema,
  ListOperationsResponseSchema,
  type Operation as OperationMessage,
  OperationSchema,
  OperationState,
  type RetryAction,
} from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { newId } from "../../jobs/id.ts";
import { type Act, auditEntry } from "../../policy/audit.ts";
import { changedAt, MAX_OPEN, newOperation, type Operation } from "../../policy/operation.ts";
import { withinMessage } from "../message_room.ts";
import { isTime, requireAll, TIMES } from "../validation.ts";
import { actionName, actionOf } from "./actions.ts";
import { type AdminCalls, type AdminParts, actorOf } from "./admin_parts.ts";
import { filterOf } from "./job_filter.ts";
import { requestOf } from "./operation_runner.ts";
import { reasonRule } from "./reason.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
const MAX_CONFLICTS = 50;
/** A dry run is waited for so long. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 50;
const ID = /^([0-9A-HJKMNP-TV-Z]{26})?$/;

const STATES: Readonly<Record<Operation["state"], OperationState>> = {
  counting: OperationState.COUNTING,
  running: OperationState.RUNNING,
  done: OperationState.DONE,
  cancelled: OperationState.CANCELLED,
};

/** The calls about changes of many jobs. */
export function operationCalls({
  store,
  onOperation,
}: AdminParts): AdminCalls<"createOperation" | "getOperation" | "listOperations" | "cancelOperation"> {
  const named = async (id: string): Promise<Operation> => {
    const operation = await store.operation(id);
    if (!operation) throw DragomanError.of("OPERATION_NOT_FOUND", "There is no such operation.");
    return operation;
  };
  const entry = (act: Pick<Act, "by" | "action" | "reason" | "after">, operationId: string, now: number) =>
    auditEntry({ ...act, tenantId: "", subject: `operations/${operationId}`, operationId }, newId("", now), now);

  return {
    async createOperation(request, { principal, signal }) {
      const { reason, dryRun } = request;
      const filter = request.filter ?? create(JobFilterSchema);
      filterOf(filter);
      requireAll(
        reasonRule(reason),
        [
          JobFilterSchema.fields.some((field) => isFieldSet(filter, field)),
          "filter",
          "names something: to mean every job, name every state",
        ],
        [
          request.action.case !== "retry" || !hasPassword(request.action.value),
          "retry.password",
          "is empty here, as is that of its options",
        ],
        [request.action.case !== "retry" || isTime(request.action.value.options?.notBefore), "retry.options.not_before", TIMES],
      );
      const action = actionOf(request);
      if ((await store.openOperations(MAX_OPEN)).length >= MAX_OPEN)
        throw DragomanError.of("OVERLOADED", `There are ${MAX_OPEN} operations under way.`, { retryAfterMs: 30_000 });
      const now = store.clock.now();
      const by = actorOf(principal);
      const asked = JSON.stringify(
        toJson(CreateOperationRequestSchema, create(CreateOperationRequestSchema, { ...request, filter } as never)),
      );
      const operation = newOperation({ id: newId("", now), request: asked, by }, now);
      const after = { action: actionName(action), filter: toJson(JobFilterSchema, filter), dryRun };
      await store.saveOperation(operation, [entry({ by, action: "operation.create", reason, after }, operation.id, now)]);
      onOperation();
      if (!dryRun) return toMessage(operation);
      return toMessage(await whenEnded(operation.id, named, signal));
    },
    getOperation: async ({ id }) => toMessage(await named(id)),
    async listOperations({ pageSize, pageToken }) {
      requireAll(
        [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        [ID.test(pageToken), "page_token", "is a next_page_token, or empty"],
      );
      const limit = Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE);
      const found = await store.operations(pageToken || "~", limit + 1);
      const page = withinMessage(found.slice(0, limit));
      const nextPageToken = found.length > page.length ? (page.at(-1)?.id ?? "") : "";
      return create(ListOperationsResponseSchema, { operations: page.map(toMessage), nextPageToken });
    },
    async cancelOperation({ id, reason }, { principal }) {
      requireAll(reasonRule(reason));
      for (let conflict = 0; conflict < MAX_CONFLICTS; conflict++) {
        const operation = await named(id);
        if (operation.cancelReason !== "") return toMessage(operation);
        if (operation.endedAt !== null) throw DragomanError.of("TOO_LATE", "The operation is done.");
        const now = store.clock.now();
        const told = entry({ by: actorOf(principal), action: "operation.cancel", reason }, id, now);
        const asked = { ...changedAt(operation, now), cancelReason: reason };
        if (await store.saveOperation(asked, [told])) {
          onOperation();
          return toMessage(asked);
        }
      }
      throw DragomanError.of("CONFLICT", "The operation changes too fast.");
    },
  };
}

/** What is asked for is stored as it is. */
function hasPassword({ password, options }: RetryAction): boolean {
  return password !== "" || Boolean(options?.password);
}

/** As it is when it has ended, or after a while. */
async function whenEnded(id: string, read: (id: string) => Promise<Operation>, signal: AbortSignal): Promise<Operation> {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const operation = await read(id);
    if (operation.endedAt !== null || performance.now() > end || signal.aborted) return operation;
    await sleep(LOOK_EVERY_MS);
  }
}

function toMessage(operation: Operation): OperationMessage {
  const { id, state, by, createdAt, updatedAt, endedAt, matched, changed, unchanged, failed, samples, failures, cancelReason } = operation;
  const request = requestOf(operation);
  return create(OperationSchema, {
    ...{ id, matched, changed, unchanged, failed, cancelReason, samples: [...samples], failures: [...failures] },
    state: STATES[state],
    action: actionName(actionOf(request)),
    ...{ filter: request.filter, reason: request.reason, dryRun: request.dryRun },
    keyId: by.keyId,
    createTime: timestampFromMs(createdAt),
    updateTime: timestampFromMs(updatedAt),
    ...(endedAt !== null && { endTime: timestampFromMs(endedAt) }),
  });
}
