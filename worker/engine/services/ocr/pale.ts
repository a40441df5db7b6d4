import type { Picture } from "../../formats/format.ts";
import type { PixelBox } from "./hocr.ts";
import type { Tile, Tiles } from "./levels.ts";
import { type Prepared, toPage } from "./prepare.ts";

/** Of the way from ink to paper: what is paler after levelling, Tesseract takes for paper. */
const PALE = 0.5;
/** Letters cut a row of a tile more than once; a line, a frame or the edge of a ground does so once. Of a tile's rows: */
const CUT_ROWS = 0.12;
const LEAST_CUT_ROWS = 3;
/** How near to a word a tile is the word's, in points. */
const NEAR_WORD = 4;

/** What is known of a page's tiles when it is levelled. */
export interface Measured {
  readonly grid: Omit<Tiles, "picture" | "pale">;
  readonly tiles: readonly Tile[];
  readonly ground: readonly boolean[];
  /** What is made white and black in each tile. */
  readonly white: Float32Array;
  readonly black: Float32Array;
  /** Grey levels that ink must differ from its paper by. */
  readonly contrast: number;
}

/** Tiles that hold something like letters, so pale that levelling leaves it pale: 1 for each. */
export function findPale(image: Picture, { grid, tiles, ground, white, black, contrast }: Measured): Uint8Array {
  return Uint8Array.from(tiles, ({ ink, middle }, index) => {
    const [darkest, paper] = [black[index] as number, white[index] as number];
    const isPale = ground[index] && middle - ink > contrast && ink - darkest > PALE * (paper - darkest);
    return isPale && isCut(image, grid, index, (middle + ink) / 2) ? 1 : 0;
  });
}

function isCut({ data, width, height }: Picture, { size, columns }: Measured["grid"], index: number, between: number): boolean {
  const [left, top] = [(index % columns) * size, Math.floor(index / columns) * size];
  let rows = 0;
  for (let y = top; y < Math.min(height, top + size); y++) {
    let runs = 0;
    for (let x = left, before = false; x < Math.min(width, left + size); x++) {
      const isInk = (data[y * width + x] as number) < between;
      if (isInk && !before) runs++;
      before = isInk;
    }
    if (runs > 1) rows++;
  }
  return rows >= Math.max(LEAST_CUT_ROWS, CUT_ROWS * size);
}

/**
 * Where pale letters seem to stand that are none of `known` (words, pictures, drawings, in the prepared picture's pixels), in
 * points of the page before it was straightened. One tile alone may be a speck.
 */
export function paleAreas(prepared: Prepared, known: readonly PixelBox[]): PixelBox[] {
  const { tiles, tilePixelsPerPoint } = prepared;
  const left = Uint8Array.from(tiles.pale);
  const points = tiles.size / tilePixelsPerPoint;
  for (const box of known) {
    const [x, y] = toPage(prepared, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, true);
    const [wide, high] = [(box.x1 - box.x0) / prepared.image.pixelsPerPoint / 2, (box.y1 - box.y0) / prepared.image.pixelsPerPoint / 2];
    const column = (at: number) => Math.max(0, Math.min(tiles.columns - 1, Math.floor(at / points)));
    const row = (at: number) => Math.max(0, Math.min(tiles.rows - 1, Math.floor(at / points)));
    for (let down = row(y - high - NEAR_WORD); down <= row(y + high + NEAR_WORD); down++)
      left.fill(0, down * tiles.columns + column(x - wide - NEAR_WORD), down * tiles.columns + column(x + wide + NEAR_WORD) + 1);
  }
  return runsOf(left, tiles.columns).map(({ x0, y0, x1, y1 }) => ({ x0: x0 * points, y0: y0 * points, x1: x1 * points, y1: y1 * points }));
}

/** Rows of two tiles or more, in tiles. A line of letters may lie in two rows of tiles: it is said once. */
function runsOf(left: Uint8Array, columns: number): PixelBox[] {
  const runs: PixelBox[] = [];
  for (let row = 0; row < left.length / columns; row++)
    for (let column = 0; column < columns; column++) {
      if (!left[row * columns + column]) continue;
      const from = column;
      while (column + 1 < columns && left[row * columns + column + 1]) column++;
      const above = runs.some((run) => run.y1 === row && run.x0 <= column && run.x1 > from);
      if (column > from && !above) runs.push({ x0: from, y0: row, x1: column + 1, y1: row + 1 });
    }
  return runs;
}
