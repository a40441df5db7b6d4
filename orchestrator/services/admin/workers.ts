import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ForgetWorkerResponseSchema,
  ListWorkersResponseSchema,
  WorkerOrder as OrderMessage,
  type Stop as StopMessage,
  StopSchema,
  type Worker,
  WorkerSchema,
} from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { Principal } from "../../access/keys.ts";
import type { Act } from "../../policy/audit.ts";
import { type Controls, MAX_ORDERS, orderFor, ownId, type Stop, type WorkerOrder, withStop } from "../../policy/controls.ts";
import type { AnnouncedWorker } from "../../store/store.ts";
import { requireAll } from "../validation.ts";
import type { AdminCalls, AdminParts } from "./admin_parts.ts";
import { changeControls } from "./changing_controls.ts";

const WORKER_ID = /^[\x21-\x7e]{1,128}$/;
const ORDERS: Readonly<Record<WorkerOrder, OrderMessage>> = { DRAIN: OrderMessage.DRAIN, QUARANTINE: OrderMessage.QUARANTINE };

interface Asked {
  readonly id: string;
  readonly reason: string;
}

/** The calls about workers. */
export function workerCalls(
  parts: AdminParts,
): AdminCalls<"listWorkers" | "drainWorker" | "quarantineWorker" | "resumeWorker" | "forgetWorker"> {
  const { store, fleet } = parts;
  const member = (id: string) => fleet.members().find((each) => each.id === id);

  const set = async (asked: Asked, by: Principal, action: Act["action"], order: WorkerOrder | undefined): Promise<Worker> => {
    const id = idOf(asked.id);
    const controls = await changeControls(parts, {
      ...{ by, action, reason: asked.reason, subject: `workers/${id}` },
      to(before, stop) {
        const isKnown = orderFor(before, id) !== undefined;
        if (!order && !isKnown && !member(id)) throw unknown();
        if (order && !isKnown && Object.keys(before.workers).length >= MAX_ORDERS)
          throw DragomanError.of("CONFLICT", `Of ${MAX_ORDERS} workers something is ordered already.`, {
            hint: "Forget workers that will not come back.",
          });
        return { ...before, workers: withStop(before.workers, id, order && { ...stop, order }) };
      },
      shown: (controls) => ({ order: orderFor(controls, id) ?? "NONE" }),
    });
    return toMessage(id, member(id), controls);
  };

  return {
    async listWorkers() {
      const controls = await store.controls();
      const members = new Map(fleet.members().map((each) => [each.id, each]));
      const ids = [...new Set([...members.keys(), ...Object.keys(controls.workers)])].sort();
      return create(ListWorkersResponseSchema, { workers: ids.map((id) => toMessage(id, members.get(id), controls)) });
    },
    drainWorker: async (asked, { principal }) => set(asked, principal, "worker.drain", "DRAIN"),
    quarantineWorker: async (asked, { principal }) => set(asked, principal, "worker.quarantine", "QUARANTINE"),
    resumeWorker: async (asked, { principal }) => set(asked, principal, "worker.resume", undefined),
    async forgetWorker(asked, { principal }) {
      const id = idOf(asked.id);
      if (member(id))
        throw DragomanError.of("CONFLICT", "The worker is connected.", { hint: "Drain it, and stop it; then it can be forgotten." });
      await set(asked, principal, "worker.forget", undefined);
      return create(ForgetWorkerResponseSchema);
    },
  };
}

function idOf(id: string): string {
  requireAll([WORKER_ID.test(id), "id", "has 1 to 128 visible ASCII characters"]);
  return ownId(id);
}

function unknown(): DragomanError {
  return DragomanError.of("WORKER_NOT_FOUND", "No such worker is connected, and nothing is ordered of one.");
}

function toMessage(id: string, member: AnnouncedWorker | undefined, { workers }: Controls): Worker {
  const ordered = Object.hasOwn(workers, id) ? workers[id] : undefined;
  const { slots = 0, prefetch = 0, pairs = 0, ocr = false, office = false } = member ?? {};
  return create(WorkerSchema, {
    ...{ id, connected: member !== undefined, slots, prefetch, pairs, ocr, office },
    ...(member && {
      connectTime: timestampFromMs(member.connectedAt),
      ...{ jobIds: [...member.jobIds], classes: [...member.classes], engines: [...member.engines] },
    }),
    ...(ordered && { order: ORDERS[ordered.order], stop: stopMessage(ordered) }),
  });
}

export function stopMessage({ reason, at, by }: Stop): StopMessage {
  return create(StopSchema, { reason, time: timestampFromMs(at), keyId: by });
}
