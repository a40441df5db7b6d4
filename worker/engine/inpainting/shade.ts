import type { Strip } from "./strip.ts";

/** How fine the paper's shade is followed, in ems; grain is averaged over a cell. */
const CELL = 0.2;
const LEAST_CELL = 4;
/** So many pixels of paper tell a cell's color without its neighbours. */
const ENOUGH = 8;

/** The smooth shade of a strip's paper: its color at the middles of the cells of a grid, three figures each. */
export interface Shade {
  readonly side: number;
  readonly columns: number;
  readonly rows: number;
  readonly colors: Float32Array;
}

/** A level of the pyramid: sums of color and how many pixels they are of, four figures a cell. */
interface Level {
  readonly columns: number;
  readonly rows: number;
  readonly sums: Float32Array;
}

/**
 * The shade of `strip` by what of it is not in `covered` (a byte a pixel). Cells without paper take it from the nearest that
 * have some, by pull and push over coarser and coarser grids (Gortler et al., "The Lumigraph", 1996), at the cost of about
 * one pass over the cells. Undefined where all is covered.
 */
export function shadeOf(strip: Strip, covered: Uint8Array): Shade | undefined {
  const side = Math.max(LEAST_CELL, Math.round(strip.em * CELL));
  const finest = summed(strip, covered, side);
  const levels = [finest];
  for (let last = finest; last.columns > 1 || last.rows > 1; levels.push(last)) last = halved(last);
  const coarsest = levels.at(-1) as Level;
  if ((coarsest.sums[3] as number) === 0) return undefined;
  let colors = meansOf(coarsest);
  for (let level = levels.length - 2; level >= 0; level--) colors = pushed(levels[level] as Level, levels[level + 1] as Level, colors);
  return { side, columns: finest.columns, rows: finest.rows, colors };
}

/** The color at a place of the strip, by the cells around it, into `color`. */
export function shadeAt({ side, columns, rows, colors }: Shade, column: number, row: number, color: Float32Array): void {
  sample({ columns, rows }, colors, (column + 0.5) / side - 0.5, (row + 0.5) / side - 0.5, color);
}

function summed({ data, source, width, height }: Strip, covered: Uint8Array, side: number): Level {
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  const sums = new Float32Array(columns * rows * 4);
  for (let row = 0; row < height; row++) {
    const first = Math.floor(row / side) * columns;
    for (let column = 0; column < width; column++) {
      const index = row * width + column;
      if (covered[index] || (source[index] as number) < 0) continue;
      const cell = (first + Math.floor(column / side)) * 4;
      for (let channel = 0; channel < 3; channel++)
        sums[cell + channel] = (sums[cell + channel] as number) + (data[index * 3 + channel] as number);
      sums[cell + 3] = (sums[cell + 3] as number) + 1;
    }
  }
  return { columns, rows, sums };
}

function halved({ columns, rows, sums }: Level): Level {
  const half = { columns: Math.ceil(columns / 2), rows: Math.ceil(rows / 2) };
  const halves = new Float32Array(half.columns * half.rows * 4);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [from, to] = [(row * columns + column) * 4, ((row >> 1) * half.columns + (column >> 1)) * 4];
      for (let figure = 0; figure < 4; figure++) halves[to + figure] = (halves[to + figure] as number) + (sums[from + figure] as number);
    }
  return { ...half, sums: halves };
}

function meansOf({ sums }: Level): Float32Array {
  const colors = new Float32Array((sums.length / 4) * 3);
  for (let cell = 0; cell * 4 < sums.length; cell++)
    for (let channel = 0; channel < 3; channel++)
      colors[cell * 3 + channel] = (sums[cell * 4 + channel] as number) / Math.max(1, sums[cell * 4 + 3] as number);
  return colors;
}

/** The colors of `fine`: its own means, as far as they are of pixels enough, and those of the coarser level around. */
function pushed(fine: Level, coarse: Level, coarseColors: Float32Array): Float32Array {
  const colors = meansOf(fine);
  const given = new Float32Array(3);
  for (let row = 0; row < fine.rows; row++)
    for (let column = 0; column < fine.columns; column++) {
      const cell = row * fine.columns + column;
      const own = Math.min(1, (fine.sums[cell * 4 + 3] as number) / ENOUGH);
      if (own === 1) continue;
      sample(coarse, coarseColors, column / 2 - 0.25, row / 2 - 0.25, given);
      for (let channel = 0; channel < 3; channel++)
        colors[cell * 3 + channel] = (colors[cell * 3 + channel] as number) * own + (given[channel] as number) * (1 - own);
    }
  return colors;
}

/** Between the four cells around a place that is given in cells. */
function sample({ columns, rows }: Omit<Level, "sums">, colors: Float32Array, atX: number, atY: number, into: Float32Array): void {
  const [x, y] = [Math.max(0, Math.min(columns - 1, atX)), Math.max(0, Math.min(rows - 1, atY))];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)];
  const [dx, dy] = [x - left, y - top];
  const [a, b] = [(top * columns + left) * 3, (top * columns + right) * 3];
  const [c, d] = [(bottom * columns + left) * 3, (bottom * columns + right) * 3];
  for (let channel = 0; channel < 3; channel++) {
    const above = (colors[a + channel] as number) * (1 - dx) + (colors[b + channel] as number) * dx;
    const below = (colors[c + channel] as number) * (1 - dx) + (colors[d + channel] as number) * dx;
    into[channel] = above * (1 - dy) + below * dy;
  }
}
