import type { Range } from "../edits.ts";

/** How the words of a leaf stand in the source, which decides how others are written there. */
export type Setting =
  /** In a paragraph; `list`: at the beginning of an item. */
  | "text"
  | "heading"
  | "cell"
  /** Between the tags of an HTML block. */
  | "html"
  /** Between the brackets of an image. */
  | "alt"
  /** Of a link, between its quotes. */
  | "title"
  /** An attribute's value, between its quotes. */
  | "attribute"
  /** A value of the front matter, its quotes with it. */
  | "yaml"
  | "toml";

export interface LeafAnchor {
  readonly setting: Setting;
  /** Of its words, marks with them. */
  readonly range: Range;
}

export interface SpanAnchor {
  /** Spans of the same are written and read alike. */
  readonly as: "emphasis" | "strong" | "delete" | "link" | "image" | "html";
  readonly open: Range;
  readonly close: Range;
  /** Of a link whose text is its own reference: once the text is another, the reference must be said. */
  readonly label?: Range;
}

export interface AtomAnchor {
  /** Empty for what stands elsewhere in the source, as a footnote's own mark does. */
  readonly range: Range;
  /** An address that leads somewhere without a text of its own: the same letters may stand for text elsewhere. */
  readonly linked?: true;
}
