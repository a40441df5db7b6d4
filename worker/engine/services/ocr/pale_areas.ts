import type { PixelBox } from "./hocr.ts";
import { type Prepared, toPage } from "./prepare.ts";

/** How near to a word a tile is the word's, in points. */
const NEAR_WORD = 4;

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
