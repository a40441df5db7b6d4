import sharp from "sharp";
import type { Picture } from "../../formats/format.ts";

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
export async function skewOf(image: Picture): Promise<Skew> {
  const { data, width, height } = await probe(image);
  const across = profile(edges(data, width, width), [width, height]);
  if (across.count < LEAST_EDGES) return { degrees: 0, sideways: false };
  const down = profile(edges(data, width, 1), [height, width], true);
  const degrees = bestSlope(across.sharpness);
  const level = across.sharpness(degrees) / across.count ** 2;
  const upright = down.count < LEAST_EDGES ? 0 : down.sharpness(bestSlope(down.sharpness)) / down.count ** 2;
  const worth = Math.abs(degrees) >= MIN_SKEW_DEGREES && across.sharpness(degrees) > GAIN * across.sharpness(0);
  return { degrees: worth ? degrees : 0, sideways: upright * width > level * height * SIDEWAYS_GAIN };
}

async function probe({ data, width, height }: Picture) {
  const scaled = sharp(data, { raw: { width, height, channels: 1 } }).resize({
    ...{ width: PROBE_SIDE, height: PROBE_SIDE, fit: "inside", withoutEnlargement: true },
  });
  const { data: pixels, info } = await scaled.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height };
}

interface Points {
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

/** Dark pixels whose neighbour `before` them is light. */
function edges(data: Buffer, width: number, before: number): Points {
  const isEdge = (index: number) => (data[index] as number) < DARK && (data[index - before] as number) >= DARK;
  let count = 0;
  for (let index = before; index < data.length; index++) if (isEdge(index)) count++;
  // Of many edges every few tell as much.
  const step = Math.max(1, Math.ceil(count / MOST_EDGES));
  const taken = new Int32Array(Math.ceil(count / step));
  let seen = 0;
  for (let index = before; index < data.length; index++) if (isEdge(index) && seen++ % step === 0) taken[(seen - 1) / step] = index;
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
