import type { Picture } from "../../formats/format.ts";
import { Ink, WHITE } from "./ink.ts";

const PROBE_SIDE = 1200;
const DARK = 128;
const MAX_SKEW_DEGREES = 10;
/** Tesseract follows lines that slope less. */
const MIN_SKEW_DEGREES = 0.2;
/** Fewer edges are a few words at most, whose own shape would be taken for a slope. */
const LEAST_EDGES = 300;
/** A page of print has sixty thousand at this size. */
const MOST_EDGES = 25_000;
/** How much sharper lines must be for a turn of the page, so that ragged drawings turn none. */
const GAIN = 1.05;
const SIDEWAYS_GAIN = 1.6;

export interface Skew {
  /** How far the lines fall to the right, in degrees; 0 if that cannot be told. */
  readonly degrees: number;
  /** Its lines run up or down rather than from side to side. */
  readonly sideways: boolean;
}

/**
 * The slope of a levelled page's lines, by the projection profile (Postl 1986): turned upright, the upper edges of its
 * letters gather in the fewest rows. Edges rather than dark pixels, so that a photo's mass does not outweigh the text.
 */
export function skewOf(image: Picture): Skew {
  const probed = probe(image);
  const { width, height } = probed;
  const ink = new Ink(probed);
  const across = profile(edges(probed, ink, width), [width, height]);
  if (across.count < LEAST_EDGES) return { degrees: 0, sideways: false };
  const down = profile(edges(probed, ink, 1), [height, width], true);
  const degrees = bestSlope(across.sharpness);
  const level = across.sharpness(degrees) / across.count ** 2;
  const upright = down.count < LEAST_EDGES ? 0 : down.sharpness(bestSlope(down.sharpness)) / down.count ** 2;
  const worth = Math.abs(degrees) >= MIN_SKEW_DEGREES && across.sharpness(degrees) > GAIN * across.sharpness(0);
  return { degrees: worth ? degrees : 0, sideways: upright * width > level * height * SIDEWAYS_GAIN };
}

/** `image` at the size that slopes are told at, if it is larger: each pixel the mean of those that come to lie on it. */
function probe(image: Picture): Picture {
  const { data, width, height } = image;
  const scale = PROBE_SIDE / Math.max(width, height);
  if (scale >= 1) return image;
  const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const columns = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * wide) / width));
  const across = new Uint8Array(wide);
  for (const column of columns) across[column] = (across[column] as number) + 1;
  const ink = new Ink(image);
  const small = Buffer.alloc(wide * high, WHITE);
  const sums = new Uint32Array(wide);
  for (let row = 0, y = 0; row < high; row++) {
    sums.fill(0);
    const first = y;
    for (; y < height && Math.floor((y * high) / height) === row; y++) {
      const end = (y + 1) * width;
      for (let from = ink.from(y * width, end), to = from; from < end; from = ink.from(to, end)) {
        to = ink.until(from, end);
        for (let index = from; index < to; index++) {
          const column = columns[index - y * width] as number;
          sums[column] = (sums[column] as number) + WHITE - (data[index] as number);
        }
      }
    }
    for (let x = 0; x < wide; x++) small[row * wide + x] = WHITE - (sums[x] as number) / ((across[x] as number) * (y - first));
  }
  return { ...image, data: small, width: wide, height: high };
}

interface Points {
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

/** Dark pixels whose neighbour `before` them is light. */
function edges({ data, width }: Picture, ink: Ink, before: number): Points {
  const found: number[] = [];
  for (let from = ink.from(before, data.length), to = from; from < data.length; from = ink.from(to, data.length)) {
    to = ink.until(from, data.length);
    for (let index = from; index < to; index++)
      if ((data[index] as number) < DARK && (data[index - before] as number) >= DARK) found.push(index);
  }
  // Of many edges every few tell as much.
  const step = Math.max(1, Math.ceil(found.length / MOST_EDGES));
  const taken = Int32Array.from({ length: Math.ceil(found.length / step) }, (_, at) => found[at * step] as number);
  return { xs: taken.map((index) => index % width), ys: taken.map((index) => Math.floor(index / width)) };
}

function profile({ xs, ys }: Points, [width, height]: readonly [number, number], turned = false) {
  const [along, across] = turned ? [ys, xs] : [xs, ys];
  const margin = Math.ceil(width * Math.tan((MAX_SKEW_DEGREES + 1) * (Math.PI / 180)));
  const rows = new Float64Array(height + 2 * margin + 2);
  const sharpness = (degrees: number): number => {
    rows.fill(0);
    const slope = Math.tan((degrees * Math.PI) / 180);
    for (let index = 0; index < along.length; index++) {
      const row = Math.round((across[index] as number) - (along[index] as number) * slope) + margin;
      rows[row] = (rows[row] ?? 0) + 1;
    }
    let sum = 0;
    for (const count of rows) sum += count * count;
    return sum;
  };
  return { count: along.length, sharpness };
}

function bestSlope(sharpness: (degrees: number) => number): number {
  const best = (from: number, to: number, step: number): number => {
    let [top, topValue] = [0, -1];
    for (let at = 0; from + at * step <= to + 1e-9; at++) {
      const value = sharpness(from + at * step);
      if (value > topValue) [top, topValue] = [from + at * step, value];
    }
    return top;
  };
  const coarse = best(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES, 0.5);
  const fine = best(coarse - 0.5, coarse + 0.5, 0.1);
  return Math.round(fine * 10) / 10;
}
