import type { MessageInitShape } from "@bufbuild/protobuf";
import type { LanguagePair } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Hello, OrchestratorMessageSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";

export interface Session {
  readonly hello: Hello;
  /** The attempts it holds, by job. */
  readonly held: Map<string, number>;
  /** Ends the stream, so that the worker connects elsewhere. */
  readonly end: () => void;
  readonly send: (message: NonNullable<MessageInitShape<typeof OrchestratorMessageSchema>["message"]>) => void;
}

/** The workers connected here. Free slots are counted from what each holds now, never by adding and subtracting. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  #handedOver = false;

  open(session: Session): void {
    this.#open.set(session.hello.workerId, session);
    if (this.#handedOver) session.end();
  }

  /** False if a newer session of the same worker has taken its place. */
  close(session: Session): boolean {
    return this.#open.get(session.hello.workerId) === session && this.#open.delete(session.hello.workerId);
  }

  /** Slots that are free, and places where a next job's input may be fetched meanwhile. */
  free(): { slots: number; prefetch: number } {
    let slots = 0;
    let prefetch = 0;
    for (const { hello, held } of this.#open.values()) {
      slots += Math.max(0, hello.slots - held.size);
      prefetch += Math.max(0, hello.slots + hello.prefetch - Math.max(held.size, hello.slots));
    }
    return this.#handedOver ? { slots: 0, prefetch: 0 } : { slots, prefetch };
  }

  /** All that are connected. */
  totals(): { workers: number; slots: number } {
    let slots = 0;
    for (const { hello } of this.#open.values()) slots += hello.slots;
    return { workers: this.#open.size, slots };
  }

  pairs(): LanguagePair[] {
    const pairs = new Map<string, LanguagePair>();
    for (const { hello } of this.#open.values()) for (const pair of hello.pairs) pairs.set(`${pair.source}-${pair.target}`, pair);
    return [...pairs.values()];
  }

  cancel(jobId: string, attempt: number): void {
    for (const session of this.#open.values()) {
      if (session.held.get(jobId) === attempt) session.send({ case: "cancel", value: { jobId, attempt } });
    }
  }

  /** Sends every worker to another orchestrator. Their leases go on. */
  handOver(): void {
    this.#handedOver = true;
    for (const session of this.#open.values()) session.end();
  }

  get handedOver(): boolean {
    return this.#handedOver;
  }
}
