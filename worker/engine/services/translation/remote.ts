import type { ErrorCode } from "../../../../platform/errors.ts";
import type { Tagged } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Settled, Translation, Translator } from "../../ports/translator.ts";

/** A pair, and what its translator takes as one text. */
export interface ServedPair extends LanguagePair {
  readonly unit: "sentence" | "paragraph";
}

/** What an engine asks its supervisor, which holds keys, limits and programs. */
export interface Asked {
  readonly kind: "translate";
  /** Of this question. */
  readonly id: number;
  readonly pair: LanguagePair;
  readonly batch: readonly Tagged[];
  /** Engines that are not to be asked. */
  readonly refused?: readonly string[];
  /** Nothing is translated: what would it take? */
  readonly isEstimate?: boolean;
}

/** What an engine tells its supervisor of the answers it got; that answers nothing. */
export interface Told {
  readonly kind: "settle";
  readonly settled: readonly Settled[];
}

export type Reply =
  | { readonly kind: "translated"; readonly id: number; readonly translations: readonly Translation[] }
  | { readonly kind: "untranslated"; readonly id: number; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly resolve: (translations: readonly Translation[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The translators beside the worker, as they are seen from an engine's process. */
export class RemoteTranslator implements Translator {
  readonly #served: readonly ServedPair[];
  readonly #ask: (asked: Asked | Told) => void;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(served: readonly ServedPair[], ask: (asked: Asked | Told) => void) {
    this.#served = served;
    this.#ask = ask;
  }

  async pairs(): Promise<readonly LanguagePair[]> {
    return this.#served.map(({ source, target }) => ({ source, target }));
  }

  async unitOf(pair: LanguagePair): Promise<"sentence" | "paragraph"> {
    return this.#served.find(({ source, target }) => source === pair.source && target === pair.target)?.unit ?? "sentence";
  }

  translate(
    batch: readonly Tagged[],
    pair: LanguagePair,
    signal: AbortSignal,
    refused?: readonly string[],
  ): Promise<readonly Translation[]> {
    return this.#answer({ pair, batch, ...(refused && { refused }) }, signal);
  }

  estimate(batch: readonly Tagged[], pair: LanguagePair, signal: AbortSignal): Promise<readonly Translation[]> {
    return this.#answer({ pair, batch, isEstimate: true }, signal);
  }

  async #answer(question: Omit<Asked, "kind" | "id">, signal: AbortSignal): Promise<readonly Translation[]> {
    signal.throwIfAborted();
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Translation[]>();
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.set(id, { resolve, reject });
    this.#ask({ kind: "translate", id, ...question });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#waiting.delete(id);
    }
  }

  settle(settled: readonly Settled[]): void {
    this.#ask({ kind: "settle", settled });
  }

  receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (reply.kind === "translated") waiting?.resolve(reply.translations);
    else waiting?.reject(new EngineError(reply.code, reply.message));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
