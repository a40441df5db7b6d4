import type { Range } from "../edits.ts";

/** How a leaf's words stand in a part, which decides how others are written there. */
export type Setting =
  /** The content of a paragraph or heading, or most of it. */
  | "inline"
  /** All of an element that holds nothing but text: a title, a description. */
  | "text"
  /** A value, between its quotes. */
  | "attribute"
  /** The same, of a sheet's name, which formulas know. */
  | "sheet";

export interface LeafAnchor {
  /** Its name in the package; empty for a file of one part. */
  readonly part: string;
  readonly setting: Setting;
  readonly range: Range;
  /** Of the names of text in the part, colon with it. */
  readonly prefix?: string;
  /** White space is dropped where it begins. */
  readonly atStart?: true;
  /** What stands around all that is in no span of another look. */
  readonly base?: SpanAnchor;
  /** The name of a sheet, as it was. */
  readonly was?: string;
  /** An attribute that says the same, and would be read instead. */
  readonly drop?: Range;
}

export interface SpanAnchor {
  readonly open: Range;
  readonly close: Range;
  /** Both are elements of their own, each of which the document has once, however many pieces the span comes in. */
  readonly marks?: true;
  /** It does not stand within its leaf's base. */
  readonly bare?: true;
}

export interface AtomAnchor {
  /** In the part; none if the atom is text that is kept. Empty for what stands elsewhere. */
  readonly range?: Range;
}
