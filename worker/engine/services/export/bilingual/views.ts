import type { PDFPage } from "pdf-lib";

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** As PDF has them: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What is seen of a page, in its own space: its crop box within its paper. */
export function boxOf(page: PDFPage): Box {
  const [media, crop] = [page.getMediaBox(), page.getCropBox()].map(({ x, y, width, height }) => ({
    x0: Math.min(x, x + width),
    y0: Math.min(y, y + height),
    x1: Math.max(x, x + width),
    y1: Math.max(y, y + height),
  })) as [Box, Box];
  const seen = {
    x0: Math.max(media.x0, crop.x0),
    y0: Math.max(media.y0, crop.y0),
    x1: Math.min(media.x1, crop.x1),
    y1: Math.min(media.y1, crop.y1),
  };
  return seen.x1 > seen.x0 && seen.y1 > seen.y0 ? seen : media;
}

/** The page as it is looked at, turned: its size, and the matrix from its own space, the origin at the bottom left. */
export function viewOf(page: PDFPage): { readonly matrix: Matrix; readonly width: number; readonly height: number } {
  const { x0, y0, x1, y1 } = boxOf(page);
  const [width, height] = [x1 - x0, y1 - y0];
  const turn = ((Math.round(page.getRotation().angle / 90) % 4) + 4) % 4;
  if (turn === 1) return { matrix: [0, -1, 1, 0, -y0, x1], width: height, height: width };
  if (turn === 2) return { matrix: [-1, 0, 0, -1, x1, y1], width, height };
  if (turn === 3) return { matrix: [0, 1, -1, 0, y1, -x0], width: height, height: width };
  return { matrix: [1, 0, 0, 1, -x0, -y0], width, height };
}

/** First `one`, then `other`. */
export function multiplied([a, b, c, d, e, f]: Matrix, [A, B, C, D, E, F]: Matrix): Matrix {
  return [a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F];
}

/** Of a matrix that turns and shifts. */
export function inverted([a, b, c, d, e, f]: Matrix): Matrix {
  const area = a * d - b * c;
  return [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
}

/** The box around what `box` becomes. */
export function applied([a, b, c, d, e, f]: Matrix, { x0, y0, x1, y1 }: Box): Box {
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ].map(([x = 0, y = 0]) => [a * x + c * y + e, b * x + d * y + f] as const);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}
