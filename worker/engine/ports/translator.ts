import type { Origin, Tagged, TermUse } from "../document/segment.ts";

export type { Origin, TermUse };

/** BCP 47 codes: ISO 639-1, with a region or script where an engine tells them apart ("pt-BR", "zh-Hant"). */
export interface LanguagePair {
  readonly source: string;
  readonly target: string;
}

/** What a translator made of one text, or why it could not. */
export type Translation =
  | {
      readonly kind: "translated";
      readonly target: Tagged;
      /** Words that it did not know, as they stand in the source. */
      readonly unknown: readonly string[];
      readonly by?: Origin;
      readonly terms?: TermUse;
      /** How near, 0 to 1, another text of the memory is that was translated before, where none is the same. */
      readonly similarity?: number;
    }
  | { readonly kind: "failed"; readonly why: string; readonly by?: Origin };

/** What the checks make of a translation: right as far as they can tell, kept but shown as doubted, or not to be used. */
export type Verdict = "ok" | "doubt" | "failed";

/** What became of one text of a question. */
export interface Settled {
  readonly unit: Tagged;
  readonly pair: LanguagePair;
  readonly verdict: Verdict;
}

/**
 * Translates the texts of one document with their tags. In an engine's process it asks the supervisor, which holds keys, limits,
 * terms, memory and programs.
 */
export interface Translator extends AsyncDisposable {
  /** What it serves now. */
  pairs(): Promise<readonly LanguagePair[]>;
  /** What it takes as one text. Rule-based engines take sentences, neural ones whole paragraphs. */
  unitOf(pair: LanguagePair): Promise<"sentence" | "paragraph">;
  /**
   * One answer for each of `batch`, in its order; of engines that are not among `refused`, whose answers to the same texts were
   * not good enough. Throws EngineError: TRANSLATOR_UNAVAILABLE, UNSUPPORTED_LANGUAGE_PAIR, BUDGET_EXCEEDED; `signal`'s reason.
   */
  translate(
    batch: readonly Tagged[],
    pair: LanguagePair,
    signal: AbortSignal,
    refused?: readonly string[],
  ): Promise<readonly Translation[]>;
  /** What `translate` would do, without any engine: what the memory has, and else the texts as they are. Throws BUDGET_EXCEEDED. */
  estimate?(batch: readonly Tagged[], pair: LanguagePair, signal: AbortSignal): Promise<readonly Translation[]>;
  /** Hears what became of what it translated: only what is right is remembered for other documents. */
  settle?(settled: readonly Settled[]): void;
}
