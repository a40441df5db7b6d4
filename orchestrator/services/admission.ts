import { DragomanError } from "../../platform/errors.ts";
import type { CallContext } from "../../platform/grpc/server.ts";

const AT_ONCE = 32;
const MAX_WAITING = 2_000;
/** What is kept of a call's time for its work and its answer's way: a quarter, and no more than this. */
const MARGIN_MS = 2_000;
const MIN_RETRY_MS = 1_000;
/** How much the latest call says of how fast calls end. */
const WEIGHT = 0.1;
const FIRST_PACE_MS = 10;
const MOST_SLOWER = 4;

type Call = Pick<CallContext, "deadline" | "signal">;

interface Waiting {
  /** By the monotonic clock. */
  readonly latestStart: number;
  readonly begin: () => void;
  readonly refuse: (error: DragomanError) => void;
}

/**
 * Works on so many calls at once, lets as many wait as can be served in their time, and refuses the others at once.
 * What would be too late is never begun, so a call that was refused has done nothing.
 */
export class Admission {
  readonly #waiting: Waiting[] = [];
  #running = 0;
  /** The time from one call's end to the next one's, while there is work. */
  #paceMs = FIRST_PACE_MS;
  #lastEndAt = 0;

  /** Throws OVERLOADED with a delay, CANCELLED when the caller goes while it waits, or what `work` throws. */
  async admit<T>(call: Call, work: () => Promise<T>): Promise<T> {
    if (this.#running < AT_ONCE) this.#begin();
    else await this.#turn(call);
    try {
      return await work();
    } finally {
      this.#end();
    }
  }

  async #turn({ deadline, signal }: Call): Promise<void> {
    const now = performance.now();
    const latestStart = deadline - Math.min(MARGIN_MS, (deadline - now) / 4);
    if (this.#waiting.length >= MAX_WAITING || now + this.#waitMs() > latestStart) throw this.#overloaded();
    const { promise, resolve: begin, reject: refuse } = Promise.withResolvers<void>();
    const waiting = { latestStart, begin, refuse };
    this.#waiting.push(waiting);
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place >= 0) this.#waiting.splice(place, 1);
      refuse(DragomanError.of("CANCELLED", "The caller no longer waits."));
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #begin(): void {
    if (this.#running === 0) this.#lastEndAt = performance.now();
    this.#running += 1;
  }

  #end(): void {
    const now = performance.now();
    // One long pause, of a busy event loop, is not the pace.
    const tookMs = Math.min(now - this.#lastEndAt, MOST_SLOWER * Math.max(1, this.#paceMs));
    this.#paceMs += WEIGHT * (tookMs - this.#paceMs);
    this.#lastEndAt = now;
    this.#running -= 1;
    this.#refuseLate(now);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (now > next.latestStart) {
        next.refuse(this.#overloaded());
        continue;
      }
      this.#begin();
      next.begin();
      return;
    }
  }

  /** Those who came last, if by the latest pace their turn comes too late. */
  #refuseLate(now: number): void {
    for (let last = this.#waiting.at(-1); last; last = this.#waiting.at(-1)) {
      if (now + this.#waiting.length * this.#paceMs <= last.latestStart) return;
      this.#waiting.pop();
      last.refuse(this.#overloaded());
    }
  }

  #waitMs(): number {
    return (this.#waiting.length + 1) * this.#paceMs;
  }

  /** The delay is drawn, so that those who are refused together do not come again together. */
  #overloaded(): DragomanError {
    const retryAfterMs = Math.round(Math.max(MIN_RETRY_MS, this.#waitMs()) * (1 + Math.random()));
    return DragomanError.of("OVERLOADED", "More jobs are being created than can be stored in time.", { retryAfterMs });
  }
}
