import type { Box } from "../document/geometry.ts";
import { tableOf } from "./aligned.ts";
import type { Grid } from "./grid.ts";
import { type Gutter, gutters, type Island, parts, type Strip, type Sweep, stripsOf } from "./gutters.ts";
import { MAY_PART, type Row, rowOf } from "./lines.ts";
import { isLeader, isMarkAlone } from "./marks.ts";
import { medianBy } from "./token.ts";

/** A part of a page to be read by itself. */
export type Piece<T> =
  | { readonly kind: "column"; readonly rows: readonly Row[]; readonly islands: readonly Island<T>[] }
  | { readonly kind: "table"; readonly grid: Grid };

interface Region<T> {
  readonly rows: readonly Row[];
  readonly islands: readonly Island<T>[];
}

const MAX_DEPTH = 12;
/** The tallest of a region; what has more is no text in columns. */
const MAX_GUTTERS = 60;

/**
 * The columns and tables of a region in reading order. The tallest gutter parts it into what is above, left, right
 * and below; each is cut again until no gutter is left. So a heading over two columns ends them, and a table in one
 * column is found when that is looked at by itself. `verticals` are the level-less rules drawn between columns.
 */
export function cut<T>(region: Region<T>, verticals: readonly Box[], depth = 0): Piece<T>[] {
  const { rows, islands } = region;
  if (rows.length === 0 && islands.length === 0) return [];
  const whole: Piece<T> = { kind: "column", rows, islands };
  if (depth > MAX_DEPTH || rows.length + islands.length < 2) return [whole];
  const strips = stripsOf(rows, islands);
  const size = sizeOf(rows);
  const all = gutters(strips, size * MAY_PART)
    .sort((a, b) => b.support - a.support || b.to - b.from - (a.to - a.from) || b.x1 - b.x0 - (a.x1 - a.x0))
    .slice(0, MAX_GUTTERS);
  const sweep: Sweep<T> = { strips, size, all };
  const found = all.filter((gutter) => parts(gutter, sweep, isRuled(gutter, strips, verticals)) && !hasMarksAtLeft(gutter, strips, size));
  for (const best of found) {
    const { from, to } = trimmed(best, strips, size);
    const band = strips.slice(from, to + 1);
    const shared = disjoint([best, ...found.filter((other) => other !== best && covers(other, from, to))]);
    const grid = tableOf(band, shared);
    const inside: Piece<T>[] = grid ? [{ kind: "table", grid }] : sides(band, best).flatMap((side) => cut(side, verticals, depth + 1));
    if (!grid && inside.length < 2) continue;
    const above = cut(regionOf(strips.slice(0, from)), verticals, depth + 1);
    return [...above, ...inside, ...cut(regionOf(strips.slice(to + 1)), verticals, depth + 1)];
  }
  return [whole];
}

export function sizeOf(rows: readonly Row[]): number {
  return medianBy(rows.flatMap(({ lines }) => lines.map((line) => ({ value: line.size, weight: line.x1 - line.x0 })))) || 10;
}

function regionOf<T>(strips: readonly Strip<T>[]): Region<T> {
  return {
    rows: strips.flatMap(({ row }) => (row ? [row] : [])),
    islands: strips.flatMap(({ island }) => (island ? [island] : [])),
  };
}

function sides<T>(band: readonly Strip<T>[], gutter: Gutter): Region<T>[] {
  const middle = (gutter.x0 + gutter.x1) / 2;
  const side = (isLeft: boolean): Region<T> => ({
    rows: band.flatMap(({ row }) => {
      const lines = row?.lines.filter((line) => (line.x0 + line.x1) / 2 < middle === isLeft) ?? [];
      return lines.length > 0 ? [rowOf(lines)] : [];
    }),
    islands: band.flatMap(({ island }) => (island && (island.box.x0 + island.box.x1) / 2 < middle === isLeft ? [island] : [])),
  });
  return [side(true), side(false)];
}

function isRuled<T>(gutter: Gutter, strips: readonly Strip<T>[], verticals: readonly Box[]): boolean {
  const [top, bottom] = [strips[gutter.from]?.y ?? 0, strips[gutter.to]?.y ?? 0];
  return verticals.some(
    ({ x0, x1, y0, y1 }) =>
      x0 >= gutter.x0 - 1 && x1 <= gutter.x1 + 1 && Math.min(y1, bottom) - Math.max(y0, top) > (bottom - top) * 0.6 && bottom > top,
  );
}

/** Marks of lists, numbers of sections, and leaders stand apart from their text without being a column. */
function hasMarksAtLeft<T>(gutter: Gutter, strips: readonly Strip<T>[], size: number): boolean {
  let [marks, all] = [0, 0];
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    const left = row?.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    const right = row?.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    if (!left) continue;
    all++;
    const near = !right || right.x0 - left.x1 < size * 3;
    if ((near && isMarkAlone(left)) || isLeader(left.tokens.at(-1)?.word.text ?? "") || isLeader(right?.tokens[0]?.word.text ?? ""))
      marks++;
  }
  return marks > all * 0.5;
}

/** Without strips at its ends that have something at one side only and are nearer to what is above or below the gutter. */
function trimmed<T>(gutter: Gutter, strips: readonly Strip<T>[], size: number): { from: number; to: number } {
  let { from, to } = gutter;
  const both = (index: number) => {
    const taken = strips[index]?.taken ?? [];
    return taken.some(({ x1 }) => x1 <= gutter.x0 + 0.01) && taken.some(({ x0 }) => x0 >= gutter.x1 - 0.01);
  };
  const distance = (a: number, b: number) => Math.abs((strips[a]?.y ?? Number.POSITIVE_INFINITY) - (strips[b]?.y ?? 0));
  while (from < to && !both(from) && from > 0 && distance(from - 1, from) <= distance(from, from + 1) * 1.05) from++;
  // A lone strip far above both columns is a heading of the two.
  const first = firstWhere(from, to, both);
  if (first > from && first - from <= 2 && distance(first - 1, first) > 2.2 * size) from = first;
  while (to > from && !both(to) && to < strips.length - 1 && distance(to, to + 1) <= distance(to - 1, to) * 1.05) to--;
  return { from, to };
}

function firstWhere(from: number, to: number, test: (index: number) => boolean): number {
  for (let index = from; index <= to; index++) if (test(index)) return index;
  return from;
}

function covers(gutter: Gutter, from: number, to: number): boolean {
  return Math.min(gutter.to, to) - Math.max(gutter.from, from) + 1 >= (to - from + 1) * 0.7;
}

/** Those that share no white space with one before them, left to right. */
function disjoint(sorted: readonly Gutter[]): Gutter[] {
  const kept: Gutter[] = [];
  for (const gutter of sorted) if (kept.every(({ x0, x1 }) => gutter.x1 <= x0 || gutter.x0 >= x1)) kept.push(gutter);
  return kept.sort((a, b) => a.x0 - b.x0);
}
