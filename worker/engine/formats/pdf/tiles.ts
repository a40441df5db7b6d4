import { type Box, heightOf, widthOf } from "../../document/geometry.ts";

/** A page is parted into at most so many rows and columns. */
const ROWS = 32;
const LEAST_SIDE = 24;

/** Finds what lies at a place of the page without looking at all that is on it. */
export class Tiles<Item extends { readonly box: Box }> {
  readonly #tiles = new Map<number, Item[]>();
  readonly #side: number;

  constructor(page: Box, items: readonly Item[]) {
    this.#side = Math.max(LEAST_SIDE, widthOf(page) / ROWS, heightOf(page) / ROWS);
    for (const item of items) this.#add(item);
  }

  #add(item: Item): void {
    const { x0, y0, x1, y1 } = item.box;
    for (let row = this.#step(y0); row <= this.#step(y1); row++)
      for (let column = this.#step(x0); column <= this.#step(x1); column++) {
        const tile = this.#tiles.get(row * 2 * ROWS + column);
        if (tile) tile.push(item);
        else this.#tiles.set(row * 2 * ROWS + column, [item]);
      }
  }

  /** What lies around the middle of `box`: some of it may not touch it. */
  near({ x0, y0, x1, y1 }: Box): readonly Item[] {
    return this.#tiles.get(this.#step((y0 + y1) / 2) * 2 * ROWS + this.#step((x0 + x1) / 2)) ?? [];
  }

  #step(place: number): number {
    return Math.min(ROWS, Math.max(0, Math.floor(place / this.#side)));
  }
}
