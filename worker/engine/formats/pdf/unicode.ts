import type { PdfFont } from "./fonts.ts";

/** A glyph as pdf.js gives it. */
export interface PdfGlyph {
  readonly unicode?: string;
  readonly width?: number;
  readonly vmetric?: readonly [number, number, number] | null;
  readonly isSpace?: boolean;
  readonly originalCharCode?: number;
}

/** Signs that stand for several letters, or for the shape that a letter has within a word. */
const PRESENTATION = /[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefe\u2f00-\u2fdf\uf900-\ufaff]/g;
const SPACES = /[\s\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control signs are what a font without Unicode gives.
const UNREADABLE = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd\ue000-\uf8ff]|[\u{f0000}-\u{10ffff}]/u;
const FORMATTING = /[\u200c-\u200f\u202a-\u202e\u2060-\u2064]/g;
/** Adobe's private letters and figures (small capitals, old-style figures) as fonts of the nineties have them. */
const ADOBE_SMALL_CAPITAL = 0xf761;
const ADOBE_OLD_FIGURE = 0xf730;

const NAMED: Readonly<Record<string, string>> = {
  space: " ",
  hyphen: "-",
  period: ".",
  comma: ",",
  zero: "0",
  one: "1",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
  quoteright: "’",
  quoteleft: "‘",
  ampersand: "&",
  dotlessi: "ı",
  germandbls: "ß",
  longs: "ſ",
};

/** The text of a glyph: letters of their own for ligatures, one blank for any white space, empty for nothing that is seen. */
export function textOf(glyph: PdfGlyph, font: PdfFont | undefined): string {
  let text = glyph.unicode ?? "";
  if (text === "" || isUnreadable(text)) text = ofName(nameOf(glyph, font)) ?? ofAdobe(text) ?? text;
  // What almost all glyphs are.
  if (text.length === 1 && text >= "!" && text <= "~") return text;
  text = text.replace(FORMATTING, "").replace(PRESENTATION, (sign) => sign.normalize("NFKC"));
  return text.replace(SPACES, " ").normalize("NFC");
}

export function isUnreadable(text: string): boolean {
  return UNREADABLE.test(text);
}

function nameOf({ originalCharCode: code }: PdfGlyph, font: PdfFont | undefined): string | undefined {
  if (code === undefined || font === undefined) return undefined;
  const { differences, defaultEncoding } = font;
  return (
    (differences instanceof Map ? differences.get(code) : (differences as readonly string[] | undefined)?.[code]) ?? defaultEncoding?.[code]
  );
}

/** As Adobe's glyph list specification reads names that are not in the list: "f_f_i", "uni00E9", "a.alt". */
function ofName(name: string | undefined): string | undefined {
  const base = name?.split(".")[0];
  if (!base) return undefined;
  const letters = base.split("_").map(ofPart);
  return letters.every((letter) => letter !== undefined) ? letters.join("") : undefined;
}

function ofPart(part: string): string | undefined {
  if (/^[A-Za-z]$/.test(part) || /^ff[il]?$|^f[il]$/.test(part)) return part;
  const code = /^(?:uni([0-9A-F]{4})|u([0-9A-F]{4,6}))$/.exec(part);
  if (!code) return Object.hasOwn(NAMED, part) ? NAMED[part] : undefined;
  const point = Number.parseInt(code[1] ?? code[2] ?? "", 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

function ofAdobe(text: string): string | undefined {
  const code = text.length === 1 ? text.charCodeAt(0) : 0;
  if (code >= ADOBE_SMALL_CAPITAL && code < ADOBE_SMALL_CAPITAL + 26) return String.fromCharCode(code - ADOBE_SMALL_CAPITAL + 65);
  if (code >= ADOBE_OLD_FIGURE && code < ADOBE_OLD_FIGURE + 10) return String.fromCharCode(code - ADOBE_OLD_FIGURE + 48);
  // Symbol and Wingdings bullets of Office.
  if (code === 0xf0b7 || code === 0xf0a7 || code === 0xf0a8) return "•";
  if (code >= 0xf020 && code <= 0xf07e) return undefined;
  return undefined;
}
