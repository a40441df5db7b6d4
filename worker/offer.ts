import { setTimeout as sleep } from "node:timers/promises";
import { asDragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { type Pair, samePairs } from "./pairs.ts";

const PAIRS_EVERY_MS = 30_000;

export interface OfferParts {
  /** What can be translated now. */
  readonly pairs: () => Promise<readonly Pair[]>;
  readonly log: Logger;
  /** How often it is looked at again, in milliseconds. */
  readonly everyMs?: number | undefined;
}

/** What a worker can translate, as it was seen last. */
export class Offer {
  readonly #parts: OfferParts;
  #pairs: readonly Pair[] = [];

  constructor(parts: OfferParts) {
    this.#parts = parts;
  }

  get pairs(): readonly Pair[] {
    return this.#pairs;
  }

  /** Throws what looking at the pairs does. */
  async look(): Promise<void> {
    this.#pairs = await this.#parts.pairs();
  }

  /** Looks again until `signal` aborts, and tells of each change: what is installed or broken meanwhile is offered or withdrawn. */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { pairs, log, everyMs = PAIRS_EVERY_MS } = this.#parts;
    if (this.#pairs.length === 0) log.warn("no language pair is installed: no work is taken");
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      const found = await pairs().catch((error: unknown) => {
        log.warn({ err: asDragomanError(error).cause ?? error }, "the language pairs could not be looked at");
        return this.#pairs;
      });
      if (signal.aborted || samePairs(found, this.#pairs)) continue;
      log.info({ pairs: found.length, before: this.#pairs.length }, "the language pairs changed");
      this.#pairs = found;
      onChange();
    }
  }
}
