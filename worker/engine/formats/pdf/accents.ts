import type { PlacedGlyph } from "./runs.ts";

/** Accents that take a place of their own, as TeX's old fonts set them over a letter, and the marks that join it. */
const JOINING: Readonly<Record<string, string>> = {
  "`": "\u0300",
  "´": "\u0301",
  "^": "\u0302",
  ˆ: "\u0302",
  "˜": "\u0303",
  "¯": "\u0304",
  "˘": "\u0306",
  "˙": "\u0307",
  "¨": "\u0308",
  "˚": "\u030a",
  "˝": "\u030b",
  ˇ: "\u030c",
  "¸": "\u0327",
  "˛": "\u0328",
};
const DOTLESS: Readonly<Record<string, string>> = { ı: "i", ȷ: "j" };

/** `glyphs` with accents that are drawn over a letter made part of it. */
export function withAccents(glyphs: readonly PlacedGlyph[]): readonly PlacedGlyph[] {
  if (!glyphs.some(({ text }) => Object.hasOwn(JOINING, text))) return glyphs;
  const made: PlacedGlyph[] = [];
  let waiting: { readonly mark: string; readonly accent: PlacedGlyph } | undefined;
  for (const [i, glyph] of glyphs.entries()) {
    const mark = Object.hasOwn(JOINING, glyph.text) ? JOINING[glyph.text] : undefined;
    const [last, next] = [made.at(-1), glyphs[i + 1]];
    if (mark !== undefined && next && isOver(glyph, next)) waiting = { mark, accent: glyph };
    else if (mark !== undefined && last && isOver(glyph, last)) made[made.length - 1] = accented(last, mark, glyph);
    else {
      made.push(waiting === undefined ? glyph : accented(glyph, waiting.mark, waiting.accent));
      waiting = undefined;
    }
  }
  return made;
}

function isOver(accent: PlacedGlyph, letter: PlacedGlyph): boolean {
  const middle = accent.along + accent.width / 2;
  return /^\p{L}/u.test(letter.text) && middle > letter.along && middle < letter.along + letter.width;
}

function accented(letter: PlacedGlyph, mark: string, accent: PlacedGlyph): PlacedGlyph {
  const text = ((DOTLESS[letter.text] ?? letter.text) + mark).normalize("NFC");
  return { ...letter, text, also: [letter, accent].flatMap(({ shown, also = [] }) => [...(shown ? [shown] : []), ...also]) };
}
