import { areaOf, type Box, heightOf, sharedArea, widthOf } from "../../document/geometry.ts";
import type { Glyph, Marks } from "./marks.ts";
import { Tiles } from "./tiles.ts";

/** Of a page with more paint the largest pieces are looked at: small ones hide no words. */
const MAX_PAINTS = 2000;
/** A letter is hidden once so much of it is painted over. */
const COVERED = 0.7;
/** Lighter than this in each colour is white to the eye. */
const WHITE = 0xf8;

/** Marks glyphs that opaque paint covers later as hidden, and gives those that are white on nothing. */
export function hideCovered({ glyphs, paints }: Marks, page: Box): { readonly white: readonly Glyph[] } {
  const large = paints.length > MAX_PAINTS ? paints.toSorted((a, b) => areaOf(b.box) - areaOf(a.box)).slice(0, MAX_PAINTS) : paints;
  const tiles = new Tiles(page, large);
  const white: Glyph[] = [];
  for (const glyph of glyphs) {
    const there = tiles.near(glyph.box);
    const cover = there.find((paint) => paint.opaque && paint.order > glyph.order && hides(paint.box, glyph.box));
    if (cover) glyph.hidden = cover.kind === "image" ? "below a picture" : "painted over";
    else if (
      !glyph.hidden &&
      isWhite(glyph.color) &&
      !there.some((paint) => paint.order < glyph.order && !isWhite(paint.color) && touches(paint.box, glyph.box))
    )
      white.push(glyph);
  }
  return { white };
}

function hides(cover: Box, letter: Box): boolean {
  // The letter's box has room above and below that few letters fill.
  const trim = heightOf(letter) * 0.15;
  const ink = { ...letter, y0: letter.y0 + trim, y1: letter.y1 - trim };
  return widthOf(letter) <= 0 ? false : sharedArea(cover, ink) > COVERED * areaOf(ink);
}

function touches(ground: Box, letter: Box): boolean {
  return sharedArea(ground, letter) > 0.5 * areaOf(letter);
}

function isWhite(color: string | undefined): boolean {
  if (color === undefined) return false;
  const value = Number.parseInt(color.slice(1), 16);
  return value >> 16 >= WHITE && ((value >> 8) & 0xff) >= WHITE && (value & 0xff) >= WHITE;
}
