import type { Picture } from "../../formats/format.ts";
import type { ReadWord } from "./hocr.ts";

/** Around each part on the sheet, of the highest one's height. */
const SPACE = 0.6;

/** Grey pixels of a part of a picture. */
export interface Cut {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** From where to where on a sheet a part stands. */
export interface Band {
  readonly y0: number;
  readonly y1: number;
}

/** Parts of `image`, at least one, one below the other on paper, to be read as lines of one block. */
export function sheetOf(image: Picture, cuts: readonly Cut[]): { sheet: Picture; bands: Band[] } {
  const space = Math.round(SPACE * Math.max(...cuts.map((cut) => cut.height)));
  const width = Math.max(...cuts.map((cut) => cut.width)) + 2 * space;
  const height = cuts.reduce((sum, cut) => sum + cut.height + space, space);
  const data = Buffer.alloc(width * height, 255);
  const bands: Band[] = [];
  let top = space;
  for (const cut of cuts) {
    for (let y = 0; y < cut.height; y++) cut.data.copy(data, (top + y) * width + space, y * cut.width, (y + 1) * cut.width);
    bands.push({ y0: top - space / 2, y1: top + cut.height + space / 2 });
    top += cut.height + space;
  }
  return { sheet: { ...image, data, width, height }, bands };
}

/** What was read of one part, from left to right. */
export function within(found: readonly ReadWord[], { y0, y1 }: Band): ReadWord[] {
  return found.filter(({ box }) => (box.y0 + box.y1) / 2 >= y0 && (box.y0 + box.y1) / 2 < y1).sort((a, b) => a.box.x0 - b.box.x0);
}
