import type { Tagged } from "../../document/segment.ts";
import type { LanguagePair, Settled, Translation, Translator } from "../../ports/translator.ts";
import { keyOf } from "./memory.ts";

/** Questions that are open at once; the supervisor takes a few more (sandbox/translating.ts), for it closes them a moment later. */
const AT_ONCE = 4;
/** Of texts, enough for all that is open at once: the supervisor keeps what it has not heard of for some hundreds (document_translator.ts). */
const MAX_BEGUN = 320;

/**
 * A translator that may be asked before the answers are wanted: one far away is waited for once, not once for each page. What
 * is done with the answers keeps its order.
 */
export class Ahead implements Translator {
  readonly #translator: Translator;
  readonly #signal: AbortSignal;
  /** Answers that are there, or on their way, by text and pair. */
  readonly #begun = new Map<string, Promise<Translation | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(translator: Translator, signal: AbortSignal) {
    this.#translator = translator;
    this.#signal = signal;
  }

  pairs(): Promise<readonly LanguagePair[]> {
    return this.#translator.pairs();
  }

  unitOf(pair: LanguagePair): Promise<"sentence" | "paragraph"> {
    return this.#translator.unitOf(pair);
  }

  /** Asks for those of `batch` that nobody asked for yet, unless enough is begun. Whoever wants them gets the answer, or what was thrown. */
  begin(batch: readonly Tagged[], pair: LanguagePair): void {
    if (this.#begun.size < MAX_BEGUN) this.#ask(batch, pair);
  }

  #ask(batch: readonly Tagged[], pair: LanguagePair): void {
    const fresh = batch.filter((unit) => !this.#begun.has(keyOf(unit, pair)));
    if (fresh.length === 0) return;
    const answers = this.#inTurn(() => this.#translator.translate(fresh, pair, this.#signal));
    for (const [index, unit] of fresh.entries()) {
      const answer = answers.then((all) => all[index]);
      // Nobody may come for it.
      answer.catch(() => undefined);
      this.#begun.set(keyOf(unit, pair), answer);
    }
  }

  async translate(
    batch: readonly Tagged[],
    pair: LanguagePair,
    signal: AbortSignal,
    refused?: readonly string[],
  ): Promise<readonly Translation[]> {
    if (refused) return this.#inTurn(() => this.#translator.translate(batch, pair, signal, refused));
    this.#ask(batch, pair);
    const answers = batch.map((unit) => this.#begun.get(keyOf(unit, pair)));
    try {
      const given = await Promise.all(answers);
      return given.map((answer) => answer ?? { kind: "failed", why: "the translator did not answer" });
    } finally {
      this.forget(batch, pair);
    }
  }

  /** Nobody wants them any more. */
  forget(batch: readonly Tagged[], pair: LanguagePair): void {
    for (const unit of batch) this.#begun.delete(keyOf(unit, pair));
  }

  settle(settled: readonly Settled[]): void {
    this.#translator.settle?.(settled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#translator[Symbol.asyncDispose]();
  }

  async #inTurn<T>(question: () => Promise<T>): Promise<T> {
    if (this.#open < AT_ONCE) this.#open += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await question();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#open -= 1;
    }
  }
}
