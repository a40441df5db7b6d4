import type { Picture } from "../../formats/format.ts";

/** Of the way from ink to paper: what is paler after levelling, Tesseract takes for paper. */
const PALE = 0.5;
/** Letters cut a row of a tile more than once; a line, a frame or the edge of a ground does so once. Of a tile's rows: */
const CUT_ROWS = 0.12;
const LEAST_CUT_ROWS = 3;
/** What is known of a page's tiles when it is levelled. */
export interface Measured {
  /** `size` is in pixels. */
  readonly grid: { readonly size: number; readonly columns: number };
  /** Grey levels of each: its darkest pixels', and the one that half of them are no lighter than. */
  readonly tiles: readonly { readonly ink: number; readonly middle: number }[];
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
