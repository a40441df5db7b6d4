/** A document to be sent. */
export interface Input {
  /** Tells it from all others, and says what is wrong with it. */
  readonly name: string;
  readonly fileName: string;
  /** ISO 639-1; empty to have it detected. */
  readonly from: string;
  readonly content: () => Promise<Uint8Array> | Uint8Array;
  /** How it may end: a final state that is a success, or an error's code. Not given: any that is typed. */
  readonly ends?: readonly string[];
  /** It takes long or much by its nature: left out of the short run, and may be stopped for that. */
  readonly heavy?: true;
}

/** A hand-made document, written as what is wrong with it, its name, how it may end and its content. */
export type HandMade = readonly [what: string, ends: string | readonly string[], content: Input["content"], heavy?: "heavy"];

export function toInputs(kind: string, fileName: string, documents: readonly HandMade[]): Input[] {
  return documents.map(([what, ends, content, heavy]) => ({
    name: `${kind}: ${what}`,
    fileName,
    from: "en",
    content,
    ends: typeof ends === "string" ? [ends] : ends,
    ...(heavy && { heavy: true }),
  }));
}
