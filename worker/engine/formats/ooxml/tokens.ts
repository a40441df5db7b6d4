import type { Atom, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { Kept } from "./places.ts";

/** What a paragraph is made of, in order, once a dialect has told what is what. Openings and closings nest. */
export type Token = TextToken | AtomToken | PointToken | OpenToken | CloseToken;

interface TokenFacts {
  readonly kept: readonly Kept[];
  /** Of the whole run, or of the element itself. */
  readonly whole: Range;
}

export interface TextToken extends TokenFacts {
  readonly kind: "text";
  readonly text: string;
  readonly run: RunProperties;
}

export interface AtomToken extends TokenFacts {
  readonly kind: "atom";
  readonly as: Atom["as"];
  readonly text: string;
  /** See `NodePlace.sign`. */
  readonly sign?: string;
}

/** What no reader sees. */
export interface PointToken extends TokenFacts {
  readonly kind: "point";
}

export interface OpenToken extends TokenFacts {
  readonly kind: "open";
  readonly link?: string | undefined;
  readonly once?: true;
}

export interface CloseToken extends TokenFacts {
  readonly kind: "close";
}

/** How a run looks. */
export interface RunProperties {
  /** Runs of the same are one. */
  readonly key: string;
  /** Of its properties' element in the source; undefined if it has none. */
  readonly range: Range | undefined;
  readonly style: TextStyle;
  /** It shows even where there are no letters: underlined, struck, shaded. */
  readonly showsSpaces: boolean;
}
