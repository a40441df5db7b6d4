/** A mark in a text: where a span opens or closes, or an atom stands. What the span or atom is, the block's content says. */
export interface Tag {
  /** Of the span or atom within its block, from 1. An opening and its closing tag have the same. */
  readonly id: number;
  /** Before which UTF-16 unit of the text it stands; tags of one place are in order. */
  readonly at: number;
  readonly kind: "open" | "close" | "atom";
}

/** Text whose styles, links and atoms travel as numbered tags, as XLIFF has them. */
export interface Tagged {
  readonly text: string;
  readonly tags: readonly Tag[];
}

/** Who a translation is from. */
export interface Origin {
  /** The translation engine's name in this deployment, also of what the memory has of it; empty for a person, of whom the memory has it. */
  readonly engine: string;
  /** `context`: from the memory, where it stood between the same neighbours. */
  readonly from: "engine" | "memory" | "context";
}

/** Terms of a text that its translation is held to. */
export interface TermUse {
  readonly found: number;
  /** Those whose translation is missing, as they stand in the source. */
  readonly missed: readonly string[];
  /** What stands in both texts because it is not to be translated: it tells nothing of a translation. */
  readonly kept?: readonly string[];
}

/** A sentence, or a paragraph where the translator takes whole ones, and what became of it. */
export interface Segment {
  /** Unique in the document: its block's, and a number: "p3b7s2". */
  readonly id: string;
  readonly source: Tagged;
  /** Absent if it was not translated: then the source stands in the result. */
  readonly target?: Tagged;
  /** `kept` by rule (numbers, addresses, text in the target language); `failed` if no translator could, or none that is right. */
  readonly outcome: "translated" | "kept" | "failed";
  /** Why it was kept or failed. */
  readonly why?: string;
  /** Words that the translator did not know. */
  readonly unknown?: readonly string[];
  /** Of what was translated, where its translator says. */
  readonly by?: Origin;
  /** Why the translation is doubted, though it is used. */
  readonly doubts?: readonly string[];
  /** Of what was translated. */
  readonly terms?: TermUse;
  /** How near, 0 to 1, a text comes that was translated before, where the same one never was. */
  readonly similarity?: number;
}
