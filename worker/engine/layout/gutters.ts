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
  /** Strips with something at both sides, or the lesser of those at one side. */
  readonly support: number;
}

/** What the gutters of a region were found by. */
export interface Sweep<T> {
  readonly strips: readonly Strip<T>[];
  /** Of its type, in points. */
  readonly size: number;
  readonly all: readonly Gutter[];
}

const MAX_OPEN = 200;

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
    const support = supportOf(gap, strips, to);
    if (support > 1) found.push({ x0: gap.x0, x1: gap.x1, from: gap.from, to, support });
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

function supportOf<T>(gap: Interval & { readonly from: number }, strips: readonly Strip<T>[], to: number): number {
  if (!Number.isFinite(gap.x0) || !Number.isFinite(gap.x1)) return 0;
  let [left, right] = [0, 0];
  for (let index = gap.from; index <= to; index++) {
    const taken = strips[index]?.taken ?? [];
    if (taken.some(({ x1 }) => x1 <= gap.x0)) left++;
    if (taken.some(({ x0 }) => x0 >= gap.x1)) right++;
  }
  return Math.min(left, right);
}

/** Whether what stands right of a gutter begins in one line, and it is wider than the word spaces around it: else it is a river in the text. */
export function parts<T>(gutter: Gutter, { strips, size, all }: Sweep<T>, ruled: boolean): boolean {
  const width = gutter.x1 - gutter.x0;
  const needed = ruled ? 1 : width > size * 2.5 ? 2 : width > size * 1.2 ? 3 : 4;
  if (gutter.support < needed) return false;
  if (ruled) return true;
  const peers = all.filter(({ support, from, to }) => support >= gutter.support * 0.7 && from <= gutter.from + 1 && to >= gutter.to - 1);
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
    const others = spacesOf(row, peers);
    if (others.length === 0) continue;
    told++;
    if (right.x0 - left.x1 > 1.35 * median(others)) wider++;
    const [a, b] = [left.tokens.at(-1)?.word.ocr, right.tokens[0]?.word.ocr];
    if (a && b && a.block === b.block && a.paragraph === b.paragraph && a.line === b.line) sameOcrLine++;
  }
  if (starts.length === 0) return true;
  if (told >= Math.min(3, starts.length / 2) && wider < told * 0.6) return false;
  if (sameOcrLine > starts.length / 2 && width < size * 1.5) return false;
  const alignment = aligned(starts, size * 0.45);
  if (alignment >= 0.5) return true;
  return figures.filter(Boolean).length >= starts.length * 0.6 && aligned(ends, size * 0.45) >= 0.5;
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
