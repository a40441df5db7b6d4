import { grown } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import { Cover } from "./cover.ts";
import type { PixelBox } from "./hocr.ts";
import { Ink } from "./ink.ts";

const DARK = 128;
/** Eight points to a tile's side: half a line of text. */
const TILE_POINTS = 8;
/** Of a tile; less is what a letter's accent or a scanner's speck leaves. */
const LEAST_INK = 0.03;
/** In points to its longer and its shorter side: a signature's, not a bullet's or a comma's. */
const LEAST_LONG = 44;
const LEAST_SHORT = 16;
/** How far around a word or a rule its ink may reach. */
const REACH_POINTS = 1;
/** A frame or a scanner's black edge lies around the page's words; a drawing does not. */
const MOST_WORDS_INSIDE = 0.02;

/** What is on the page and is neither a word nor one of `others`: drawings, codes, signatures, writing that was not read at all. In pixels. */
export function findDrawings(image: Picture, words: readonly PixelBox[], others: readonly PixelBox[]): PixelBox[] {
  const size = Math.max(4, Math.round(TILE_POINTS * image.pixelsPerPoint));
  const columns = Math.ceil(image.width / size);
  const reach = Math.max(2, Math.round(REACH_POINTS * image.pixelsPerPoint));
  const known = [...words, ...others].map((box) => grown(box, reach));
  const ink = inkBeside(image, known, { size, columns });
  const dark = ink.map((count) => (count > LEAST_INK * size * size ? 1 : 0));
  const [long, short] = [LEAST_LONG * image.pixelsPerPoint, LEAST_SHORT * image.pixelsPerPoint];
  return connected(dark, columns)
    .map(({ x0, y0, x1, y1 }) => ({
      x0: x0 * size,
      y0: y0 * size,
      x1: Math.min(image.width, x1 * size),
      y1: Math.min(image.height, y1 * size),
    }))
    .filter((box) => {
      const sides = [box.x1 - box.x0, box.y1 - box.y0];
      return Math.max(...sides) >= long && Math.min(...sides) >= short && !liesAround(box, words);
    });
}

/** Of each tile the dark pixels that lie in none of `known`. */
function inkBeside(image: Picture, known: readonly PixelBox[], { size, columns }: { size: number; columns: number }): Int32Array {
  const { data, width, height } = image;
  const count = new Int32Array(columns * Math.ceil(height / size));
  const ink = new Ink(image);
  const cover = new Cover(known, width);
  for (let y = 0; y < height; y++) {
    const tiles = Math.floor(y / size) * columns;
    const row = y * width;
    const covered = cover.row(y);
    for (let from = ink.from(row, row + width), to = from; from < row + width; from = ink.from(to, row + width)) {
      to = ink.until(from, row + width);
      for (let index = from; index < to; index++) {
        if ((data[index] as number) >= DARK || covered[index - row]) continue;
        const tile = tiles + Math.floor((index - row) / size);
        count[tile] = (count[tile] as number) + 1;
      }
    }
  }
  return count;
}

/** Boxes, in tiles, around dark tiles that touch, at a corner too, or with one between. */
function connected(dark: Int32Array, columns: number): PixelBox[] {
  const seen = new Uint8Array(dark.length);
  const rows = dark.length / columns;
  const boxes: PixelBox[] = [];
  for (let start = 0; start < dark.length; start++) {
    if (!dark[start] || seen[start]) continue;
    const queue = [start];
    seen[start] = 1;
    let [x0, y0, x1, y1] = [columns, rows, 0, 0];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [column, row] = [next % columns, Math.floor(next / columns)];
      [x0, y0, x1, y1] = [Math.min(x0, column), Math.min(y0, row), Math.max(x1, column + 1), Math.max(y1, row + 1)];
      for (let y = Math.max(0, row - 2); y <= Math.min(rows - 1, row + 2); y++)
        for (let x = Math.max(0, column - 2); x <= Math.min(columns - 1, column + 2); x++) {
          const beside = y * columns + x;
          if (!dark[beside] || seen[beside]) continue;
          seen[beside] = 1;
          queue.push(beside);
        }
    }
    boxes.push({ x0, y0, x1, y1 });
  }
  return boxes;
}

function liesAround(box: PixelBox, words: readonly PixelBox[]): boolean {
  const inside = words.filter(({ x0, y0, x1, y1 }) => {
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    return x > box.x0 && x < box.x1 && y > box.y0 && y < box.y1;
  });
  return inside.length > MOST_WORDS_INSIDE * words.length;
}
