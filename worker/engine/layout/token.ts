import { around, type Box, type QuarterTurn } from "../document/geometry.ts";
import { medianBy } from "../document/median.ts";
import type { Frame } from "../document/model.ts";
import type { Word } from "./content.ts";

/** A word in the frame that its letters stand upright in. */
export interface Token {
  readonly word: Word;
  readonly box: Box;
  /** The y that its letters stand on. */
  readonly base: number;
  readonly size: number;
  readonly script?: "super" | "sub";
  /** It follows the token before it without a space. */
  readonly glued: boolean;
}

/** Tokens on one baseline, in the order that they are read. */
export interface Line {
  readonly tokens: readonly Token[];
  readonly x0: number;
  readonly x1: number;
  readonly base: number;
  readonly size: number;
}

/** What a usual face rises above and falls below its baseline, in sizes. Boxes of OCR are as high as the letters happen to be. */
const ASCENT = 0.75;
const DESCENT = 0.22;

export function topOf({ base, size }: { readonly base: number; readonly size: number }): number {
  return base - size * ASCENT;
}

export function bottomOf({ base, size }: { readonly base: number; readonly size: number }): number {
  return base + size * DESCENT;
}

export function lineOf(tokens: readonly Token[]): Line {
  let [x0, x1] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { box } of tokens) {
    x0 = Math.min(x0, box.x0);
    x1 = Math.max(x1, box.x1);
  }
  const plain = tokens.filter(({ script }) => !script);
  const told = plain.length > 0 ? plain : tokens;
  return { tokens, x0, x1, base: weightedMedian(told, ({ base }) => base), size: weightedMedian(told, ({ size }) => size) };
}

export function weightedMedian(tokens: readonly Token[], value: (token: Token) => number): number {
  return medianBy(tokens.map((token) => ({ value: value(token), weight: token.word.text.length })));
}

export function median(values: readonly number[]): number {
  return medianBy(values.map((value) => ({ value, weight: 1 })));
}

/** The text of a line as it stands there. */
export function textOf({ tokens }: Pick<Line, "tokens">): string {
  return tokens.map(({ word, glued }, index) => (index === 0 || glued ? word.text : ` ${word.text}`)).join("");
}

export function boxOf(tokens: readonly Token[]): Box {
  return around(tokens.map(({ box }) => box));
}

export function isOcr({ tokens }: Pick<Line, "tokens">): boolean {
  return tokens[0]?.word.ocr !== undefined;
}

/** Turns what stands on a page until its letters stand upright, and back. */
export interface Plane {
  readonly turn: QuarterTurn;
  readonly width: number;
  readonly height: number;
  box(box: Box): Box;
  token(word: Word): Token;
  /** Of lines. */
  frame(page: number, lines: readonly Line[]): Frame;
  /** Of a box without lines of its own. */
  place(page: number, box: Box): Frame;
}

/** `width` and `height` are the page's, in points; `turn` is that of the words. */
export function planeOf(turn: QuarterTurn, width: number, height: number): Plane {
  const upright = (x: number, y: number): [number, number] => {
    if (turn === 90) return [y, width - x];
    if (turn === 180) return [width - x, height - y];
    return turn === 270 ? [height - y, x] : [x, y];
  };
  const back = (x: number, y: number): [number, number] => {
    if (turn === 90) return [width - y, x];
    if (turn === 180) return [width - x, height - y];
    return turn === 270 ? [y, height - x] : [x, y];
  };
  const through = (map: typeof upright, { x0, y0, x1, y1 }: Box): Box => {
    const [ax, ay] = map(x0, y0);
    const [bx, by] = map(x1, y1);
    return { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx), y1: Math.max(ay, by) };
  };
  const sideways = turn === 90 || turn === 270;
  const baseOf = (base: number) => (turn === 90 ? width - base : turn === 180 ? height - base : base);
  return {
    turn,
    width: sideways ? height : width,
    height: sideways ? width : height,
    box: (box) => through(upright, box),
    token: (word) => ({
      word,
      box: through(upright, word.box),
      base: baseOf(word.baseline),
      size: Math.max(word.size, 0.1),
      glued: word.joined === true,
    }),
    place: (page, box) => ({ page, box: through(back, box), ...(turn === 0 ? {} : { turn }) }),
    frame(page, lines) {
      const placed = lines.map(({ tokens, base }) => ({ box: through(back, boxOf(tokens)), baseline: baseOf(base) }));
      const box = around(placed.map((line) => line.box));
      return turn === 0 ? { page, box, lines: placed } : { page, box, turn, lines: placed };
    },
  };
}
