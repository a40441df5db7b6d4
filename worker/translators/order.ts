/** One word or phrase, and how it is translated. */
export interface Term {
  readonly source: string;
  /** Empty: it stays as it is. */
  readonly target: string;
  readonly caseSensitive: boolean;
  /** Other forms of the same word (plurals, endings) are not meant. */
  readonly exact: boolean;
}

export type Formality = "default" | "more" | "less" | "prefer more" | "prefer less";

/** How one document is to be translated, as its job says. */
export interface TranslationOrder {
  readonly tenantId: string;
  readonly jobId: string;
  /** As the client named the document. */
  readonly fileName: string;
  /** The language that it is to be in, as BCP 47 has it. */
  readonly target: string;
  /** Names of translation engines: the first is asked, and then the next one for what it could not. Empty for the deployment's own. */
  readonly engines: readonly string[];
  readonly formality: Formality;
  /** Empty where nothing was said; likewise the next three. */
  readonly tone: string;
  readonly domain: string;
  readonly context: string;
  readonly instructions: string;
  /** Stored ones, `id@version`; the first one's terms go before the next one's. */
  readonly glossaries: readonly string[];
  /** Of the job alone; they go before those of glossaries. */
  readonly terms: readonly Term[];
  readonly doNotTranslate: readonly string[];
  readonly memory: "update" | "read" | "none";
  /** What engines may bill at most; undefined for no limit of the job's own. */
  readonly maxCharacters?: number;
  /** The tenant has a budget. */
  readonly isBudgeted?: boolean;
  /** Nothing is translated, and only counted what would be. */
  readonly isDryRun: boolean;
}
