import type { Picture } from "../../formats/format.ts";
import type { PixelBox } from "./hocr.ts";
import { Ink } from "./ink.ts";
import { cut } from "./prepare.ts";

/** Of levelled paper no pixel is darker; the palest print that `level` knows of is. */
const PAPER = 224;
/** Tesseract wants some paper around what it reads. */
const MARGIN_POINTS = 12;
/** Of the page: a smaller rest is not worth the copy. */
const LARGEST = 0.92;

/** A picture without its empty margins, and where in the whole its upper left corner lies. */
export interface Trimmed {
  readonly image: Picture;
  readonly x: number;
  readonly y: number;
}

/** What Tesseract takes for a page grows with its paper: a fifth of a page's whole reading is the looking for pictures and rules on it. */
export function trim(image: Picture): Trimmed {
  const margin = Math.round(MARGIN_POINTS * image.pixelsPerPoint);
  const { x0, y0, x1, y1 } = inkOf(image);
  const [left, top] = [Math.max(0, x0 - margin), Math.max(0, y0 - margin)];
  const box = { x0: left, y0: top, x1: Math.min(image.width, x1 + margin), y1: Math.min(image.height, y1 + margin) };
  const size = (box.x1 - box.x0) * (box.y1 - box.y0);
  const isWorth = x1 > x0 && size < LARGEST * image.width * image.height;
  return isWorth ? { image: cut(image, box), x: left, y: top } : { image, x: 0, y: 0 };
}

/** The box around all that is not paper; only what lies outside of it is looked at. */
function inkOf(image: Picture): PixelBox {
  const { data, width, height } = image;
  const ink = new Ink(image);
  const isInk = (index: number) => (data[index] as number) < PAPER;
  const isRow = (y: number) => {
    const end = (y + 1) * width;
    for (let index = ink.from(y * width, end); index < end; index = ink.from(index + 1, end)) if (isInk(index)) return true;
    return false;
  };
  let [y0, y1] = [0, height];
  while (y0 < y1 && !isRow(y0)) y0++;
  while (y1 > y0 && !isRow(y1 - 1)) y1--;
  let [x0, x1] = [width, 0];
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    for (let x = ink.from(row, row + x0) - row; x < x0; x = ink.from(row + x + 1, row + x0) - row) if (isInk(row + x)) x0 = x;
    for (let x = width - 1; x >= x1; x--) if (isInk(row + x)) x1 = x + 1;
  }
  return { x0, y0, x1, y1 };
}
