import type { Gutter, Strip } from "./gutters.ts";
import { type Line, median, textOf } from "./token.ts";

/** Strips of a region, both ends with them. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** So many lines alone at an end of a table are the text above or below it. */
const TEXT_BESIDE = 3;
/** Rows further apart than this, by what is usual in the table, are not of one. */
const APART = 1.7;
/** Strips nearer than this, in sizes, are of one row: a cell of several lines stands beside one of a line less. */
export const WITHIN_ROW = 0.9;

/** Without strips at its ends that go over a gutter of the table, or stand alone and apart. */
export function tableBand<T>(strips: readonly Strip<T>[], { from, to }: Band, between: readonly Gutter[]): Band {
  const step = (index: number) => stepBefore(strips, index);
  const usual = usualStep(strips, { from, to });
  const isOutside = (index: number, distance: number) => {
    const lines = strips[index]?.row?.lines ?? [];
    return goesOver(lines, between) || (lines.length === 1 && distance > usual * APART);
  };
  let [first, last] = [from, to];
  while (first < last && isOutside(first, step(first + 1))) first++;
  while (last > first && isOutside(last, step(last))) last--;
  const isLone = (index: number) => strips[index]?.row?.lines.every(({ x1 }) => between.every(({ x0 }) => x1 <= x0 + 0.01)) ?? false;
  let begin = first;
  while (begin < last && isLone(begin)) begin++;
  let end = last;
  while (end > begin && isLone(end)) end--;
  return { from: begin - first >= TEXT_BESIDE ? begin : first, to: last - end >= TEXT_BESIDE ? end : last };
}

/** With strips beyond its ends whose lines fit into the table's columns: heads are often wider than the figures under them. */
export function widened<T>(strips: readonly Strip<T>[], { from, to }: Band, between: readonly Gutter[], size: number): Band {
  const reach = Math.max(usualStep(strips, { from, to }) * APART, size * 2);
  const fits = (index: number) => {
    const { row, taken = [] } = strips[index] ?? {};
    return row !== undefined && taken.length === row.lines.length && !goesOver(row.lines, between);
  };
  const isRow = (index: number) => fits(index) && (strips[index]?.row?.lines.length ?? 0) > 1;
  let [first, last] = [from, to];
  for (;;) {
    if (stepBefore(strips, first) <= reach && isRow(first - 1)) first--;
    // A word alone, the second line of a head.
    else if (stepBefore(strips, first) <= reach && fits(first - 1) && stepBefore(strips, first - 1) < size * 1.5 && isRow(first - 2))
      first -= 2;
    else break;
  }
  while (stepBefore(strips, last + 1) <= reach && isRow(last + 1)) last++;
  return { from: first, to: last };
}

function goesOver(lines: readonly Line[], between: readonly Gutter[]): boolean {
  return lines.some((line) => between.some(({ x0, x1 }) => line.x0 < x0 && line.x1 > x1));
}

function stepBefore<T>(strips: readonly Strip<T>[], index: number): number {
  return (strips[index]?.y ?? Number.POSITIVE_INFINITY) - (strips[index - 1]?.y ?? Number.NEGATIVE_INFINITY);
}

function usualStep<T>(strips: readonly Strip<T>[], { from, to }: Band): number {
  const steps = strips.slice(from + 1, to + 1).map((_, index) => stepBefore(strips, from + 1 + index));
  // Cells in the middle of their rows' heights stand at half steps.
  return Math.max(median(steps), (strips[from]?.row?.size ?? 0) * 1.1);
}

/** The gutter between two tables side by side, each with columns of its own: their heads repeat, or their rows do not stand at the same heights. */
export function betweenTables<T>(strips: readonly Strip<T>[], found: readonly Gutter[]): Gutter | undefined {
  if (found.length < 3) return undefined;
  return found.find((gutter) => {
    const beside = found.filter(({ from, to }) => Math.min(to, gutter.to) - Math.max(from, gutter.from) >= (gutter.to - gutter.from) * 0.6);
    if (!beside.some(({ x1 }) => x1 < gutter.x0) || !beside.some(({ x0 }) => x0 > gutter.x1)) return false;
    const rows = strips.slice(gutter.from, gutter.to + 1).flatMap(({ row }) => (row ? [sidesOf(row.lines, gutter)] : []));
    const both = rows.filter(([left, right]) => left.length > 0 && right.length > 0);
    const lesser = Math.min(rows.filter(([left]) => left.length > 0).length, rows.filter(([, right]) => right.length > 0).length);
    if (lesser < 3) return false;
    return isOfNames(rows) && (both.length < lesser * 0.4 || both.some(([left, right]) => left.length > 1 && isSameText(left, right)));
  });
}

/** Most lines of running text begin in small letters; OCR sets those of columns beside each other at heights of their own. */
function isOfNames(rows: readonly (readonly [readonly Line[], readonly Line[]])[]): boolean {
  const lines = rows.flat(2);
  return lines.filter((line) => /^\p{Ll}/u.test(textOf(line))).length < lines.length * 0.3;
}

function sidesOf(lines: readonly Line[], { x0 }: Gutter): readonly [readonly Line[], readonly Line[]] {
  return [lines.filter((line) => line.x1 <= x0 + 0.01), lines.filter((line) => line.x1 > x0 + 0.01)];
}

function isSameText(left: readonly Line[], right: readonly Line[]): boolean {
  const [one, other] = [left.map(textOf).join("|"), right.map(textOf).join("|")];
  return one === other && /\p{L}/u.test(one);
}
