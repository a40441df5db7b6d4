import { setTimeout as sleep } from "node:timers/promises";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Semaphore } from "../../platform/async/semaphore.ts";
import { asDragomanError } from "../../platform/errors.ts";
import { LONGEST_WAIT_MS } from "./retried.ts";

/** How much of an engine one request takes. */
export interface Need {
  readonly characters: number;
}

/** Resolves when the engine's rate, which all workers share, has room for it. */
export type TakeRate = (need: Need, signal: AbortSignal) => Promise<void>;

/** So many requests at once, none while the engine asked for a pause, and within its rate. */
export class Limiter {
  readonly #slots: Semaphore;
  readonly #take: TakeRate;
  #pausedUntil = 0;

  constructor(concurrency: number, take: TakeRate) {
    this.#slots = new Semaphore(concurrency);
    this.#take = take;
  }

  async through<T>(work: () => Promise<T>, need: Need, signal: AbortSignal): Promise<T> {
    using _slot = await this.#slots.take(signal);
    const pauseMs = this.#pausedUntil - performance.now();
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
    await this.#take(need, signal);
    try {
      return await work();
    } catch (error) {
      const { retryAfter } = asDragomanError(error).detail;
      const afterMs = retryAfter ? Math.min(durationMs(retryAfter), LONGEST_WAIT_MS) : 0;
      this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + afterMs);
      throw error;
    }
  }
}
