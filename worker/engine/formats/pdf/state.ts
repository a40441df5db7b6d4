import type { Box } from "../../document/geometry.ts";
import { IDENTITY, type Matrix } from "../../document/matrix.ts";
import { type FontLook, lookOf, type PdfFont } from "./fonts.ts";
import type { Glyph } from "./marks.ts";

/** Of a PDF's graphics state what reading needs (ISO 32000-2, 8.4 and 9.3). Replaced, never changed in place, where a save may hold it. */
export interface GraphicsState {
  /** To points of the page as it is looked at. */
  matrix: Matrix;
  /** The box around what may be painted on. */
  clip: Box;
  fill: string | undefined;
  stroke: string | undefined;
  fillAlpha: number;
  strokeAlpha: number;
  blended: boolean;
  masked: boolean;
  /** The next picture may have holes. */
  cutOut: boolean;
  lineWidth: number;
  font: PdfFont | undefined;
  look: FontLook;
  fontSize: number;
  charSpacing: number;
  wordSpacing: number;
  /** 1 for 100 %. */
  widthScale: number;
  leading: number;
  rise: number;
  mode: number;
  /** Glyphs that are nothing but a stencil for what is painted next. */
  stencil: Stencil | undefined;
}

/** The last glyph of a stencil, and those before it. */
export interface Stencil {
  readonly glyph: Glyph;
  readonly before: Stencil | undefined;
}

export function initialState(matrix: Matrix, clip: Box): GraphicsState {
  return {
    matrix,
    clip,
    fill: "#000000",
    stroke: "#000000",
    fillAlpha: 1,
    strokeAlpha: 1,
    blended: false,
    masked: false,
    cutOut: false,
    lineWidth: 1,
    font: undefined,
    look: lookOf(undefined),
    fontSize: 0,
    charSpacing: 0,
    wordSpacing: 0,
    widthScale: 1,
    leading: 0,
    rise: 0,
    mode: 0,
    stencil: undefined,
  };
}

/** Where the next glyph of a text object goes. */
export class TextCursor {
  #line: Matrix = IDENTITY;
  #x = 0;
  #y = 0;
  #lineX = 0;
  #lineY = 0;

  begin(matrix: Matrix = IDENTITY): void {
    this.#line = matrix;
    this.#x = this.#y = this.#lineX = this.#lineY = 0;
  }

  /** To the start of another line. */
  move(x: number, y: number): void {
    this.#x = this.#lineX += x;
    this.#y = this.#lineY += y;
  }

  advance(x: number, y: number): void {
    this.#x += x;
    this.#y += y;
  }

  get matrix(): Matrix {
    return this.#line;
  }

  get x(): number {
    return this.#x;
  }

  get y(): number {
    return this.#y;
  }
}
