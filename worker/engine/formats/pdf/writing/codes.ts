import type { TracedGlyph } from "../marks.ts";
import { Uneditable } from "./uneditable.ts";

/** No code of a CMap is longer (ISO 32000-2, 9.7.6.2). */
const LONGEST = 4;

/**
 * The codes of the glyphs that `bytes` show, in order. Fonts with a CMap have codes of one to four bytes: they are cut by the
 * numbers that pdf.js read. Throws Uneditable if they cannot be.
 */
export function codesOf(bytes: Uint8Array, glyphs: readonly TracedGlyph[]): readonly Uint8Array[] {
  const composite = glyphs[0]?.composite === true;
  const lengths = composite ? [2, 1] : [1];
  for (const length of lengths) {
    if (bytes.length !== length * glyphs.length) continue;
    const codes = glyphs.map((_, index) => bytes.subarray(index * length, (index + 1) * length));
    if (!composite || codes.every((code, index) => isCode(code, glyphs[index]))) return codes;
  }
  if (!composite) throw new Uneditable("A text operator has another number of letters.");
  return mixedCodes(bytes, glyphs);
}

function isCode(bytes: Uint8Array, glyph: TracedGlyph | undefined): boolean {
  return glyph?.code === undefined || numberOf(bytes) === glyph.code;
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

/** The shortest code at each place that is the glyph's number; one that is no code counts as one byte. */
function mixedCodes(bytes: Uint8Array, glyphs: readonly TracedGlyph[]): readonly Uint8Array[] {
  let at = 0;
  const codes = glyphs.map((glyph) => {
    const left = Math.min(LONGEST, bytes.length - at);
    let length = 1;
    while (length <= left && !isCode(bytes.subarray(at, at + length), glyph)) length++;
    if (length > left) throw new Uneditable("The codes of a text operator are not those that were read.");
    at += length;
    return bytes.subarray(at - length, at);
  });
  if (at !== bytes.length) throw new Uneditable("A text operator has another number of letters.");
  return codes;
}
