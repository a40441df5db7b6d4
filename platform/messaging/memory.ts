import type { JobEvent } from "../../gen/dragoman/v1/job_pb.ts";
import type {
  CancelSignal,
  PreviewMade,
  PreviewWork,
  RevisionMade,
  RevisionWork,
  WorkDescriptor,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../errors.ts";
import { type JobClass, jobClassOf } from "../job_classes.ts";
import { giveBackDelayMs, type Invitation, type Messaging, noPainter, noReviser } from "./messaging.ts";

const ACK_WAIT_MS = 15_000;
/** The dispatcher publishes only what free slots ask for; more than this is a defect, not load. */
const MAX_PENDING = 10_000;

/** Of an invitation; `deliveries` counts from 1. */
interface Delivery {
  readonly work: WorkDescriptor;
  readonly deliveries: number;
}

/** Somebody who waits for an invitation. */
interface Taker {
  readonly classes: readonly JobClass[];
  readonly take: (delivery: Delivery) => void;
}

/** Messaging inside one process. What is pending is lost with it; an orchestrator publishes it again when the job's timer fires. */
export function openMemoryMessaging(ackWaitMs = ACK_WAIT_MS): Messaging {
  const pending: Delivery[] = [];
  const takers = new Set<Taker>();
  const unacked = new Set<NodeJS.Timeout>();
  const cancels = new Set<(cancel: CancelSignal) => void>();
  const events = new Map<string, Set<(event: JobEvent) => void>>();
  const tenants = new Map<string, Set<() => void>>();
  const painters: ((work: PreviewWork) => Promise<PreviewMade>)[] = [];
  const revisers: { readonly answer: (work: RevisionWork) => Promise<RevisionMade>; readonly office: boolean }[] = [];
  const recent = new Set<string>();
  let closed = false;

  const unlessClosed = (): void => {
    if (closed) throw DragomanError.of("UNAVAILABLE", "The messaging is closed.");
  };

  const offer = (delivery: Delivery): void => {
    // Any of them: in turn, those who cannot do it might always be next.
    const able = [...takers].filter(({ classes }) => classes.includes(jobClassOf(delivery.work.jobClass)));
    const taker = able[Math.floor(Math.random() * able.length)];
    if (!taker) return void pending.push(delivery);
    takers.delete(taker);
    taker.take(delivery);
  };

  const offerIn = (delayMs: number, delivery: Delivery): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      unacked.delete(timer);
      offer(delivery);
    }, delayMs);
    unacked.add(timer);
    return timer;
  };

  const invitation = ({ work, deliveries }: Delivery): Invitation => {
    const again = { work, deliveries: deliveries + 1 };
    const timer = offerIn(ackWaitMs, again);
    return {
      work,
      deliveries,
      async ack() {
        clearTimeout(timer);
        unacked.delete(timer);
      },
      giveBack() {
        if (!unacked.delete(timer)) return;
        clearTimeout(timer);
        offerIn(giveBackDelayMs(), again);
      },
    };
  };

  return {
    system: "memory",
    check: async () => unlessClosed(),
    async publish(messages) {
      unlessClosed();
      let full = false;
      for (const { id, content } of messages) {
        if (content.kind === "cancel") for (const listener of cancels) listener(content.message);
        if (content.kind === "event") {
          for (const listener of events.get(content.message.job?.id ?? "") ?? []) listener(content.message);
          for (const listener of tenants.get(content.message.tenantId) ?? []) listener();
        }
        if (content.kind !== "work" || recent.has(id)) continue;
        if (pending.length >= MAX_PENDING) full = true;
        else {
          recent.add(id);
          if (recent.size > MAX_PENDING) recent.delete(recent.values().next().value as string);
          offer({ work: content.message, deliveries: 1 });
        }
      }
      return { full };
    },
    async nextInvitation(classes, signal) {
      if (signal.aborted) return undefined;
      const next = pending.findIndex(({ work }) => classes.includes(jobClassOf(work.jobClass)));
      const [waiting] = next < 0 ? [] : pending.splice(next, 1);
      if (waiting) return invitation(waiting);
      return new Promise((resolve) => {
        const taker: Taker = {
          classes,
          take: (delivery) => {
            signal.removeEventListener("abort", leave);
            resolve(invitation(delivery));
          },
        };
        const leave = () => {
          takers.delete(taker);
          resolve(undefined);
        };
        takers.add(taker);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    async subscribe(to) {
      unlessClosed();
      if ("cancels" in to) {
        cancels.add(to.cancels);
        return { [Symbol.dispose]: () => void cancels.delete(to.cancels) };
      }
      return "tenantId" in to ? listen(tenants, to.tenantId, to.changed) : listen(events, to.jobId, to.events);
    },
    async askPreview(work, timeoutMs) {
      unlessClosed();
      const painter = painters[Math.floor(Math.random() * painters.length)];
      if (!painter) throw noPainter();
      const { promise, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(noPainter()), timeoutMs);
      return Promise.race([painter(work), promise]).finally(() => clearTimeout(timer));
    },
    async answerPreviews(answer) {
      unlessClosed();
      painters.push(answer);
      return { [Symbol.dispose]: () => void painters.splice(painters.indexOf(answer), 1) };
    },
    async askRevision(work) {
      unlessClosed();
      const able = work.needsOffice ? revisers.filter(({ office }) => office) : revisers;
      const asked = able.length > 0 ? able : revisers;
      const reviser = asked[Math.floor(Math.random() * asked.length)];
      if (!reviser) throw noReviser();
      return reviser.answer(work);
    },
    async answerRevisions(answer, { office }) {
      unlessClosed();
      const reviser = { answer, office };
      revisers.push(reviser);
      return { [Symbol.dispose]: () => void revisers.splice(revisers.indexOf(reviser), 1) };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of unacked) clearTimeout(timer);
    },
  };
}

/** Until what it gives is disposed of. */
function listen<L>(all: Map<string, Set<L>>, name: string, listener: L): Disposable {
  const listeners = all.get(name) ?? new Set();
  all.set(name, listeners.add(listener));
  return {
    [Symbol.dispose]() {
      listeners.delete(listener);
      if (listeners.size === 0 && all.get(name) === listeners) all.delete(name);
    },
  };
}
