import { around } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import { Cover } from "./cover.ts";
import type { PixelBox } from "./hocr.ts";
import { Ink } from "./ink.ts";

const DARK = 128;
/** A page of print has a few thousand; one with more has a texture. */
export const MOST_SPOTS = 20_000;

/** Boxes around dark pixels that touch, where they lie in none of `known`. */
export function spotsBeside(known: readonly PixelBox[], image: Picture): PixelBox[] {
  const { data, width, height } = image;
  const ink = new Ink(image);
  const cover = new Cover(known, width);
  let above: Run[] = [];
  const spots = new Set<Spot>();
  for (let y = 0; y < height && spots.size <= MOST_SPOTS; y++) {
    const row = y * width;
    const covered = cover.row(y);
    const runs: Run[] = [];
    let at = 0;
    for (let from = ink.from(row, row + width); from < row + width; ) {
      const x = from - row;
      if ((data[from] as number) >= DARK || covered[x]) {
        from = ink.from(from + 1, row + width);
        continue;
      }
      let to = x + 1;
      while (to < width && (data[row + to] as number) < DARK && !covered[to]) to++;
      const run: Run = { from: x, to, spot: { x0: x, y0: y, x1: to, y1: y + 1 } };
      while (at < above.length && (above[at] as Run).to < x) at++;
      spots.add(run.spot);
      for (let index = at; index < above.length && (above[index] as Run).from <= to; index++) join(run, above[index] as Run, spots);
      runs.push(run);
      from = ink.from(row + to, row + width);
    }
    above = runs;
  }
  return [...spots];
}

interface Spot {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  /** What it turned out to be a part of. */
  whole?: Spot;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly spot: Spot;
}

function wholeOf(spot: Spot): Spot {
  let whole = spot;
  while (whole.whole) whole = whole.whole;
  if (spot !== whole) spot.whole = whole;
  return whole;
}

function join(a: Run, b: Run, spots: Set<Spot>): void {
  const [part, whole] = [wholeOf(a.spot), wholeOf(b.spot)];
  if (part === whole) return;
  Object.assign(whole, around([whole, part]));
  part.whole = whole;
  spots.delete(part);
}
