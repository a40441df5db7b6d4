import type { Gutter, Strip } from "./gutters.ts";
import { isOcr, type Line } from "./token.ts";

/** So many strips at least stand above and below a place where columns end and others begin. */
const LEAST = 3;

/**
 * Where what stands above ends, though white space runs on between columns below it: at heads of several columns at one
 * height, or at a row of boxes. The index of the first strip below; undefined if there is no such place.
 */
export function stackedAt<T>(strips: readonly Strip<T>[], size: number): number | undefined {
  for (let index = 1; index < strips.length; index++) {
    const [above, below] = [strips[index - 1] as Strip<T>, strips[index] as Strip<T>];
    if (beginsBoxes(strips, index) || (index >= LEAST && index + LEAST <= strips.length && beginsColumns(above, below, size))) return index;
  }
  return undefined;
}

function beginsColumns<T>(above: Strip<T>, below: Strip<T>, size: number): boolean {
  const { row } = below;
  if (!row || row.lines.length < 2 || below.taken.length !== row.lines.length) return false;
  if (below.y - above.y < size * 2.2 || (above.island && above.island.box.y1 > row.base - size)) return false;
  return row.lines.every((line) => isHead(line, size));
}

/** Boxes side by side that begin at one height, under others that all end above it. */
function beginsBoxes<T>(strips: readonly Strip<T>[], index: number): boolean {
  const top = strips[index]?.island?.box.y0;
  if (top === undefined) return false;
  let beside = 0;
  for (const { island, row } of strips.slice(index)) {
    if ((island?.box.y0 ?? row?.base ?? 0) < top - 3) return false;
    if (island && Math.abs(island.box.y0 - top) <= 3) beside++;
  }
  const above = strips.slice(0, index).flatMap(({ island }) => (island ? [island.box] : []));
  const last = strips[index - 1];
  return beside > 1 && above.length > 1 && above.every(({ y1 }) => y1 <= top) && (last?.row?.base ?? 0) <= top;
}

/** Larger than the text, or bold. */
export function isHead(line: Line, size: number): boolean {
  return line.size > size * (isOcr(line) ? 1.25 : 1.1) || line.tokens.every(({ word }) => word.style.bold === true);
}

/** Whether something at its left and something at its right stand beside each other: else one is read after the other anyhow. */
export function isBeside<T>({ x0, x1, from, to }: Gutter, strips: readonly Strip<T>[]): boolean {
  const [left, right] = [extent(strips, from, to, (at) => at.x1 <= x0 + 0.01), extent(strips, from, to, (at) => at.x0 >= x1 - 0.01)];
  return left[0] <= right[1] && right[0] <= left[1];
}

function extent<T>(
  strips: readonly Strip<T>[],
  from: number,
  to: number,
  test: (taken: { readonly x0: number; readonly x1: number }) => boolean,
): readonly [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = from; index <= to; index++) {
    if (!strips[index]?.taken.some(test)) continue;
    first = Math.min(first, index);
    last = index;
  }
  return [first, last];
}
