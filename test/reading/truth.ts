import type { ErrorCode } from "../../platform/errors.ts";
import type { HeadingLevel, Layer } from "../../worker/engine/document/model.ts";
import type { RemarkCode } from "../../worker/engine/document/remarks.ts";

/**
 * What a careful reader would say stands in a document: its units in reading order.
 * `lines` are words of which it is open whether they are paragraphs of their own.
 * In a text, `{^1}` is the mark of a note and what is drawn as a ligature is given in letters.
 */
export type Unit = { readonly layer?: Layer } & (
  | { readonly kind: "heading"; readonly text: string; readonly level?: HeadingLevel }
  | { readonly kind: "paragraph" | "caption" | "code" | "lines"; readonly text: string }
  /** `anyDepth`: how its items nest is open. */
  | { readonly kind: "list"; readonly items: readonly Item[]; readonly anyDepth?: boolean }
  | { readonly kind: "table"; readonly rows: readonly (readonly TrueCell[])[] }
);

/** What is measured of a reading besides its words. */
export const STRUCTURES = ["headings", "paragraphs", "lists", "tables", "apart", "notes", "links"] as const;
export type Structure = (typeof STRUCTURES)[number];

export interface Item {
  /** As it stands there: "7.", "a)", "•". */
  readonly mark: string;
  readonly text: string;
  readonly items?: readonly Item[];
}

/** A cell that covers one column and row is its text. */
export type TrueCell = string | { readonly text: string; readonly columns?: number; readonly rows?: number };

export interface Truth {
  readonly units: readonly Unit[];
  /** Words that nobody sees and that must not be in the result. */
  readonly absent?: readonly string[];
  /** Codes of which the result has at least one remark each. */
  readonly remarks?: readonly RemarkCode[];
  /** Text and target of what leads somewhere. */
  readonly links?: readonly { readonly text: string; readonly to: string }[];
  /** What can be read in more than one right way, and is not judged: a form is lines or a table. */
  readonly open?: readonly Structure[];
  /** The document is not read; the error has one of these codes. */
  readonly refused?: readonly ErrorCode[];
}

/** How a document's words are come by: the bars are others where OCR reads. */
export type Family = "text pdf" | "scan" | "mixed" | "text" | "markdown";

export interface Sample {
  readonly id: string;
  /** What is hard about it; the table of `npm run reading` has a row for each. */
  readonly kind: string;
  readonly family: Family;
  /** With its extension. */
  readonly fileName: string;
  /** ISO 639-1 of its text. */
  readonly language: string;
  /** One of those that the tests read; all others only `npm run reading`. */
  readonly quick: boolean;
  make(): Promise<{ readonly bytes: Uint8Array; readonly truth: Truth }>;
}
