import type { Picture } from "../../formats/format.ts";
import type { PixelBox } from "./hocr.ts";
import { Ink } from "./ink.ts";

const DARK = 128;
/** Longer than the strokes of running text, and than the tops of curves that look straight: 58 pixels at 300 dpi. */
const LEAST_POINTS = 14;
/** What is thicker is a bar of a drawing or a photo. */
const THICKEST_POINTS = 3.4;
const LEAST_SLENDERNESS = 8;
/** Pixels that a worn line may lack in one place, or may drift by from one row to the next. */
const GAP = 3;
/** Of all its pixels it has this share: the feet of letters stand close, but with more between. */
const FULL = 0.97;
/** What is left of a page's slope where Tesseract, and so `skewOf`, lets it be: 0.3°. */
const MOST_SLOPE = 0.006;
/** A page has a few hundred; a halftone may have any number. */
const MAX_RUNS = 200_000;
const MAX_RULES = 2_000;

/** Lines that are drawn: level ones, and upright ones. In pixels. */
export interface Rulings {
  readonly level: readonly PixelBox[];
  readonly upright: readonly PixelBox[];
}

/** Straight lines of a levelled picture: long runs of dark pixels in a few rows or columns beside one another. */
export function findRulings(image: Picture): Rulings {
  const least = Math.round(LEAST_POINTS * image.pixelsPerPoint);
  const thickest = Math.max(2, Math.round(THICKEST_POINTS * image.pixelsPerPoint));
  const { across, down } = runs(image, least);
  const turned = join(down, thickest, least);
  return { level: join(across, thickest, least), upright: turned.map(({ x0, y0, x1, y1 }) => ({ x0: y0, y0: x0, x1: y1, y1: x1 })) };
}

interface Run {
  /** Or the column, of those that run down. */
  readonly row: number;
  from: number;
  to: number;
}

/** Those of the rows, and those of the columns, in one walk over the pixels: one down the columns would be as slow as memory is. */
function runs(image: Picture, least: number): { across: Run[]; down: Run[] } {
  const { data, width, height } = image;
  const ink = new Ink(image);
  const [across, down]: [Run[], Run[]] = [[], []];
  /** Of each column: where its last run began and ended, and its dark pixels. */
  const [begins, ends, darks] = [new Int32Array(width).fill(-1), new Int32Array(width), new Int32Array(width)];
  const add = (found: Run[], run: Run, dark: number) => {
    const length = run.to - run.from;
    if (run.from >= 0 && length >= least && dark >= length * FULL && found.length <= MAX_RUNS) found.push(run);
  };
  for (let y = 0; y < height; y++) {
    let begin = -1;
    let end = -1;
    let dark = 0;
    const row = y * width;
    for (let from = ink.from(row, row + width), to = from; from < row + width; from = ink.from(to, row + width)) {
      to = ink.until(from, row + width);
      for (let index = from; index < to; index++) {
        if ((data[index] as number) >= DARK) continue;
        const x = index - row;
        if (begin < 0 || x - end >= GAP) {
          if (end - begin >= least) add(across, { row: y, from: begin, to: end }, dark);
          begin = x;
          dark = 0;
        }
        end = x + 1;
        dark++;
        const above = ends[x] as number;
        if ((begins[x] as number) < 0 || y - above >= GAP) {
          if (above - (begins[x] as number) >= least) add(down, { row: x, from: begins[x] as number, to: above }, darks[x] as number);
          begins[x] = y;
          darks[x] = 0;
        }
        ends[x] = y + 1;
        darks[x] = (darks[x] as number) + 1;
      }
    }
    add(across, { row: y, from: begin, to: end }, dark);
  }
  for (let x = 0; x < width; x++) add(down, { row: x, from: begins[x] as number, to: ends[x] as number }, darks[x] as number);
  // A halftone's, which are none.
  const few = (found: Run[]) => (found.length > MAX_RUNS ? [] : found);
  return { across: few(across), down: few(down).sort((a, b) => a.row - b.row || a.from - b.from) };
}

interface Bar {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  /** Pixels of all its runs. */
  area: number;
}

/** Runs of rows next to each other that overlap, or nearly do, are one line. Runs come in the order of their rows. */
function join(found: readonly Run[], thickest: number, least: number): PixelBox[] {
  const done: Bar[] = [];
  let open: Bar[] = [];
  for (const { row, from, to } of found) {
    if (open.some((bar) => bar.y1 < row)) {
      done.push(...open.filter((bar) => bar.y1 < row));
      open = open.filter((bar) => bar.y1 >= row);
    }
    const beside = open.find((bar) => from <= bar.x1 + GAP && to >= bar.x0 - GAP);
    if (beside) {
      beside.x0 = Math.min(beside.x0, from);
      beside.x1 = Math.max(beside.x1, to);
      beside.y1 = row + 1;
      beside.area += to - from;
    } else open.push({ x0: from, x1: to, y0: row, y1: row + 1, area: to - from });
  }
  done.push(...open);
  return done
    .filter((bar) => isStraight(bar, thickest, least))
    .slice(0, MAX_RULES)
    .map(({ x0, x1, y0, y1 }) => ({ x0, x1, y0, y1 }));
}

/** A line drawn by a ruler is as thick as its box is high, but for what the page slopes; the top of a curve is not. */
function isStraight({ x0, x1, y0, y1, area }: Bar, thickest: number, least: number): boolean {
  const length = x1 - x0;
  const thickness = area / length;
  return (
    thickness <= thickest && y1 - y0 - thickness <= 1 + MOST_SLOPE * length && length >= Math.max(least, LEAST_SLENDERNESS * thickness)
  );
}
