import { asDragomanError, type DragomanError } from "../../platform/errors.ts";
import { RequestRefused } from "./http.ts";

/** So many failures in a row mean that an engine is down. */
const MAX_FAILURES = 5;
/** For so long nobody asks it; twice as long each time that it is still down, up to the longest. */
const FIRST_OPEN_MS = 15_000;
const LONGEST_OPEN_MS = 300_000;
/** A key that is refused, or a quota that is used up, is no better a moment later. */
const REFUSED_MS = 60_000;

/**
 * A circuit breaker (Nygard, "Release It!"): it is closed, open until a time, or lets one request through to see. Who says
 * when to come back is not down.
 */
export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #openMs = FIRST_OPEN_MS;
  #until = 0;
  #last: DragomanError | undefined;
  #isTrying = false;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Does `work` unless the engine is down; then it throws what the engine did last. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#last && (this.#now() < this.#until || this.#isTrying)) throw this.#last;
    const isTrial = this.#last !== undefined;
    this.#isTrying = isTrial;
    try {
      const done = await work();
      this.#close();
      return done;
    } catch (error) {
      // Whoever gave up says nothing of the engine.
      if (!signal.aborted) this.#failed(asDragomanError(error), isTrial);
      throw error;
    } finally {
      if (isTrial) this.#isTrying = false;
    }
  }

  #close(): void {
    this.#failures = 0;
    this.#openMs = FIRST_OPEN_MS;
    this.#last = undefined;
  }

  #failed(error: DragomanError, isTrial: boolean): void {
    const isRefused = error.code === "TRANSLATOR_REFUSED" && !(error.cause instanceof RequestRefused);
    if (error.code === "TRANSLATOR_QUOTA_EXCEEDED" || isRefused) return this.#open(error, REFUSED_MS);
    // Such answers are the texts' own.
    if (error.code !== "TRANSLATOR_UNAVAILABLE" || error.detail.retryAfter) return isTrial ? this.#close() : undefined;
    this.#failures += 1;
    if (this.#failures < MAX_FAILURES) return;
    this.#open(error, this.#openMs);
    this.#openMs = Math.min(this.#openMs * 2, LONGEST_OPEN_MS);
  }

  #open(error: DragomanError, forMs: number): void {
    this.#last = error;
    this.#until = this.#now() + forMs;
  }
}
