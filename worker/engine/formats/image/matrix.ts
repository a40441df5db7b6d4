import type { Box, QuarterTurn } from "../../document/geometry.ts";
import type { Matrix } from "../../document/matrix.ts";
import type { PageGeometry } from "../../document/model.ts";
import { skewMatrix } from "../../inpainting/skew.ts";

/** From the page's lines, straightened, to the page as it is looked at, upright. In points. */
export function straightenedToUpright({ width, height, skew }: PageGeometry): Matrix {
  return skewMatrix({ width, height, ...(skew === undefined ? {} : { skew }) });
}

/** From a page that was turned by `turn` clockwise to be read, back to the page as it was scanned. `width` and `height` are the turned page's. */
export function uprightToScanned(turn: QuarterTurn, { width, height }: { readonly width: number; readonly height: number }): Matrix {
  if (turn === 90) return [0, -1, 1, 0, 0, width];
  if (turn === 180) return [-1, 0, 0, -1, width, height];
  return turn === 270 ? [0, 1, -1, 0, height, 0] : [1, 0, 0, 1, 0, 0];
}

/** A PDF's images fill the square from (0, 0) to (1, 1), upright: to a box of a page whose y grows downwards. */
export function squareToBox({ x0, y0, x1, y1 }: Box): Matrix {
  return [x1 - x0, 0, 0, y0 - y1, x0, y1];
}

/** The same square, shown as EXIF's orientation says (1 to 8: the sides that its first row and first column are on). */
export function squareToOriented(orientation: number): Matrix {
  return ORIENTATIONS[orientation] ?? [1, 0, 0, 1, 0, 0];
}

const ORIENTATIONS: Readonly<Record<number, Matrix>> = {
  2: [-1, 0, 0, 1, 1, 0],
  3: [-1, 0, 0, -1, 1, 1],
  4: [1, 0, 0, -1, 0, 1],
  5: [0, -1, -1, 0, 1, 1],
  6: [0, -1, 1, 0, 0, 1],
  7: [0, 1, 1, 0, 0, 0],
  8: [0, 1, -1, 0, 1, 0],
};
