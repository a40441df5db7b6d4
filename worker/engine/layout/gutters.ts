import type { Row } from "./lines.ts";
import { median } from "./token.ts";

/** A part of a page that is laid out in one go: text, or what was laid out already and stands in its way. */
export interface Island<T> {
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  readonly value: T;
}

/** What is at one height: words, or an island, whose middle it then is. */
export interface Strip<T> {
  readonly row?: Row;
  readonly island?: Island<T>;
  readonly y: number;
  /** What is not free, left to right, apart from each other: words and the islands at their height. */
  readonly taken: readonly Interval[];
}

export interface Interval {
  readonly x0: number;
  readonly x1: number;
}

/** White space that stays free from strip `from` to strip `to`. */
export interface Gutter extends Interval {
  readonly from: number;
  readonly to: number;
  /** How many strips have something at its left, and how many at its right: the lesser and the greater number. */
  readonly support: number;
  readonly longer: number;
}

/** What the gutters of a region were found by. */
export interface Sweep<T> {
  readonly strips: readonly Strip<T>[];
  /** Of its type, in points. */
  readonly size: number;
  readonly all: readonly Gutter[];
  /** It is a narrow column of justified text: the gaps in its lines are as wide as gutters. */
  readonly justified: boolean;
  /** How many lines of the page begin at an x. */
  startsAt(x: number): number;
}

const MAX_OPEN = 200;
/** Wider gaps, in sizes, are no spaces between words, but in narrow justified columns. */
const WORD_SPACE = 2.5;

export function stripsOf<T>(rows: readonly Row[], islands: readonly Island<T>[]): Strip<T>[] {
  const strips: Strip<T>[] = rows.map((row) => {
    const [top, bottom] = [row.base - row.size * 0.6, row.base + row.size * 0.1];
    const beside = islands.filter(({ box }) => box.y0 < bottom && box.y1 > top).map(({ box }) => box);
    return { row, y: row.base - row.size * 0.3, taken: merged([...row.lines, ...beside]) };
  });
  for (const island of islands) strips.push({ island, y: (island.box.y0 + island.box.y1) / 2, taken: [island.box] });
  return strips.sort((a, b) => a.y - b.y);
}

function merged(intervals: readonly Interval[]): Interval[] {
  const result: { x0: number; x1: number }[] = [];
  for (const { x0, x1 } of intervals.toSorted((a, b) => a.x0 - b.x0)) {
    const last = result.at(-1);
    if (last && x0 <= last.x1) last.x1 = Math.max(last.x1, x1);
    else result.push({ x0, x1 });
  }
  return result;
}

/**
 * The tallest white columns between what stands on a page: a sweep from top to bottom that carries along each
 * interval that is still free, narrowed by what it passes (maximal white rectangles, Breuel 2002).
 */
export function gutters<T>(strips: readonly Strip<T>[], minWidth: number): Gutter[] {
  const found: Gutter[] = [];
  let open = new Map<string, Interval & { readonly from: number }>();
  const close = (gap: Interval & { readonly from: number }, to: number) => {
    const { support, longer } = supportOf(gap, strips, to);
    if (support > 0 && to > gap.from) found.push({ x0: gap.x0, x1: gap.x1, from: gap.from, to, support, longer });
  };
  strips.forEach((strip, index) => {
    const next = new Map<string, Interval & { readonly from: number }>();
    const keep = (gap: Interval & { readonly from: number }) => {
      const key = `${gap.x0.toFixed(1)} ${gap.x1.toFixed(1)}`;
      const known = next.get(key);
      if (!known ? next.size < MAX_OPEN : gap.from < known.from) next.set(key, gap);
    };
    const free = gapsOf(strip.taken, minWidth);
    for (const gap of open.values()) {
      let whole = false;
      for (const { x0, x1 } of free) {
        const part = { x0: Math.max(x0, gap.x0), x1: Math.min(x1, gap.x1), from: gap.from };
        if (part.x1 - part.x0 < minWidth) continue;
        whole ||= part.x0 === gap.x0 && part.x1 === gap.x1;
        keep(part);
      }
      if (!whole) close(gap, index - 1);
    }
    for (const gap of free) keep({ ...gap, from: index });
    open = next;
  });
  for (const gap of open.values()) close(gap, strips.length - 1);
  return found;
}

function gapsOf(taken: readonly Interval[], minWidth: number): Interval[] {
  const gaps: Interval[] = [];
  let x = Number.NEGATIVE_INFINITY;
  for (const { x0, x1 } of taken) {
    if (x0 - x >= minWidth) gaps.push({ x0: x, x1: x0 });
    x = x1;
  }
  gaps.push({ x0: x, x1: Number.POSITIVE_INFINITY });
  return gaps;
}

function supportOf<T>(
  gap: Interval & { readonly from: number },
  strips: readonly Strip<T>[],
  to: number,
): Pick<Gutter, "support" | "longer"> {
  if (!Number.isFinite(gap.x0) || !Number.isFinite(gap.x1)) return { support: 0, longer: 0 };
  let [left, right] = [0, 0];
  for (let index = gap.from; index <= to; index++) {
    const taken = strips[index]?.taken ?? [];
    if (taken.some(({ x1 }) => x1 <= gap.x0)) left++;
    if (taken.some(({ x0 }) => x0 >= gap.x1)) right++;
  }
  return { support: Math.min(left, right), longer: Math.max(left, right) };
}

/** Whether what stands right of a gutter begins in one line, and it is wider than the word spaces around it: else it is a river in the text. */
export function parts<T>(gutter: Gutter, sweep: Sweep<T>, ruled: boolean): boolean {
  const { strips, size, all } = sweep;
  const width = gutter.x1 - gutter.x0;
  const flush = !ruled && isFlush(gutter, sweep);
  const least = isLabelled(gutter, sweep) || isWide(gutter, sweep) ? 2 : leastSupport(width / size, gutter.longer);
  if (gutter.support < (ruled || flush ? 1 : least)) return false;
  if (ruled) return true;
  const peers = all.filter(({ support, from, to }) => support >= gutter.support * 0.5 && from <= gutter.from + 1 && to >= gutter.to - 1);
  const starts: number[] = [];
  const ends: number[] = [];
  const figures: boolean[] = [];
  let [told, wider, sameOcrLine] = [0, 0, 0];
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    if (!row) continue;
    const right = row.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    const left = row.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    if (!right) continue;
    starts.push(right.x0);
    ends.push(right.x1);
    figures.push(/\p{N}/u.test(right.tokens[0]?.word.text ?? ""));
    if (!left) continue;
    const others = spacesOf(row, peers).filter((space) => space < size * WORD_SPACE);
    if (others.length === 0) continue;
    told++;
    if (right.x0 - left.x1 > 1.35 * median(others)) wider++;
    const [a, b] = [left.tokens.at(-1)?.word.ocr, right.tokens[0]?.word.ocr];
    if (a && b && a.block === b.block && a.paragraph === b.paragraph && a.line === b.line) sameOcrLine++;
  }
  if (starts.length === 0) return true;
  if (!flush && told >= Math.min(3, starts.length / 2) && wider < told * 0.6) return false;
  if (sameOcrLine > starts.length / 2 && width < size * 1.5) return false;
  if (!sweep.justified && aligned(starts, size * 0.45) >= 0.5) return true;
  return figures.filter(Boolean).length >= starts.length * 0.6 && aligned(ends, size * 0.45) >= 0.5;
}

/** How many lines must stand at both sides of a gutter of this width, in sizes, if `longer` lines stand at one of them. */
function leastSupport(width: number, longer: number): number {
  if (width > 2.5 || longer > 6) return 2;
  return width > 1.2 ? 3 : 4;
}

/** A gap that no word space is, in sizes, however justified. */
const GAP = 2.5;

/**
 * Whether something stands at both sides of it at nearly every height, begins or ends there in one line, and leaves a wide
 * gap where the left of it is short: names and their values, even if there are few.
 */
function isWide<T>(gutter: Gutter, { strips, size, justified }: Sweep<T>): boolean {
  if (justified) return false;
  const starts: number[] = [];
  const ends: number[] = [];
  let [both, wide, all] = [0, 0, 0];
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    const left = row?.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    const right = row?.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    if (left ?? right) all++;
    if (!left || !right) continue;
    both++;
    if (right.x0 - left.x1 > size * GAP) wide++;
    starts.push(right.x0);
    ends.push(right.x1);
  }
  if (both < 2 || wide === 0 || both < all * 0.7) return false;
  return aligned(starts, size * 0.1) === 1 || aligned(ends, size * 0.1) === 1;
}

/** Whether all that stands left of it beside other text is bold, and that other text is not: names of fields and their values. */
function isLabelled<T>(gutter: Gutter, { strips }: Sweep<T>): boolean {
  let labels = 0;
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    const left = row?.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    const right = row?.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    if (!left || !right) continue;
    if (!left.tokens.every(({ word }) => word.style.bold === true) || right.tokens.some(({ word }) => word.style.bold === true))
      return false;
    labels++;
  }
  return labels > 1;
}

/** Whether a gutter lies at the edge of justified text, or where another column of the page begins: one line beside it is then enough. */
function isFlush<T>(gutter: Gutter, { strips, size, startsAt, justified }: Sweep<T>): boolean {
  if (justified) return false;
  let [left, ends, begins] = [0, 0, 0];
  for (const { row } of strips.slice(gutter.from, gutter.to + 1)) {
    const line = row?.lines.findLast(({ x1 }) => x1 <= gutter.x0 + 0.01);
    const other = row?.lines.find(({ x0 }) => x0 >= gutter.x1 - 0.01);
    if (other && other.x0 - gutter.x1 < size * 0.2 && startsAt(other.x0) > 2) begins++;
    if (!line) continue;
    left++;
    if (gutter.x0 - line.x1 < size * 0.3 && line.tokens.length > 2) ends++;
  }
  return left > 4 && (ends >= left * 0.5 || begins > 0);
}

/** Whether most lines of a narrow region begin and end where the others do. */
export function isNarrowJustified<T>(strips: readonly Strip<T>[], size: number): boolean {
  const rows = strips.flatMap(({ row }) => (row && row.lines.reduce((sum, { tokens }) => sum + tokens.length, 0) > 1 ? [row.lines] : []));
  if (rows.length < 4) return false;
  const [x0, x1] = [rows.map(([line]) => line?.x0 ?? 0), rows.map((lines) => lines.at(-1)?.x1 ?? 0)];
  const [left, right] = [median(x0), median(x1)];
  const even = rows.filter(
    (_, index) => Math.abs((x0[index] ?? 0) - left) < size * 0.25 && Math.abs((x1[index] ?? 0) - right) < size * 0.25,
  );
  return Math.max(...x1) - Math.min(...x0) < size * 16 && even.length >= rows.length * 0.6;
}

/** The spaces of a row that no gutter goes through. */
function spacesOf({ lines }: Row, between: readonly Interval[]): number[] {
  const spaces: number[] = [];
  let end: number | undefined;
  for (const token of lines.flatMap((line) => line.tokens)) {
    const [x0, x1] = [end ?? token.box.x0, token.box.x0];
    const isWordSpace = end !== undefined && !token.glued && !token.script;
    if (isWordSpace && !between.some((gap) => gap.x0 >= x0 - 0.01 && gap.x1 <= x1 + 0.01)) spaces.push(x1 - x0);
    end = token.box.x1;
  }
  return spaces;
}

/** The share of `values` in the largest group that lies within `reach` of its middle. */
export function aligned(values: readonly number[], reach: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  let [best, from] = [0, 0];
  for (const [index, value] of ordered.entries()) {
    while (value - (ordered[from] ?? value) > reach * 2) from++;
    best = Math.max(best, index - from + 1);
  }
  return best / Math.max(1, ordered.length);
}
