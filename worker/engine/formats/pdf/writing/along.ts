import type { Box, QuarterTurn } from "../../../document/geometry.ts";
import { type Matrix, mapped } from "../../../document/matrix.ts";
import type { TracedGlyph } from "../marks.ts";

/** What a usual face rises above and falls below its baseline, in sizes. */
const RISE = 0.75;
const FALL = -0.22;

/** A place by its distances along the way that lines run, and across it, downwards as their letters see it. */
export interface Placed {
  readonly along: number;
  readonly across: number;
}

const ALONG: Readonly<Record<QuarterTurn, readonly [x: number, y: number]>> = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] };

export function placed(turn: QuarterTurn, x: number, y: number): Placed {
  const [cos, sin] = ALONG[turn];
  return { along: x * cos + y * sin, across: y * cos - x * sin };
}

export function unplaced(turn: QuarterTurn, { along, across }: Placed): { readonly x: number; readonly y: number } {
  const [cos, sin] = ALONG[turn];
  return { x: along * cos - across * sin, y: along * sin + across * cos };
}

/** Where a line of `turn` stands across the way it runs: a frame says its y, or the x of lines that run up or down. */
export function acrossOf(turn: QuarterTurn, baseline: number): number {
  return turn === 90 || turn === 180 ? -baseline : baseline;
}

/** About what a glyph's ink takes up on the page. */
export function boxOf({ matrix, advance }: { readonly matrix: Matrix; readonly advance: number }): Box {
  return mapped(matrix, 0, FALL, advance, RISE);
}

/** In points. */
export function sizeOf({ matrix: [, , c, d] }: TracedGlyph): number {
  return Math.hypot(c, d);
}
