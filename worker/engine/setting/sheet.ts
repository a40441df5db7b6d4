import type { Box, QuarterTurn } from "../document/geometry.ts";
import type { Atom, Frame, Inline, TextStyle } from "../document/model.ts";

/** Text to be set where its source stood. */
export interface Passage {
  /** Its block's. */
  readonly id: string;
  readonly content: readonly Inline[];
  /** As most of its source looks; spans differ from it. */
  readonly look: TextStyle;
  /** Where its source stood, in reading order, on this page or later ones, each with its lines. */
  readonly frames: readonly [Frame, ...Frame[]];
}

/** A page, and what is to be set on it. All figures in points of the page as it is looked at. */
export interface Sheet {
  /** From 1. */
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly passages: readonly Passage[];
  /** What text must keep clear of: pictures, rules, text that stays as it is. */
  readonly obstacles: readonly Box[];
  /** Framed or filled boxes and cells: text that stood in one stays in it. */
  readonly containers: readonly Box[];
  /** BCP 47, of the text to set and of what stood there. */
  readonly language: string;
  readonly sourceLanguage: string;
}

/** An atom that keeps its own glyphs, as formulas and code do, at the size of its source: it is set as one letter. */
export interface Chip {
  readonly width: number;
  readonly ascent: number;
  readonly descent: number;
}

/** Undefined for atoms that are set as text. */
export type ChipOf = (atom: Atom) => Chip | undefined;

export interface SetPassage {
  readonly id: string;
  readonly lines: readonly SetLine[];
  /** Its size over its source's, at most 1. */
  readonly scale: number;
  /** It did not fit even at the smallest size that is allowed. */
  readonly overflow: boolean;
  /** Signs that no font has, each once. */
  readonly missing: readonly string[];
}

export interface SetLine {
  readonly page: number;
  /** The turn of its letters against the page's. */
  readonly turn: QuarterTurn;
  /** From the highest letter's top to the lowest one's bottom. */
  readonly box: Box;
  /** In the order that they stand in along the line. */
  readonly pieces: readonly (GlyphRun | PlacedChip)[];
}

/** Letters of one face in one line. */
export interface GlyphRun {
  readonly kind: "glyphs";
  /** Where its first glyph's origin is on the page. */
  readonly x: number;
  readonly y: number;
  /** Of all of it along the line. */
  readonly width: number;
  readonly face: Face;
  /** In points. */
  readonly size: number;
  /** Of its widths: 0.92 is narrowed. */
  readonly stretch: number;
  /** "#rrggbb". */
  readonly color: string;
  /** In the order that they are drawn in, left to right. */
  readonly glyphs: readonly ShapedGlyph[];
  readonly underline: boolean;
  readonly strike: boolean;
  /** As the source has it. */
  readonly link?: string;
}

export interface PlacedChip {
  readonly kind: "chip";
  /** Where the left end of its baseline is on the page. */
  readonly x: number;
  readonly y: number;
  /** Against its own size. */
  readonly scale: number;
  readonly atom: Atom;
}

/** A glyph as HarfBuzz places it; all figures in ems. */
export interface ShapedGlyph {
  readonly id: number;
  readonly advance: number;
  readonly dx: number;
  readonly dy: number;
  /** The text that it stands for; of several glyphs for one text the first has it, and the others none. */
  readonly text: string;
}

/** One file of a font: what shapes text and is embedded. */
export interface Face {
  /** For the PDF, without spaces: "Tinos-Bold". */
  readonly name: string;
  /** Of the whole file: it is subset when it is embedded. */
  readonly data: Uint8Array;
}
