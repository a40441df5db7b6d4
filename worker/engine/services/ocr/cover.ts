import type { PixelBox } from "./hocr.ts";

/** Which pixels of a picture lie in one of some boxes, row by row from the first: boxes lie over one another, and a picture's worth of marks would be as large as it. */
export class Cover {
  readonly #coming: PixelBox[];
  readonly #covered: Uint8Array;
  #boxes: PixelBox[] = [];

  constructor(boxes: readonly PixelBox[], width: number) {
    this.#coming = boxes.toSorted((a, b) => b.y0 - a.y0);
    this.#covered = new Uint8Array(width);
  }

  /** 1 for each covered pixel of row `y`, until the next row is asked for. */
  row(y: number): Uint8Array {
    for (let next = this.#coming.at(-1); next && next.y0 < y + 1; next = this.#coming.at(-1)) this.#boxes.push(...this.#coming.splice(-1));
    this.#boxes = this.#boxes.filter(({ y1 }) => y1 > y);
    this.#covered.fill(0);
    for (const { x0, x1 } of this.#boxes) this.#covered.fill(1, Math.max(0, Math.floor(x0)), Math.max(0, Math.ceil(x1)));
    return this.#covered;
  }
}
