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

/** A sentence, or a paragraph where the translator takes whole ones, and what became of it. */
export interface Segment {
  /** Unique in the document: its block's, and a number: "p3b7s2". */
  readonly id: string;
  readonly source: Tagged;
  /** Absent if it was not translated: then the source stands in the result. */
  readonly target?: Tagged;
  /** `kept` by rule (numbers, addresses, text in the target language); `failed` if the translator could not, or is doubted. */
  readonly outcome: "translated" | "kept" | "failed";
  /** Why it was kept or failed. */
  readonly why?: string;
  /** Words that the translator did not know. */
  readonly unknown?: readonly string[];
}
