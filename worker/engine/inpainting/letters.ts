import type { Ink } from "./ink.ts";
import type { Strip } from "./strip.ts";

/** What a line's letters measure, in pixels, and the sums that a mean color is made of. */
export interface Letters {
  /** From the baseline to the top of most letters: of lower case letters without ascenders, or of capitals where there are only those. */
  readonly height: number;
  /** The median width of upright strokes. */
  readonly stem: number;
  /** The median height of level strokes. */
  readonly hair: number;
  /** Of its ink where it is deepest, and of its paper: red, green, blue. */
  readonly color: Color;
  readonly ground: Color;
  /** Pixels of ink. */
  readonly weight: number;
}

export type Color = readonly [red: number, green: number, blue: number];

/** Longer runs of ink, in ems, are no strokes seen across but along. */
const LONGEST = 0.3;
/** A pixel belongs to a stroke if ink covers this much of it; those beside it add what they are covered. */
const IN_STROKE = 0.3;
/** Steps to a pixel in which strokes are counted. */
const STEPS = 16;
/** Where ink ends above and below the letters' middle, as shares of what there is in it: ascenders and descenders are few. */
const TOP_SHARE = 0.55;
const BASE_SHARE = 0.5;
/** Where the middle of letters is above the baseline, in ems. */
const MIDDLE = { from: 0.1, to: 0.3 };

/** Undefined of too little ink to be measured. */
export function measure(strip: Strip, ink: Ink): Letters | undefined {
  const depth = depthOf(strip, ink);
  const cover = coverOf(strip, ink, depth);
  const { x0, x1, y0, y1 } = strip.core;
  const rows = new Float64Array(strip.height);
  for (let row = y0; row < y1; row++)
    for (let column = x0; column < x1; column++) rows[row] = (rows[row] as number) + (cover[row * strip.width + column] as number);
  const edges = edgesOf(rows, strip);
  if (!edges) return undefined;
  const across = new Strokes();
  const down = new Strokes();
  const [top, base] = [Math.round(edges.top), Math.round(edges.base)];
  for (let row = top; row < base; row++)
    across.add(cover, { from: row * strip.width + x0, step: 1, count: x1 - x0, longest: strip.em * LONGEST });
  for (let column = x0; column < x1; column++)
    down.add(cover, { from: y0 * strip.width + column, step: strip.width, count: y1 - y0, longest: strip.em * LONGEST });
  if (across.median === 0) return undefined;
  return { height: edges.base - edges.top, stem: across.median, hair: down.median, ...colorsOf(strip, cover, depth * ink.sign) };
}

/**
 * How far the deepest ink of a line is from its paper, in steps of luminance. Where strokes are narrow only the pixels in
 * which they meet are all ink.
 */
function depthOf({ light, width, core }: Strip, { mask, paper, sign, contrast, noise }: Ink): number {
  const depths = new Uint32Array(256);
  let left = 0;
  for (let row = core.y0; row < core.y1; row++)
    for (let index = row * width + core.x0; index < row * width + core.x1; index++) {
      if (!mask[index]) continue;
      const depth = Math.max(0, Math.min(255, Math.round(((light[index] as number) - (paper[index % width] as number)) * sign)));
      depths[depth] = (depths[depth] as number) + 1;
      left += DEEPEST;
    }
  let deepest = 255;
  for (; deepest > contrast && left > 0; deepest--) left -= depths[deepest] as number;
  // Of grain the deepest too were taken.
  return Math.max(contrast, deepest - noise);
}

const DEEPEST = 0.08;

/** How much of each pixel of the line is ink, and of those close around it: 1 is all. */
function coverOf({ light, width, height, core }: Strip, { paper, sign, noise }: Ink, depth: number): Float32Array {
  const floor = Math.min(0.3, (2 * noise) / depth);
  const cover = new Float32Array(light.length);
  const [from, to] = [Math.max(0, core.y0 - BLUR), Math.min(height, core.y1 + BLUR)];
  for (let row = from; row < to; row++)
    for (let column = 0; column < width; column++) {
      const index = row * width + column;
      const share = (((light[index] as number) - (paper[column] as number)) * sign) / depth;
      if (share >= floor) cover[index] = Math.min(1.2, share);
    }
  return cover;
}

/** The rows that letters stand on and reach up to, by parts of a row; the middle of most of the ink is between them. */
function edgesOf(rows: Float64Array, { core, em }: Strip): { readonly top: number; readonly base: number } | undefined {
  const base = baselineOf(rows, core);
  if (base === undefined) return undefined;
  const [from, to] = [Math.max(core.y0, Math.round(base - MIDDLE.to * em)), Math.round(base - MIDDLE.from * em)];
  if (to - from < 1) return undefined;
  let level = 0;
  for (let row = from; row < to; row++) level += (rows[row] as number) / (to - from);
  const top = crossing(rows, from, -1, level * TOP_SHARE);
  const bottom = crossing(rows, to, 1, level * BASE_SHARE);
  return bottom - top >= 2 ? { top: top + 1, base: bottom } : undefined;
}

/** Where the ink of rows drops most: all letters end there but those few with descenders. */
function baselineOf(rows: Float64Array, { y0, y1 }: Strip["core"]): number | undefined {
  let [best, most] = [-1, 0];
  for (let row = y0 + Math.floor((y1 - y0) * 0.4); row < y1; row++) {
    const drop = (rows[row - 1] ?? 0) + (rows[row] as number) - (rows[row + 1] ?? 0) - (rows[row + 2] ?? 0);
    if (drop > most) [best, most] = [row, drop];
  }
  return best < 0 ? undefined : best + 1;
}

/** From `from` on, the place at which rows sink below `level`, between two rows where it lies there. */
function crossing(rows: Float64Array, from: number, step: 1 | -1, level: number): number {
  let row = from;
  while (row > 0 && row < rows.length - 1 && (rows[row] as number) >= level) row += step;
  const [before, after] = [rows[row - step] ?? 0, rows[row] as number];
  const share = before > after ? (before - level) / (before - after) : 0;
  return row - step + step * Math.max(0, Math.min(1, share));
}

/** Strokes of one direction, counted by their width. */
class Strokes {
  readonly #counts = new Map<number, number>();
  #all = 0;

  add(cover: Float32Array, { from, step, count, longest }: { from: number; step: number; count: number; longest: number }): void {
    let start = -1;
    for (let at = 0; at <= count; at++) {
      const inside = at < count && (cover[from + at * step] as number) >= IN_STROKE;
      if (inside && start < 0) start = at;
      if (inside || start < 0) continue;
      let width = 0;
      for (let each = start - 1; each <= at; each++) width += cover[from + each * step] ?? 0;
      if (width <= longest) {
        const step16 = Math.round(width * STEPS);
        this.#counts.set(step16, (this.#counts.get(step16) ?? 0) + 1);
        this.#all += 1;
      }
      start = -1;
    }
  }

  /** In pixels; 0 of none. */
  get median(): number {
    let left = this.#all / 2;
    for (const [width, count] of [...this.#counts].sort((a, b) => a[0] - b[0])) {
      left -= count;
      if (left <= 0) return width / STEPS;
    }
    return 0;
  }
}

/**
 * The colors of ink and paper, and how many pixels are ink. What strokes differ from their paper by, summed up, has the ink's
 * hue however far JPEG's coarser chroma has blurred it; how far the ink is from paper `depth` says, in luminance.
 */
function colorsOf({ data, width, core }: Strip, cover: Float32Array, depth: number): Pick<Letters, "color" | "ground" | "weight"> {
  const [written, blank] = [new Sum(), new Sum()];
  let weight = 0;
  for (let row = core.y0; row < core.y1; row++)
    for (let index = row * width + core.x0; index < row * width + core.x1; index++) {
      const inked = (cover[index] as number) >= 0.5;
      (inked || isNear(cover, index, width) ? written : blank).add(data, index);
      if (inked) weight += 1;
    }
  const ground = blank.mean;
  const [red, green, blue] = written.mean.map((value, channel) => value - (ground[channel] as number)) as [number, number, number];
  const scale = Math.max(0, depth / (luminance([red, green, blue]) || depth));
  return { color: [ground[0] + red * scale, ground[1] + green * scale, ground[2] + blue * scale], ground, weight };
}

export function luminance([red, green, blue]: Color): number {
  return (red * 77 + green * 151 + blue * 28) / 256;
}

/** How far chroma is blurred, in pixels. */
const BLUR = 3;

function isNear(cover: Float32Array, index: number, width: number): boolean {
  for (let away = 1; away <= BLUR; away++) {
    if ((cover[index - away] ?? 0) >= 0.5 || (cover[index + away] ?? 0) >= 0.5) return true;
    if ((cover[index - away * width] ?? 0) >= 0.5 || (cover[index + away * width] ?? 0) >= 0.5) return true;
  }
  return false;
}

class Sum {
  readonly #sums: [number, number, number] = [0, 0, 0];
  #count = 0;

  add(data: Uint8Array, index: number): void {
    this.#sums[0] += data[index * 3] as number;
    this.#sums[1] += data[index * 3 + 1] as number;
    this.#sums[2] += data[index * 3 + 2] as number;
    this.#count += 1;
  }

  get mean(): readonly [number, number, number] {
    const [red, green, blue] = this.#sums;
    const count = Math.max(1, this.#count);
    return [red / count, green / count, blue / count];
  }
}
