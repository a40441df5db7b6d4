import { dilated } from "./masks.ts";
import type { Strip } from "./strip.ts";

/** What of a strip is ink. */
export interface Ink {
  /** 1 where there is ink, the line's own and any other. */
  readonly mask: Uint8Array;
  /** The paper's luminance at each column. */
  readonly paper: Float32Array;
  /** -1 if ink is darker than its paper, else 1. */
  readonly sign: 1 | -1;
  /** From paper to ink, in steps of luminance. */
  readonly contrast: number;
  /** The paper's grain: its standard deviation in the same steps. */
  readonly noise: number;
}

/** Fainter than this nothing is told from paper, in steps of luminance. */
const LEAST_CONTRAST = 16;
/** Paper is told anew for every so many ems of a line. */
const WINDOW = 1;
/** What share of a window must be paper for it to have a say. */
const LEAST_PAPER = 0.05;
/** Ink begins where it is more than so much of the contrast, or of the grain, away from paper. */
const INK_SHARE = 0.22;
const INK_NOISE = 4;
/** The median distance from the median of a normal distribution, by which its deviation is told without its outliers. */
const DEVIATION_OF_MEDIAN = 1.4826;

/**
 * Parts ink from paper by luminance, which a marker's colour changes little. Which of the two classes of Otsu's threshold
 * (1979) is paper the larger one says; its level follows the shade along the line. Undefined where nothing is written.
 */
export function findInk(strip: Strip): Ink | undefined {
  const counts = histogram(strip, 0, strip.width);
  const threshold = otsu(counts);
  const [low, high] = [classOf(counts, 0, threshold), classOf(counts, threshold, 256)];
  if (low.count === 0 || high.count === 0 || high.mean - low.mean < LEAST_CONTRAST) return undefined;
  const sign = low.count < high.count ? -1 : 1;
  const rough = paperLevels(strip, () => threshold, sign);
  const half = (high.mean - low.mean) / 2;
  const paper = rough && paperLevels(strip, (column) => (rough[column] as number) + sign * half, sign);
  if (!paper) return undefined;
  const distances = distancesOf(strip, paper, sign);
  const contrast = medianOf(distances.ink) || high.mean - low.mean;
  if (contrast < LEAST_CONTRAST) return undefined;
  const noise = medianOf(distances.paper) * DEVIATION_OF_MEDIAN;
  const limit = Math.min(contrast / 2, Math.max(INK_NOISE * noise, INK_SHARE * contrast));
  const mask = new Uint8Array(strip.light.length);
  for (let index = 0; index < mask.length; index++) {
    const distance = ((strip.light[index] as number) - (paper[index % strip.width] as number)) * sign;
    mask[index] = distance > limit && (strip.source[index] as number) >= 0 ? 1 : 0;
  }
  return { mask, paper, sign, contrast, noise };

  function distancesOf({ light, source, width }: Strip, levels: Float32Array, side: 1 | -1) {
    const [onPaper, onInk] = [new Uint32Array(256), new Uint32Array(256)];
    for (let index = 0; index < light.length; index++) {
      if ((source[index] as number) < 0) continue;
      const distance = Math.round(((light[index] as number) - (levels[index % width] as number)) * side);
      if (distance > half) onInk[Math.min(255, distance)] = (onInk[Math.min(255, distance)] as number) + 1;
      else onPaper[Math.min(255, Math.abs(distance))] = (onPaper[Math.min(255, Math.abs(distance))] as number) + 1;
    }
    return { paper: onPaper, ink: onInk };
  }
}

/** Where the page may be painted over: all ink, and what its edges and a JPEG's ringing reach of the paper around. */
export function spreadInk({ mask }: Ink, { width, em }: Strip): Uint8Array {
  return dilated(mask, width, Math.max(LEAST_SPREAD, Math.round(em * SPREAD)));
}

const SPREAD = 0.12;
const LEAST_SPREAD = 3;

/** The paper's level at each column, by the median of what of each window is on paper's side of `threshold`. */
function paperLevels(strip: Strip, threshold: (column: number) => number, sign: 1 | -1): Float32Array | undefined {
  const step = Math.max(1, Math.round(strip.em * WINDOW));
  const told: { readonly at: number; readonly level: number }[] = [];
  for (let from = 0; from < strip.width; from += step) {
    const to = Math.min(strip.width, from + step);
    const counts = histogram(strip, from, to);
    const limit = Math.round(threshold((from + to) >> 1));
    if (sign < 0) counts.fill(0, 0, clamped(limit));
    else counts.fill(0, clamped(limit), 256);
    const count = counts.reduce((sum, each) => sum + each, 0);
    if (count >= (to - from) * strip.height * LEAST_PAPER) told.push({ at: (from + to) / 2, level: medianOf(counts) });
  }
  const [first] = told;
  if (!first) return undefined;
  const levels = new Float32Array(strip.width);
  let next = 0;
  for (let column = 0; column < strip.width; column++) {
    while (next < told.length && (told[next]?.at ?? 0) <= column) next += 1;
    const [before, after] = [told[next - 1] ?? first, told[next] ?? told[next - 1] ?? first];
    const share = after.at > before.at ? (column - before.at) / (after.at - before.at) : 0;
    levels[column] = before.level + (after.level - before.level) * share;
  }
  return levels;
}

function clamped(level: number): number {
  return Math.max(0, Math.min(256, level));
}

/** How often each luminance is in the columns from `from` to `to`. */
function histogram({ light, source, width, height }: Strip, from: number, to: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (let row = 0; row < height; row++)
    for (let index = row * width + from; index < row * width + to; index++)
      if ((source[index] as number) >= 0) counts[light[index] as number] = (counts[light[index] as number] as number) + 1;
  return counts;
}

function classOf(counts: Uint32Array, from: number, to: number): { readonly count: number; readonly mean: number } {
  let [count, sum] = [0, 0];
  for (let level = from; level < to; level++) {
    count += counts[level] as number;
    sum += (counts[level] as number) * level;
  }
  return { count, mean: count > 0 ? sum / count : 0 };
}

/** The level that parts two classes so that they differ most from each other. */
function otsu(counts: Uint32Array): number {
  const all = classOf(counts, 0, 256);
  let [best, most, count, sum] = [128, -1, 0, 0];
  for (let level = 0; level < 255; level++) {
    count += counts[level] as number;
    sum += (counts[level] as number) * level;
    const others = all.count - count;
    if (count === 0 || others === 0) continue;
    const between = count * others * (sum / count - (all.mean * all.count - sum) / others) ** 2;
    if (between > most) [most, best] = [between, level + 1];
  }
  return best;
}

/** The level that half of all lie below; 0 of none. */
function medianOf(counts: Uint32Array): number {
  let left = counts.reduce((sum, each) => sum + each, 0) / 2;
  if (left === 0) return 0;
  for (let level = 0; level < counts.length; level++) {
    left -= counts[level] as number;
    if (left <= 0) return level;
  }
  return 0;
}
