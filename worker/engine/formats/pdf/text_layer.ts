import type { QuarterTurn } from "../../document/geometry.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Word } from "../../layout/content.ts";
import { count, dropped } from "./annotations.ts";
import type { Glyph } from "./marks.ts";
import { isUnreadable } from "./unicode.ts";
import { countWords, keep, wordsOf } from "./words.ts";

/** In degrees: how far off a quarter turn letters may run. Pages that were fed askew have less. */
const ASKEW = 2;
/** With a larger part of a page's letters unreadable, the page is read by OCR. */
const UNREADABLE_PART = 0.1;
/**
 * A font that numbers its glyphs gives text only if the numbers are Unicode. Then so many of them are blanks, or so many
 * letters that are small, or of a script of the East; numbers as fonts count them are capitals, figures and stops.
 */
const BLANK_PART = 0.08;
const LETTER_PART = 0.3;
const REPLACEMENT = "\ufffd";

export interface TextLayer {
  readonly words: readonly Word[];
  readonly remarks: readonly Remark[];
  /** Too many of its letters have no reading. */
  readonly unreadable: boolean;
}

/** The words that `glyphs` make. */
export function textLayerOf(glyphs: readonly Glyph[], page: number): TextLayer {
  const readable = withoutNumbers(glyphs);
  const letters = readable.filter(({ text }) => text !== " ");
  const lost = letters.filter(({ text }) => isUnreadable(text)).length;
  if (lost > UNREADABLE_PART * letters.length) return { words: [], remarks: [], unreadable: true };
  const marked = lost === 0 ? readable : readable.map((glyph) => (isUnreadable(glyph.text) ? { ...glyph, text: REPLACEMENT } : glyph));
  const remarks: Remark[] = [];
  if (lost > 0)
    remarks.push(dropped(page, `${count(lost, "sign")} in fonts that do not say what they mean ${lost === 1 ? "is" : "are"} left out.`));
  const { turned, askew } = byTurn(marked);
  const all = [...turned].flatMap(([turn, some]) => wordsOf(some, turn, page));
  const words = lost === 0 ? all : keep(all, ({ text }) => !/^\ufffd+$/.test(text));
  for (const [degrees, some] of askew) {
    const number = countWords(some, (degrees * Math.PI) / 180);
    if (number > 0)
      remarks.push(dropped(page, `${count(number, "word")} set at an angle of ${degrees}° ${number === 1 ? "is" : "are"} left out.`));
  }
  return { words, remarks, unreadable: false };
}

/** `glyphs` with those unreadable that are only their numbers in a font. */
function withoutNumbers(glyphs: readonly Glyph[]): readonly Glyph[] {
  const numbered = glyphs.filter((glyph) => glyph.numbered);
  const blanks = numbered.filter(({ text }) => text === " ").length;
  const letters = numbered.filter(({ text }) => /[\p{Ll}\u0590-\u0dff]/u.test(text)).length;
  if (blanks >= BLANK_PART * numbered.length || letters >= LETTER_PART * numbered.length) return glyphs;
  return glyphs.map((glyph) => (glyph.numbered ? { ...glyph, text: REPLACEMENT } : glyph));
}

function byTurn(glyphs: readonly Glyph[]) {
  const turned = new Map<QuarterTurn, Glyph[]>();
  const askew = new Map<number, Glyph[]>();
  for (const glyph of glyphs) {
    const degrees = ((glyph.angle * 180) / Math.PI + 360) % 360;
    const quarter = (Math.round(degrees / 90) % 4) * 90;
    const off = Math.abs(((degrees - quarter + 540) % 360) - 180);
    if (off <= ASKEW) add(turned, quarter as QuarterTurn, glyph);
    else add(askew, Math.round(degrees), glyph);
  }
  return { turned, askew };
}

function add<Key>(groups: Map<Key, Glyph[]>, key: Key, glyph: Glyph): void {
  const group = groups.get(key);
  if (group) group.push(glyph);
  else groups.set(key, [glyph]);
}
