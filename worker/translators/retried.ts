import { setTimeout as sleep } from "node:timers/promises";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { asDragomanError } from "../../platform/errors.ts";

/** As DeepL's own clients have it: 1 s, half as long again and more each time, and not all at the same moment. */
const FIRST_WAIT_MS = 1_000;
const GROWTH = 1.6;
const JITTER = 0.23;
const MAX_TRIES = 5;
/** Who is to come back later than this goes to another engine, or fails. */
export const LONGEST_WAIT_MS = 60_000;

export interface Patience {
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

const PATIENCE: Patience = { wait: (ms, signal) => sleep(ms, undefined, { signal }), random: Math.random };

/** Does `work` again while it fails in a way that may pass. Throws what it threw last; `signal`'s reason. */
export async function retried<T>(work: () => Promise<T>, signal: AbortSignal, { wait, random } = PATIENCE): Promise<T> {
  let backOffMs = FIRST_WAIT_MS;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const { retryable, retryAfter } = asDragomanError(error).detail;
      const afterMs = retryAfter ? durationMs(retryAfter) : 0;
      if (!retryable || tries === MAX_TRIES || afterMs > LONGEST_WAIT_MS) throw error;
      await wait(Math.max(backOffMs * (1 + JITTER * (2 * random() - 1)), afterMs), signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw cause;
      });
      backOffMs *= GROWTH;
    }
  }
}
