import type { Tagged } from "../document/segment.ts";

/** ISO 639-1 codes. */
export interface LanguagePair {
  readonly source: string;
  readonly target: string;
}

/** What a translator made of one text, or why it could not. */
export type Translation =
  | {
      readonly kind: "translated";
      readonly target: Tagged /** Words that it did not know, as they stand in the source. */;
      readonly unknown: readonly string[];
    }
  | { readonly kind: "failed"; readonly why: string };

/** Translates texts with their tags. In an engine's process it asks the supervisor, which holds keys, limits and programs. */
export interface Translator extends AsyncDisposable {
  /** What it serves now. */
  pairs(): Promise<readonly LanguagePair[]>;
  /** What it takes as one text. Rule-based engines take sentences, neural ones whole paragraphs. */
  unitOf(pair: LanguagePair): Promise<"sentence" | "paragraph">;
  /**
   * One answer for each of `batch`, in its order. Throws EngineError: TRANSLATOR_UNAVAILABLE, UNSUPPORTED_LANGUAGE_PAIR;
   * `signal`'s reason.
   */
  translate(batch: readonly Tagged[], pair: LanguagePair, signal: AbortSignal): Promise<readonly Translation[]>;
}
