import { shadeAt, shadeOf } from "./shade.ts";
import type { Strip } from "./strip.ts";

/** Grain is copied in squares of so many pixels, so that its own pattern stays. */
const TILE = 8;
/** From fewer squares a pattern of their own would be seen. */
const LEAST_TILES = 6;

/**
 * Lays paper over `wanted` (a byte a pixel) of the strip: the shade of what around it is not `covered`, with its grain.
 * False where there is no paper to go by.
 */
export function layPaper(strip: Strip, covered: Uint8Array, wanted: Uint8Array): boolean {
  const shade = shadeOf(strip, covered);
  if (!shade) return false;
  const tiles = cleanTiles(strip, covered);
  const grainy = tiles.length >= LEAST_TILES;
  const { data, width } = strip;
  const color = new Float32Array(3);
  const clamped = Uint8ClampedArray.of(0);
  for (let index = 0; index < wanted.length; index++) {
    if (!wanted[index]) continue;
    const column = index % width;
    const row = (index - column) / width;
    shadeAt(shade, column, row, color);
    const tile = grainy ? (tiles[tileAt(column >> 3, row >> 3, tiles.length)] as Tile) : undefined;
    const from = tile ? (tile.index + (row & (TILE - 1)) * width + (column & (TILE - 1))) * 3 : 0;
    for (let channel = 0; channel < 3; channel++) {
      const grain = tile ? (data[from + channel] as number) - (tile.mean[channel] as number) : 0;
      clamped[0] = (color[channel] as number) + grain;
      data[index * 3 + channel] = clamped[0];
    }
  }
  return true;
}

/** Which tile a square takes its grain from: by a hash of where it is, so that the result is the same every time. */
function tileAt(column: number, row: number, count: number): number {
  const seed = Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca6b);
  return (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 8) % count;
}

/** A square that is nothing but paper. */
interface Tile {
  /** Of its upper left pixel. */
  readonly index: number;
  readonly mean: readonly number[];
}

function cleanTiles(strip: Strip, covered: Uint8Array): Tile[] {
  const tiles: Tile[] = [];
  for (let row = 0; row + TILE <= strip.height; row += TILE / 2)
    for (let column = 0; column + TILE <= strip.width; column += TILE / 2) {
      const tile = tileFrom(strip, covered, row * strip.width + column);
      if (tile) tiles.push(tile);
    }
  return tiles;
}

function tileFrom({ data, source, width }: Strip, covered: Uint8Array, first: number): Tile | undefined {
  const mean = [0, 0, 0];
  for (let row = 0; row < TILE; row++)
    for (let index = first + row * width; index < first + row * width + TILE; index++) {
      if (covered[index] || (source[index] as number) < 0) return undefined;
      for (let channel = 0; channel < 3; channel++) mean[channel] = (mean[channel] as number) + (data[index * 3 + channel] as number);
    }
  return { index: first, mean: mean.map((sum) => sum / TILE ** 2) };
}
