import type { Box } from "../document/geometry.ts";
import { medianBy } from "../document/median.ts";
import { tableOf } from "./aligned.ts";
import { isBesideFloat } from "./floats.ts";
import type { Grid } from "./grid.ts";
import { type Gutter, gutters, type Island, isNarrowJustified, parts, type Strip, type Sweep, stripsOf } from "./gutters.ts";
import { MAY_PART, type Row, rowOf } from "./lines.ts";
import { isLeader, isMarkAlone, isNumberAlone, markOf } from "./marks.ts";
import { countStarts } from "./paragraphs.ts";
import { isBeside, isHead, stackedAt } from "./stacks.ts";
import { type Band, betweenTables, tableBand, WITHIN_ROW, widened } from "./table_bands.ts";
import { textOf } from "./token.ts";

/** A part of a page to be read by itself. */
export type Piece<T> =
  | { readonly kind: "column"; readonly rows: readonly Row[]; readonly islands: readonly Island<T>[] }
  | { readonly kind: "table"; readonly grid: Grid };

interface Region<T> {
  readonly rows: readonly Row[];
  readonly islands: readonly Island<T>[];
}

const MAX_DEPTH = 12;
/** Lines of names and values have no more words. */
const FEW_WORDS = 5;
/** The tallest of a region; what has more is no text in columns. */
const MAX_GUTTERS = 60;

/**
 * The columns and tables of a region in reading order. The tallest gutter parts it into what is above, left, right
 * and below; each is cut again until no gutter is left. So a heading over two columns ends them, and a table in one
 * column is found when that is looked at by itself. `verticals` are the level-less rules drawn between columns.
 */
export function cut<T>(region: Region<T>, verticals: readonly Box[]): Piece<T>[] {
  return cutRegion(region, { verticals, startsAt: countStarts(region.rows.flatMap(({ lines }) => lines.map(({ x0 }) => x0))) }, 0);
}

/** What is the same for all parts of a page. */
interface Guides {
  readonly verticals: readonly Box[];
  readonly startsAt: (x: number) => number;
}

function cutRegion<T>(region: Region<T>, guides: Guides, depth: number): Piece<T>[] {
  const { verticals, startsAt } = guides;
  const { rows, islands } = region;
  if (rows.length === 0 && islands.length === 0) return [];
  const whole: Piece<T> = { kind: "column", rows, islands };
  if (depth > MAX_DEPTH || rows.length + islands.length < 2) return [whole];
  const strips = stripsOf(rows, islands);
  const size = sizeOf(rows);
  const stacked = stackedAt(strips, size);
  if (stacked !== undefined)
    return [strips.slice(0, stacked), strips.slice(stacked)].flatMap((part) => cutRegion(regionOf(part), guides, depth + 1));
  const all = gutters(strips, size * MAY_PART)
    .sort((a, b) => b.support - a.support || b.to - b.from - (a.to - a.from) || b.x1 - b.x0 - (a.x1 - a.x0))
    .slice(0, MAX_GUTTERS);
  const sweep: Sweep<T> = { strips, size, all, startsAt, justified: isNarrowJustified(strips, size) };
  const found = all.filter(
    (gutter) =>
      isBeside(gutter, strips) &&
      !isBesideFloat(gutter, strips) &&
      parts(gutter, sweep, isRuled(gutter, strips, verticals)) &&
      !hasMarksAtLeft(gutter, strips, size),
  );
  const besideTables = betweenTables(strips, found);
  for (const best of besideTables ? [besideTables] : found) {
    const band = trimmed(best, strips, size);
    const shared = parting(bandOf(strips, band), [best, ...found.filter((other) => other !== best && covers(other, band.from, band.to))]);
    const rows = tableBand(strips, band, shared);
    const within = disjoint([
      best,
      ...found.filter((other) => other !== best && covers(other, rows.from, rows.to) && partsAny(strips, rows, other)),
    ]);
    const table = besideTables ? undefined : tableWith(sweep, rows, within);
    const { from, to } = table?.rows ?? band;
    const grid = table?.grid;
    if (!grid && !isTall(strips, band, best)) continue;
    const parted = () => sides(strips.slice(from, to + 1), best).flatMap((side) => cutRegion(side, guides, depth + 1));
    const inside: Piece<T>[] = grid ? [{ kind: "table", grid }] : parted();
    if (!grid && inside.length < 2) continue;
    const above = cutRegion(regionOf(strips.slice(0, from)), guides, depth + 1);
    return [...above, ...inside, ...cutRegion(regionOf(strips.slice(to + 1)), guides, depth + 1)];
  }
  return [whole];
}

/** So many lines of names and values are read line by line if they are no table. */
const FEW_LINES = 3;

/** Whether there is so much at both sides of a gutter, or so much of running text, that one side is read after the other. */
function isTall<T>(strips: readonly Strip<T>[], { from, to }: { from: number; to: number }, gutter: Gutter): boolean {
  const band = strips.slice(from, to + 1);
  if (band.some(({ island }) => island) || gutter.longer > FEW_LINES) return true;
  const lines = band.flatMap(({ row }) => row?.lines ?? []);
  if (lines.some((line) => markOf(line)?.sure ?? isMarkAlone(line))) return true;
  return (
    lines.some(({ tokens }) => tokens.length > FEW_WORDS) ||
    lines.filter((line) => /^\p{Ll}/u.test(textOf(line))).length >= lines.length / 2
  );
}

function sizeOf(rows: readonly Row[]): number {
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

/** Marks of lists, numbers of sections, labels of fields, and leaders stand apart from their text without being a column. */
function hasMarksAtLeft<T>(gutter: Gutter, strips: readonly Strip<T>[], size: number): boolean {
  let [marks, all] = [0, 0];
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    const left = row?.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    const right = row?.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    if (!left) continue;
    all++;
    const near = !right || right.x0 - left.x1 < size * 3;
    const end = left.tokens.at(-1)?.word.text ?? "";
    const beyond = right && row?.lines[row.lines.indexOf(right) + 1];
    // The number of a table's row has more than a text at its right.
    const numbersRow = beyond && isNumberAlone(left) && !isMarkAlone(beyond) && !isLeader(beyond.tokens[0]?.word.text ?? "");
    if ((near && isMarkAlone(left) && !numbersRow) || end.endsWith(":") || isLeader(end) || isLeader(right?.tokens[0]?.word.text ?? ""))
      marks++;
  }
  return marks > all * 0.5;
}

/**
 * Without strips at its ends that have something at one side only and are nearer to what is above or below the gutter,
 * and only to where a heading ends the columns: both then begin anew under it.
 */
function trimmed<T>(gutter: Gutter, strips: readonly Strip<T>[], size: number): { from: number; to: number } {
  let { from, to } = gutter;
  const both = (index: number) => hasLeft(strips[index], gutter) && hasRight(strips[index], gutter);
  const distance = (a: number, b: number) => Math.abs((strips[a]?.y ?? Number.POSITIVE_INFINITY) - (strips[b]?.y ?? 0));
  // A line that stands between two of its neighbour belongs to a row as high as those.
  const isWithinRow = (index: number) =>
    distance(index, index + 1) < size * WITHIN_ROW && (strips[index]?.row && strips[index + 1]?.row) !== undefined;
  while (from < to && !both(from) && !isWithinRow(from) && from > 0 && distance(from - 1, from) <= distance(from, from + 1) * 1.05) from++;
  // A lone strip far above both columns is a heading of the two.
  const first = firstWhere(from, to, both);
  if (first > from && first - from <= 2 && (distance(first - 1, first) > 2.2 * size || isHeadAlone(strips[first - 1], size))) from = first;
  let right = from;
  for (let index = from + 1; index < to; index++) {
    if (hasRight(strips[index], gutter)) right = index;
    else if (both(index + 1) && isHeadAlone(strips[index], size) && distance(right, index + 1) > size * 2.6) to = index - 1;
  }
  while (to > from && !both(to) && !isWithinRow(to - 1) && to < strips.length - 1 && distance(to, to + 1) <= distance(to - 1, to) * 1.05)
    to--;
  return { from, to };
}

function hasLeft<T>(strip: Strip<T> | undefined, gutter: Gutter): boolean {
  return strip?.taken.some(({ x1 }) => x1 <= gutter.x0 + 0.01) ?? false;
}

function hasRight<T>(strip: Strip<T> | undefined, gutter: Gutter): boolean {
  return strip?.taken.some(({ x0 }) => x0 >= gutter.x1 - 0.01) ?? false;
}

/** A line alone, larger than the text or bold. */
function isHeadAlone<T>(strip: Strip<T> | undefined, size: number): boolean {
  const lines = strip?.row?.lines ?? [];
  const [line] = lines;
  return line !== undefined && lines.length === 1 && isHead(line, size);
}

/** The table of a band. Columns that have little more than their head are told once it is one. */
function tableWith<T>(
  { strips, size, all }: Sweep<T>,
  told: Band,
  sure: readonly Gutter[],
): { readonly grid: Grid; readonly rows: Band } | undefined {
  const first = tableOf(bandOf(strips, told), sure);
  if (!first) return undefined;
  const wider = widened(strips, told, sure, size);
  const whole = tableOf(bandOf(strips, wider), sure);
  const rows = whole ? wider : told;
  const { from, to } = told;
  const band = bandOf(strips, rows);
  const sparse = all.filter(
    (gutter) => gutter.from <= from && gutter.to >= to && gutter.x1 - gutter.x0 > size * 1.5 && partsAny(strips, { from, to }, gutter),
  );
  return { grid: tableOf(band, disjoint([...sure, ...sparse])) ?? whole ?? first, rows };
}

function bandOf<T>(strips: readonly Strip<T>[], { from, to }: Band): readonly Strip<T>[] {
  return strips.slice(from, to + 1);
}

/** Whether something stands at both sides of it within a band; what it parts may lie above or below. */
function partsAny<T>(strips: readonly Strip<T>[], { from, to }: { from: number; to: number }, gutter: Gutter): boolean {
  const band = strips.slice(from, to + 1);
  return band.some((strip) => hasLeft(strip, gutter)) && band.some((strip) => hasRight(strip, gutter));
}

function firstWhere(from: number, to: number, test: (index: number) => boolean): number {
  for (let index = from; index <= to; index++) if (test(index)) return index;
  return from;
}

/** Disjoint gutters with something between them at more than one height: what is alone there is a head that reaches into one. */
function parting<T>(band: readonly Strip<T>[], sorted: readonly Gutter[]): Gutter[] {
  const kept: Gutter[] = [];
  const isFilled = (a: Gutter, b: Gutter) =>
    band.filter(({ taken }) => taken.some(({ x0, x1 }) => x0 >= Math.min(a.x1, b.x1) - 0.01 && x1 <= Math.max(a.x0, b.x0) + 0.01)).length >
    1;
  for (const gutter of disjoint(sorted).sort((a, b) => sorted.indexOf(a) - sorted.indexOf(b)))
    if (kept.every((other) => isFilled(gutter, other))) kept.push(gutter);
  return kept.sort((a, b) => a.x0 - b.x0);
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
