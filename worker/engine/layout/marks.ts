import { type Line, textOf } from "./token.ts";

/** The mark that an item of a list hangs on. */
export interface Mark {
  /** As it stands there. */
  readonly text: string;
  /** How many tokens of the line it is; less than one if it is a part of the first. */
  readonly tokens: number;
  /** Marks of one kind are of one list. */
  readonly kind: string;
  /** Whether it says by itself that this is an item: a dash or a letter may as well begin a sentence. */
  readonly sure: boolean;
  readonly x0: number;
  /** Where the text behind it begins. */
  readonly textX0: number;
}

const BULLETS = "•●▪◦‣■□○◆◇❖►▶➢➤✓✔∙⁃";
const BULLET = new RegExp(`^[${BULLETS}\uf0b7\uf0a7\uf0d8]$`, "u");
const GLUED_BULLET = new RegExp(`^([${BULLETS}])(?=[^${BULLETS}\\s])`, "u");
const DASH = /^[-–—*·»]$/;
/** Parts of a date begin with 0, those of a section's number do not. */
const NUMBER = /^(?:\(\d{1,3}\)|\d{1,3}[.)]|\[\d{1,3}\]|[1-9]\d?(?:\.[1-9]\d?){1,3}[.)])$/;
const LETTER = /^(?:\([a-zA-Z]\)|[a-zA-Z][.)]|\([ivxlcdm]{1,6}\)|[ivxlcdm]{2,6}[.)]|[IVXLCDM]{2,6}[.)])$/;
/** Bullets as OCR reads them where the mark stands well apart from its text, more than once. */
const MISREAD_BULLET = /^[eo¢°«»*®+]$/;

export function markOf(line: Line): Mark | undefined {
  const [first, second] = line.tokens;
  if (!first) return undefined;
  const text = first.word.text;
  const glued = GLUED_BULLET.exec(text)?.[1];
  if (glued) return { text: glued, tokens: 0, kind: glued, sure: true, x0: line.x0, textX0: line.x0 + line.size * 0.6 };
  if (!second) return undefined;
  const gap = (second.box.x0 - first.box.x1) / line.size;
  const mark = (kind: string, sure: boolean): Mark => ({ text, tokens: 1, kind, sure, x0: line.x0, textX0: second.box.x0 });
  if (BULLET.test(text)) return mark(text, true);
  if (second.glued) return undefined;
  if (DASH.test(text)) return mark(text, gap > 0.9);
  if (NUMBER.test(text)) return mark(text.replace(/\d+(\.\d+)*/, "1"), true);
  if (LETTER.test(text)) return mark(text.replace(/[a-zA-Z]+/, /[a-z]/.test(text) ? "a" : "A"), text.includes(")") || gap > 0.9);
  if (first.word.ocr && gap > 0.8 && MISREAD_BULLET.test(text)) return mark("misread", false);
  return undefined;
}

/** A mark that stands alone, or the number of a section: what is right of it is no other column. */
export function isMarkAlone(line: Line): boolean {
  if (line.tokens.length !== 1) return false;
  const text = textOf(line);
  return BULLET.test(text) || DASH.test(text) || NUMBER.test(text) || LETTER.test(text) || /^[1-9]\d?(\.[1-9]\d?)*$/.test(text);
}

/** A number that stands alone, as of an item, a section or a table's row. */
export function isNumberAlone(line: Line): boolean {
  return line.tokens.length === 1 && /^\d{1,3}[.)]?$/.test(textOf(line));
}

/** Dots, lines and the like between an entry and its page. */
export function isLeader(text: string): boolean {
  return /^(?:[.·…_]{3,}|…+)$/.test(text) || /^(?:\.\s?){4,}$/.test(text);
}
