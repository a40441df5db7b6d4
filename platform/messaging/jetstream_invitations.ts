import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerMessages, JetStreamClient, JsMsg } from "nats";
import type { JobClass } from "../job_classes.ts";
import { consumerOf } from "./jetstream_streams.ts";

const RETRY_MS = 500;

/** Somebody who waits for an invitation. */
interface Taker {
  readonly classes: ReadonlySet<JobClass>;
  readonly take: (message: JsMsg) => void;
}

export interface RequestParts {
  readonly js: JetStreamClient;
  /** How long one request stands at the server. */
  readonly pullMs: number;
  /** A request could not be made, or ended before its time: what it asks may be gone. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Requests for invitations, of each class as many as there are takers of it. A request cannot be taken back: what it brings when its taker
 * has had another goes to whoever else waits for that class, and if there is nobody back to the queue at once.
 */
export class InvitationRequests {
  readonly #parts: RequestParts;
  readonly #takers = new Set<Taker>();
  readonly #standing = new Map<JobClass, number>();
  readonly #requests = new Set<ConsumerMessages>();
  readonly #consumers = new Map<JobClass, Promise<Consumer>>();
  #stopped = false;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** The next message of one of these classes, undefined once `signal` aborts. */
  next(classes: readonly JobClass[], signal: AbortSignal): Promise<JsMsg | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const leave = () => {
        this.#takers.delete(taker);
        resolve(undefined);
      };
      const taker: Taker = {
        classes: new Set(classes),
        take: (message) => {
          signal.removeEventListener("abort", leave);
          this.#takers.delete(taker);
          resolve(message);
        },
      };
      this.#takers.add(taker);
      signal.addEventListener("abort", leave, { once: true });
      for (const jobClass of taker.classes) this.#ask(jobClass);
    });
  }

  /** Else each request would find the connection closed later on, and write of it to the console. */
  stop(): void {
    this.#stopped = true;
    for (const request of this.#requests) request.stop();
  }

  #ask(jobClass: JobClass): void {
    const wanted = this.#takersOf(jobClass).length;
    for (let standing = this.#standing.get(jobClass) ?? 0; standing < wanted && !this.#stopped; standing++) void this.#request(jobClass);
  }

  async #request(jobClass: JobClass): Promise<void> {
    this.#stand(jobClass, 1);
    const { pullMs, onTrouble } = this.#parts;
    const asked = performance.now();
    const outcome = await this.#pull(jobClass).catch((error: unknown) => ({ error }));
    // What still came is delivered to others when its time to be acked is over.
    if (this.#stopped) return;
    if (outcome && "info" in outcome) this.#hand(jobClass, outcome);
    // A request that ends before its time was refused: the consumer may be gone.
    else if (this.#takersOf(jobClass).length > 0 && (outcome || performance.now() - asked <= pullMs / 2)) {
      onTrouble(outcome?.error);
      await sleep(RETRY_MS, undefined, { ref: false });
    }
    this.#stand(jobClass, -1);
    this.#ask(jobClass);
  }

  async #pull(jobClass: JobClass): Promise<JsMsg | undefined> {
    const { stream, name } = consumerOf(jobClass);
    const known = this.#consumers.get(jobClass) ?? this.#parts.js.consumers.get(stream, name);
    this.#consumers.set(jobClass, known);
    const consumer = await known.catch((error: unknown) => {
      this.#consumers.delete(jobClass);
      throw error;
    });
    const request = await consumer.fetch({ max_messages: 1, expires: this.#parts.pullMs });
    this.#requests.add(request);
    try {
      for await (const message of request) return message;
      return undefined;
    } finally {
      request.stop();
      this.#requests.delete(request);
    }
  }

  #hand(jobClass: JobClass, message: JsMsg): void {
    const [taker] = this.#takersOf(jobClass);
    if (taker) taker.take(message);
    else message.nak();
  }

  #takersOf(jobClass: JobClass): Taker[] {
    return [...this.#takers].filter(({ classes }) => classes.has(jobClass));
  }

  #stand(jobClass: JobClass, by: number): void {
    this.#standing.set(jobClass, (this.#standing.get(jobClass) ?? 0) + by);
  }
}
