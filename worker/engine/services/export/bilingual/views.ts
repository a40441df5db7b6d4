import type { PDFPage } from "pdf-lib";
import type { Box } from "../../../document/geometry.ts";
import type { Matrix } from "../../../document/matrix.ts";

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
