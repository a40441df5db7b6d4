import { type Box, contains } from "../../../document/geometry.ts";
import type { GlyphRange } from "../anchors.ts";
import type { Shown, TracedGlyph } from "../marks.ts";
import { boxOf } from "./along.ts";
import type { Trace } from "./trace.ts";

/** No operator shows as many glyphs as this: a page does not. */
const STRIDE = 2 ** 20;

/** The glyphs of one page that are to go, by operator and place. */
export class Gone {
  readonly #keys: Set<number>;
  readonly has = (glyph: Shown): boolean => this.#keys.has(keyOf(glyph));

  /** Those of `others` to begin with. */
  constructor(others?: Gone) {
    this.#keys = new Set(others ? others.#keys : []);
  }

  /** Those of `ranges` that are on `page`. */
  addRanges(ranges: readonly GlyphRange[], page: number): void {
    for (const [on, operator, from, to] of ranges)
      if (on === page) for (let index = from; index < to; index++) this.#keys.add(keyOf({ operator, index }));
  }

  add(glyph: Shown): void {
    this.#keys.add(keyOf(glyph));
  }

  /** Those that nobody sees, where one of `boxes` is. */
  addHidden({ glyphs, hidden }: Trace, boxes: readonly Box[]): void {
    for (const shown of glyphs.values())
      for (const glyph of shown) {
        if (!hidden.has(keyOf(glyph)) || this.has(glyph)) continue;
        const { x0, y0, x1, y1 } = boxOf(glyph);
        if (boxes.some((box) => contains(box, (x0 + x1) / 2, (y0 + y1) / 2))) this.add(glyph);
      }
  }

  /** Blanks between and beside glyphs that go, go with them: they would part the words that are set there. */
  addBlanks({ glyphs }: Trace): void {
    const numbers = [...glyphs.keys()].sort((a, b) => a - b);
    let blanks: TracedGlyph[] = [];
    let isLastGone = false;
    for (const number of numbers)
      for (const glyph of glyphs.get(number) ?? []) {
        if (glyph.text.trim() === "") {
          if (isLastGone) this.add(glyph);
          else blanks.push(glyph);
          continue;
        }
        isLastGone = this.has(glyph);
        if (isLastGone) for (const blank of blanks) this.add(blank);
        blanks = [];
      }
  }
}

/** Where what goes stood. */
export function goneBoxes({ glyphs }: Trace, gone: Gone): Box[] {
  return [...glyphs.values()].flatMap((shown) => shown.filter(gone.has).map(boxOf));
}

/** A number for a glyph that no other glyph of its page has. */
export function keyOf({ operator, index }: Shown): number {
  return operator * STRIDE + index;
}
