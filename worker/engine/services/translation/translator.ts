export interface LanguagePair {
  /** ISO 639-1. */
  readonly source: string;
  readonly target: string;
}

export interface Translation {
  readonly text: string;
  /** Words of the source that the translator did not know; they stand in `text` as they are. */
  readonly unknown: readonly string[];
}

/** Translates one segment at a time. */
export interface Translator extends AsyncDisposable {
  pairs(): Promise<readonly LanguagePair[]>;
  /** Throws EngineError: UNSUPPORTED_LANGUAGE_PAIR, TRANSLATOR_UNAVAILABLE. */
  translate(segment: string, pair: LanguagePair, signal: AbortSignal): Promise<Translation>;
}
