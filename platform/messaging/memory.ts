import type { JobEvent } from "../../gen/dragoman/v1/job_pb.ts";
import type { CancelSignal, WorkDescriptor } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Invitation, Messaging } from "./messaging.ts";

const ACK_WAIT_MS = 15_000;
/** Long enough for whoever gave it back to do something else first: handed on at once, it could go round for ever within one turn of the event loop. */
const GIVE_BACK_MS = 50;
/** The dispatcher publishes only what free slots ask for; more than this is a defect, not load. */
const MAX_PENDING = 10_000;

/** Messaging inside one process. What is pending is lost with it; the sweeper publishes it again from the store. */
export function openMemoryMessaging(ackWaitMs = ACK_WAIT_MS): Messaging {
  const pending: WorkDescriptor[] = [];
  const takers: ((work: WorkDescriptor) => void)[] = [];
  const unacked = new Set<NodeJS.Timeout>();
  const cancels = new Set<(cancel: CancelSignal) => void>();
  const events = new Map<string, Set<(event: JobEvent) => void>>();
  const recent = new Set<string>();

  const offer = (work: WorkDescriptor): void => {
    const taker = takers.shift();
    if (taker) taker(work);
    else pending.push(work);
  };

  const offerIn = (delayMs: number, work: WorkDescriptor): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      unacked.delete(timer);
      offer(work);
    }, delayMs);
    unacked.add(timer);
    return timer;
  };

  const invitation = (work: WorkDescriptor): Invitation => {
    const timer = offerIn(ackWaitMs, work);
    return {
      work,
      async ack() {
        clearTimeout(timer);
        unacked.delete(timer);
      },
      giveBack() {
        if (!unacked.delete(timer)) return;
        clearTimeout(timer);
        offerIn(GIVE_BACK_MS, work);
      },
    };
  };

  return {
    system: "memory",
    async check() {},
    async publish(messages) {
      let full = false;
      for (const { id, content } of messages) {
        if (content.kind === "cancel") for (const listener of cancels) listener(content.message);
        if (content.kind === "event") for (const listener of events.get(content.message.job?.id ?? "") ?? []) listener(content.message);
        if (content.kind !== "work" || recent.has(id)) continue;
        if (pending.length >= MAX_PENDING) full = true;
        else {
          recent.add(id);
          if (recent.size > MAX_PENDING) recent.delete(recent.values().next().value as string);
          offer(content.message);
        }
      }
      return { full };
    },
    async nextInvitation(signal) {
      if (signal.aborted) return undefined;
      const waiting = pending.shift();
      if (waiting) return invitation(waiting);
      return new Promise((resolve) => {
        const taker = (work: WorkDescriptor) => {
          signal.removeEventListener("abort", leave);
          resolve(invitation(work));
        };
        const leave = () => {
          takers.splice(takers.indexOf(taker), 1);
          resolve(undefined);
        };
        takers.push(taker);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    async subscribe(to) {
      if ("cancels" in to) {
        cancels.add(to.cancels);
        return { [Symbol.dispose]: () => void cancels.delete(to.cancels) };
      }
      const listeners = events.get(to.jobId) ?? new Set();
      events.set(to.jobId, listeners.add(to.events));
      return {
        [Symbol.dispose]() {
          listeners.delete(to.events);
          if (listeners.size === 0) events.delete(to.jobId);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const timer of unacked) clearTimeout(timer);
    },
  };
}
