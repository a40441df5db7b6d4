import type { Range } from "../edits.ts";

/** How the words of a leaf stand in the source, which decides how others are written there. */
export interface LeafAnchor {
  /** `lines`: line ends are shown. `value`: of an attribute, between its quotes. `plain`: no tags can stand there. */
  readonly setting: "text" | "lines" | "value" | "plain";
  readonly range: Range;
  readonly quote?: '"' | "'" | "";
  /** Of a file with several pages, which. */
  readonly part?: string;
}

export interface SpanAnchor {
  readonly open: Range;
  /** Without one, the element is closed where the span ends. */
  readonly close?: Range;
  /** Its start tag stands before the leaf. */
  readonly before?: true;
  /** It goes on behind the leaf. */
  readonly after?: true;
}

export interface AtomAnchor {
  readonly range: Range;
}
