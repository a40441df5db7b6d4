import type { Readable } from "node:stream";

/** Twice the longest message. */
const BURST_BYTES = 8 * 1024 ** 2;
const BYTES_PER_SECOND = 4 * 1024 ** 2;
/** What it takes to hear a message, however short: in bytes of a long one. */
export const MESSAGE_COST_BYTES = 1024;

/** A bucket of bytes that fills by the second. Pure: the caller says when it is. */
export class Allowance {
  #bytes = BURST_BYTES;
  #atMs = Number.NEGATIVE_INFINITY;

  /** Takes `bytes`, which may be more than there are; answers how many milliseconds there will be none. */
  spend(bytes: number, nowMs: number): number {
    const since = Number.isFinite(this.#atMs) ? nowMs - this.#atMs : 0;
    this.#atMs = nowMs;
    this.#bytes = Math.min(BURST_BYTES, this.#bytes + (since * BYTES_PER_SECOND) / 1000) - bytes;
    return this.#bytes < 0 ? (-this.#bytes * 1000) / BYTES_PER_SECOND : 0;
  }
}

/**
 * Reads no faster from a child than an engine ever speaks, so that one that speaks without an end takes a small share of
 * its supervisor's processor and none of its memory: what is not read yet keeps the child waiting. What it answers adds a
 * cost to that of the bytes.
 */
export function pace(stream: Readable): (bytes: number) => void {
  const allowance = new Allowance();
  let isPaused = false;
  const wait = (ms: number) => {
    isPaused = true;
    stream.pause();
    setTimeout(() => {
      isPaused = false;
      const more = allowance.spend(0, performance.now());
      if (more > 0) wait(more);
      else stream.resume();
    }, ms).unref();
  };
  const spend = (bytes: number) => {
    const ms = allowance.spend(bytes, performance.now());
    if (ms > 0 && !isPaused) wait(ms);
  };
  stream.on("data", ({ length }: Buffer | string) => spend(length));
  return spend;
}
