import type { Picture } from "../../formats/format.ts";

export const WHITE = 255;
/** Pixels to a stretch: a letter or two, so that the white between lines, and between columns, is passed over. */
const STRETCH = 64;

/**
 * Where a levelled picture may be other than white, by stretches of its pixels. Most of a page is paper: to look at its
 * pixels, four at a time, once for a filter takes less than a tenth of what each of them would by walking over it.
 */
export class Ink {
  readonly #inked: Uint8Array;

  constructor({ data }: Pick<Picture, "data">) {
    this.#inked = new Uint8Array(Math.ceil(data.length / STRETCH) + 1);
    const whole = Math.floor(data.length / STRETCH);
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    for (let stretch = 0; stretch < whole; stretch++) {
      const end = (stretch + 1) * STRETCH;
      let at = stretch * STRETCH;
      while (at < end && view.getInt32(at) === -1) at += 4;
      if (at < end) this.#inked[stretch] = 1;
    }
    // What is less than a stretch counts as ink: it is looked at anyway.
    this.#inked[whole] = 1;
  }

  /** The first pixel from `index` on that may be other than white; `end` if there is none before it. */
  from(index: number, end: number): number {
    let stretch = (index / STRETCH) | 0;
    if (this.#inked[stretch]) return index;
    do stretch++;
    while (stretch * STRETCH < end && !this.#inked[stretch]);
    return Math.min(end, stretch * STRETCH);
  }

  /** The first pixel from `index` on that is white for a stretch or more, `end` if there is none before it. */
  until(index: number, end: number): number {
    let stretch = (index / STRETCH) | 0;
    while (stretch * STRETCH < end && this.#inked[stretch]) stretch++;
    return Math.max(index, Math.min(end, stretch * STRETCH));
  }
}
