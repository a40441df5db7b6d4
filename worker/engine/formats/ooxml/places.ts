import type { Range } from "../edits.ts";

/**
 * What Office files have as anchors. A leaf's `anchor` is a `LeafAnchor`, those of its spans and atoms are `InlineAnchor`s;
 * where these stand in the file is said once, in the leaf's places. All of it is plain data; ranges are UTF-16 units of a
 * part's text as it was decoded.
 */
export interface LeafAnchor {
  /** Where it was read, and its copies: other places that say the same, and get the same translation. */
  readonly places: readonly [Place, ...Place[]];
}

/** Of a span or an atom: its number in `RunsPlace.nodes`. */
export interface InlineAnchor {
  readonly n: number;
}

/** Of an atom that is part of a text, as an address is. */
export const IN_TEXT: InlineAnchor = { n: -1 };
/** Of what a reader sees there and the file has elsewhere: a heading's number. */
export const ELSEWHERE: InlineAnchor = { n: -2 };

export type Place = RunsPlace | ValuePlace;

/** An attribute's value, or the text of an element without others. */
export interface ValuePlace {
  readonly as: "attribute" | "text";
  /** Of the part it is in. */
  readonly part: string;
  /** Without quotes, or between the tags. */
  readonly range: Range;
  /** It holds no more UTF-16 units: a program calls a file damaged that has a longer one. */
  readonly most?: number;
}

/** Text that is a paragraph's runs. */
export interface RunsPlace {
  readonly as: "runs";
  readonly part: string;
  readonly dialect: Dialect;
  /** Of the elements that are written: "w:". */
  readonly prefix: string;
  /** From the first run with text to behind the last: what is before and behind stays. */
  readonly range: Range;
  /** The properties of the text that no span is around. */
  readonly base?: Range | undefined;
  readonly nodes: readonly NodePlace[];
  /** The letter that the text begins with stands in a paragraph of its own: a drop cap. */
  readonly cap?: RunsPlace;
  /** What no reader sees and stands amid the text (bookmarks, deletions): it stays about there. In order. */
  readonly points?: readonly Point[];
}

/** How runs are written: WordprocessingML's, DrawingML's, and those of SpreadsheetML's strings. */
export type Dialect = "word" | "drawing" | "sheet";

/** A part of the source as it stands there. */
export interface Kept {
  readonly range: Range;
  /** It was in a run with other things and needs one of its own, with these properties; null: with none. */
  readonly run?: Range | null;
}

export interface Point {
  readonly kept: readonly Kept[];
  /** How much of the paragraph's text is before it, 0 to 1. */
  readonly at: number;
}

export interface NodePlace {
  /** Of a span that is a run's properties and nothing else; null: none. */
  readonly run?: Range | null;
  /** Of a span that is an element around runs. */
  readonly open?: readonly Kept[];
  readonly close?: readonly Kept[];
  /** The properties of text in it that no other span is around. */
  readonly base?: Range | undefined;
  /** If the translator parts the span, only its first part is one: a content control, a field. */
  readonly once?: true;
  /** Of an atom. */
  readonly kept?: readonly Kept[];
  /** Of an atom that is a sign in the text: a line's end in a cell. */
  readonly sign?: string;
  /** What no reader sees and stands right before it, or behind it: it goes along. */
  readonly before?: readonly Kept[];
  readonly after?: readonly Kept[];
}
