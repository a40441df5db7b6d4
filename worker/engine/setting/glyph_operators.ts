import type { EmbeddedFace } from "./embedded_face.ts";
import { pdfNumber } from "./pdf_numbers.ts";
import type { GlyphRun, ShapedGlyph } from "./sheet.ts";
import { hexOf, utf16 } from "./to_unicode.ts";

/** Behind the point, of the numbers that letters are set by. */
export const DIGITS = 3;

/** A glyph, and where its origin is in the run, in thousandths of an em. */
interface Placed extends ShapedGlyph {
  readonly at: number;
}

/**
 * What shows the glyphs of a run where HarfBuzz places them, from the text position on. Those without a text of their own,
 * as the dots of Arabic letters are, come last: between the letters they would end words for those who take the text out.
 */
export function glyphOperators({ glyphs, size }: GlyphRun, face: EmbeddedFace): string {
  const writer = new GlyphWriter(size, face);
  let pen = 0;
  const placed = glyphs.map((glyph): Placed => {
    const at = pen + glyph.dx * 1000;
    pen += glyph.advance * 1000;
    return { ...glyph, at };
  });
  for (const word of wordsOf(placed.filter(({ text }) => text !== ""))) {
    if (isScattered(word)) writer.replaced(word);
    else for (const glyph of word) writer.glyph(glyph);
  }
  for (const glyph of placed) if (glyph.text === "") writer.glyph(glyph);
  return writer.finish();
}

/** With the blanks between them as words of their own. */
function wordsOf(glyphs: readonly Placed[]): Placed[][] {
  const words: Placed[][] = [];
  for (const glyph of glyphs) {
    const before = words.at(-1)?.[0];
    if (before && (before.text === " ") === (glyph.text === " ")) words.at(-1)?.push(glyph);
    else words.push([glyph]);
  }
  return words;
}

/** Its marks are moved from where the pen is: those who take the text out see ends of words there. */
function isScattered(word: readonly ShapedGlyph[]): boolean {
  return word.some(({ dx, dy }) => dx !== 0 || dy !== 0) && !isRightToLeft(word);
}

/** Of those some want the text as it is seen, and some as it is read. */
function isRightToLeft(word: readonly ShapedGlyph[]): boolean {
  return word.some(({ text }) => /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/.test(text));
}

/** What is nearer than this, in thousandths of an em, is at its place. */
const NEAR = 0.5;

class GlyphWriter {
  readonly #size: number;
  readonly #face: EmbeddedFace;
  readonly #written: string[] = [];
  #array = "";
  #codes = "";
  #pen = 0;
  #rise = 0;

  constructor(size: number, face: EmbeddedFace) {
    this.#size = size;
    this.#face = face;
  }

  glyph(glyph: Placed): void {
    if (Math.abs(glyph.dy - this.#rise) > 1e-4) {
      this.#show();
      this.#rise = glyph.dy;
      this.#written.push(`${pdfNumber(this.#rise * this.#size, DIGITS)} Ts `);
    }
    const moved = Math.abs(glyph.at - this.#pen) >= NEAR ? Math.round((glyph.at - this.#pen) * 10) / 10 : 0;
    if (moved !== 0) {
      this.#flush();
      this.#array += pdfNumber(-moved, DIGITS);
    }
    this.#codes += hexOf(this.#face.codeOf(glyph));
    if (glyph.text === "") {
      // What is moved behind a glyph that they pass over, some readers pass over as well: this takes its place.
      this.#flush();
      this.#array += "0.01 ";
    }
    this.#pen += moved + this.#face.widthOf(glyph);
  }

  /** A word whose text is said as a whole (ISO 32000-1, 14.9.4). */
  replaced(word: readonly Placed[]): void {
    this.#show();
    const text = word.map((glyph) => glyph.text).join("");
    this.#written.push(`/Span <</ActualText <FEFF${utf16(text)}>>> BDC `);
    for (const glyph of word) this.glyph(glyph);
    this.#show();
    this.#written.push("EMC ");
  }

  finish(): string {
    this.#show();
    if (this.#rise !== 0) this.#written.push("0 Ts ");
    return this.#written.join("");
  }

  #flush(): void {
    if (this.#codes) this.#array += `<${this.#codes}>`;
    this.#codes = "";
  }

  #show(): void {
    this.#flush();
    if (this.#array) this.#written.push(`[${this.#array}] TJ `);
    this.#array = "";
  }
}
