import type { Box } from "../../document/geometry.ts";
import type { Matrix } from "../../document/matrix.ts";
import type { Area } from "../../layout/content.ts";
import type { FontLook } from "./fonts.ts";

export type Hiding = "not drawn" | "below a picture" | "painted over";

/** A glyph where it stands, in points of the page as it is looked at. */
export interface Glyph {
  /** One letter, or those of a ligature; " " for a blank. */
  readonly text: string;
  /** Where it stands on its baseline. */
  readonly x: number;
  readonly y: number;
  /** Which way the letters run: clockwise, in radians. */
  readonly angle: number;
  /** Along its baseline. */
  readonly width: number;
  /** What the file sets between this letter and the next. */
  readonly spacing: number;
  readonly size: number;
  readonly look: FontLook;
  /** "#rrggbb"; undefined for a pattern. */
  readonly color: string | undefined;
  /** When it was painted. */
  readonly order: number;
  /** Where the file shows it; undefined for an annotation's. */
  readonly shown: Shown | undefined;
  /** The annotation that it belongs to. */
  readonly annotation: string | undefined;
  /** Of a font without a word on Unicode: its text is its number. */
  readonly numbered: boolean;
  readonly box: Box;
  /** Why it is not seen, if it is not. */
  hidden: Hiding | undefined;
  /** It is of what someone filled into a form. */
  field?: true;
  /** The object of the text annotation that it belongs to, by its number. */
  freeText?: number;
  /** Others that stand for the same letter: its accent, or itself painted again to look bold. */
  also?: Shown[];
}

/** A glyph of a page's content, by its text operator and its place within that. */
export interface Shown {
  /** Of all operators of the page and its forms that show text, in the order that they are run: from 0. */
  readonly operator: number;
  /** Of the glyphs of that operator: from 0. */
  readonly index: number;
}

/** A glyph of a page's content, whether anyone can see it or not, as who edits the content needs it. */
export interface TracedGlyph extends Shown {
  /** Of the glyph in its font. */
  readonly code: number | undefined;
  /** What moves as far in its place as a number of TJ: thousandths of the font's size, with what is set between letters. */
  readonly move: number;
  /** From its own space, in which the font's size is 1, to points of the page as it is looked at. */
  readonly matrix: Matrix;
  /** In its own space. */
  readonly advance: number;
  readonly text: string;
  readonly composite: boolean;
  /** The text rendering mode (ISO 32000-2, table 104). */
  readonly mode: number;
  readonly color: string | undefined;
}

/** What is painted over what was there. */
export interface Paint {
  readonly box: Box;
  readonly order: number;
  /** Nothing below it is seen. */
  readonly opaque: boolean;
  readonly kind: "fill" | "image";
  readonly color: string | undefined;
}

export interface Image {
  readonly box: Box;
  /** Of the picture itself. */
  readonly pixels: { readonly width: number; readonly height: number };
  readonly order: number;
  /** Neither turned nor mirrored, nor is any of it cut off. */
  readonly plain: boolean;
}

/** A shape no larger than the mark of a list's item: many programs draw those. */
export interface Dot {
  readonly box: Box;
  readonly shape: "disc" | "circle" | "square";
}

/** What a page's operators put on it, in their order. */
export interface Marks {
  readonly glyphs: Glyph[];
  readonly paints: Paint[];
  readonly images: Image[];
  readonly rules: Box[];
  readonly areas: Area[];
  readonly dots: Dot[];
  /** Painted paths that are neither rules nor rectangles: drawings, and letters turned into outlines. */
  drawings: number;
  /** How many operators show text, annotations' apart. */
  texts: number;
  /** How many paths are painted, or end unpainted. */
  paths: number;
}

export function noMarks(): Marks {
  return { glyphs: [], paints: [], images: [], rules: [], areas: [], dots: [], drawings: 0, texts: 0, paths: 0 };
}
