import type { Glyph } from "./marks.ts";

/** Glyphs of one line, side by side, seen along the way that they run. */
export interface Run {
  readonly glyphs: PlacedGlyph[];
  /** Of its full-sized glyphs: where the line stands, across the way it runs, and their size. */
  baseline: number;
  size: number;
  start: number;
  end: number;
}

/** A glyph by its distances along the way that its line runs, and across it, downwards. */
export interface PlacedGlyph extends Glyph {
  readonly along: number;
  readonly across: number;
}

/** The way that letters run, as the cosine and the sine of its angle clockwise. */
export interface Direction {
  readonly cos: number;
  readonly sin: number;
}

/** Marks of notes and figures of formulas are smaller than this part of what they belong to. */
const SMALLER = 0.88;
/** Of the size: what is apart by more, along the line, belongs to another cell or column. */
const REACH = 2;
/** Of how many lines on one height the last are looked at. */
const TRIED = 8;
const SAME_PLACE = 0.1;

/** Gathers `glyphs`, in the order they were painted, to runs. What was painted twice for boldness is there once. */
export function runsOf(glyphs: readonly Glyph[], direction: Direction): Run[] {
  const runs: Run[] = [];
  const heights = new Map<number, Run[]>();
  const doubles = new Doubles();
  let current: Run | undefined;
  for (const glyph of glyphs) {
    const placed = placedOn(glyph, direction);
    const double = placed.text === " " ? undefined : doubles.of(placed);
    if (double) {
      standFor(double, placed);
      continue;
    }
    if (current && continues(current, placed)) {
      append(current, placed);
      continue;
    }
    current = nearby(heights, placed);
    if (current) append(current, placed);
    else {
      current = { glyphs: [placed], baseline: placed.across, size: placed.size, start: placed.along, end: placed.along + placed.width };
      runs.push(current);
      const height = heightOf(placed.across);
      const others = heights.get(height);
      if (others) others.push(current);
      else heights.set(height, [current]);
    }
  }
  for (const run of runs) inOrder(run);
  return runs;
}

function placedOn(glyph: Glyph, { cos, sin }: Direction): PlacedGlyph {
  return { ...glyph, along: glyph.x * cos + glyph.y * sin, across: glyph.y * cos - glyph.x * sin };
}

function continues(run: Run, { along, across, size }: PlacedGlyph): boolean {
  const larger = Math.max(size, run.size);
  const script = Math.min(size, run.size) < SMALLER * larger;
  const gap = along - run.end;
  return Math.abs(across - run.baseline) < (script ? 0.65 : 0.25) * larger && gap < (script ? 0.5 : REACH) * larger && gap > -0.7 * larger;
}

/** A run that the glyph fills a gap of, or stands right at an end of: some files draw one font after the other. */
function nearby(heights: ReadonlyMap<number, readonly Run[]>, { along, across, size, width }: PlacedGlyph): Run | undefined {
  const height = heightOf(across);
  for (const near of [height, height - 1, height + 1]) {
    const found = heights
      .get(near)
      ?.slice(-TRIED)
      .find(
        (run) =>
          Math.abs(run.baseline - across) < 0.12 * size &&
          Math.abs(run.size - size) < 0.3 * size &&
          along + width > run.start - 0.35 * size &&
          along < run.end + 0.35 * size,
      );
    if (found) return found;
  }
  return undefined;
}

function heightOf(across: number): number {
  return Math.round(across / 4);
}

function append(run: Run, glyph: PlacedGlyph): void {
  run.glyphs.push(glyph);
  run.start = Math.min(run.start, glyph.along);
  run.end = Math.max(run.end, glyph.along + glyph.width);
  if (glyph.size < SMALLER * run.size) return;
  run.baseline = glyph.across;
  run.size = glyph.size;
}

function inOrder(run: Run): void {
  const isOrdered = run.glyphs.every((glyph, i) => glyph.along >= (run.glyphs[i - 1]?.along ?? glyph.along) - 0.2 * glyph.size);
  if (!isOrdered) run.glyphs.sort((a, b) => a.along - b.along);
}

/** Finds glyphs that stand where the same one stood before, but for the hair's breadth that makes it look bold. */
class Doubles {
  readonly #cells = new Map<number, PlacedGlyph[]>();

  of(glyph: PlacedGlyph): PlacedGlyph | undefined {
    const column = Math.round(glyph.along / 2);
    const row = Math.round(glyph.across / 2);
    for (let i = -1; i <= 1; i++)
      for (let j = -1; j <= 1; j++) {
        const same = this.#cells.get(cellOf(column + i, row + j))?.find((other) => isSame(glyph, other));
        if (same) return same;
      }
    const cell = cellOf(column, row);
    const others = this.#cells.get(cell);
    // A hundred letters in one place are no text; the list stays short.
    if (!others) this.#cells.set(cell, [glyph]);
    else if (others.length < 64) others.push(glyph);
    return undefined;
  }
}

function cellOf(column: number, row: number): number {
  return column * 65_536 + row;
}

function isSame(a: PlacedGlyph, b: PlacedGlyph): boolean {
  const near = SAME_PLACE * a.size;
  return (
    a.text === b.text &&
    a.hidden === b.hidden &&
    Math.abs(a.along - b.along) < near &&
    Math.abs(a.across - b.across) < near &&
    Math.abs(a.size - b.size) < 0.15 * a.size
  );
}

function standFor(glyph: PlacedGlyph, other: PlacedGlyph): void {
  if (!other.shown) return;
  if (glyph.also) glyph.also.push(other.shown);
  else glyph.also = [other.shown];
}
