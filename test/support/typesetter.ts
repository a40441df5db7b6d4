import type { Box } from "../../worker/engine/document/geometry.ts";
import type { TextStyle } from "../../worker/engine/document/model.ts";
import type { PageContent, Word } from "../../worker/engine/layout/content.ts";

/** Where and how a text is set. All lengths in points; `y` is the first baseline. */
export interface Setting {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size?: number;
  readonly leading?: number;
  readonly align?: "left" | "justify" | "center";
  /** Of the first line. */
  readonly indent?: number;
  /** Of all other lines. */
  readonly hang?: number;
  readonly style?: TextStyle;
  /** Lets boxes and baselines wobble by up to this part of the size, as OCR's do. */
  readonly wobble?: number;
  /** As OCR numbers it. */
  readonly ocr?: { readonly block: number; readonly paragraph: number };
}

/** Words in a made-up face: what a letter takes depends on it, as in real ones. */
export function typeset(text: string, setting: Setting): { words: Word[]; bottom: number } {
  const { x, width, size = 10, align = "left", indent = 0, hang = 0 } = setting;
  const leading = setting.leading ?? size * 1.2;
  const lines = brokenInto(text, size, (index) => width - (index === 0 ? indent : hang));
  const words: Word[] = [];
  let { y } = setting;
  for (const [index, line] of lines.entries()) {
    const room = width - (index === 0 ? indent : hang);
    const natural = widthOf(line.join(" "), size);
    const spread = align === "justify" && index < lines.length - 1 && line.length > 1 ? (room - natural) / (line.length - 1) : 0;
    let at = x + (index === 0 ? indent : hang) + (align === "center" ? (room - natural) / 2 : 0);
    for (const word of line) {
      words.push(aWord(word, at, y, { ...setting, size }, index));
      at += widthOf(word, size) + SPACE * size + spread;
    }
    y += leading;
  }
  return { words, bottom: y };
}

const SPACE = 0.25;

function aWord(text: string, x: number, y: number, { size = 10, style = {}, wobble = 0, ocr }: Setting, line: number): Word {
  const shake = () => (wobble === 0 ? 0 : (pseudoRandom(x * 7 + y * 13 + text.length) - 0.5) * 2 * wobble * size);
  const base = y + shake() * 0.3;
  const box = { x0: x + shake() * 0.2, y0: base - size * 0.75, x1: x + widthOf(text, size), y1: base + size * 0.22 };
  return {
    text,
    box,
    baseline: base,
    size: size + shake(),
    style,
    turn: 0,
    confidence: ocr ? 91 : 100,
    ...(ocr ? { ocr: { ...ocr, line } } : {}),
  };
}

function pseudoRandom(seed: number): number {
  const value = Math.sin(seed) * 43758.5453;
  return value - Math.floor(value);
}

export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const letter of text)
    width += /[iljt.,;:'|!]/.test(letter)
      ? 0.28
      : /[mwMW]/.test(letter)
        ? 0.78
        : /[A-Z]/.test(letter)
          ? 0.66
          : letter === " "
            ? SPACE
            : 0.48;
  return width * size;
}

function brokenInto(text: string, size: number, room: (line: number) => number): string[][] {
  const lines: string[][] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line && widthOf([...line, word].join(" "), size) <= room(lines.length - 1)) line.push(word);
    else lines.push([word]);
  }
  return lines;
}

export function aPage(parts: Partial<PageContent> = {}): PageContent {
  const geometry = { width: 595, height: 842, rotation: 0, reading: "text layer" } as const;
  return { number: 1, geometry, words: [], rules: [], areas: [], images: [], remarks: [], ...parts };
}

export function level(x0: number, x1: number, y: number): { box: Box } {
  return { box: { x0, x1, y0: y - 0.25, y1: y + 0.25 } };
}

export function upright(x: number, y0: number, y1: number): { box: Box } {
  return { box: { x0: x - 0.25, x1: x + 0.25, y0, y1 } };
}

const WORDS =
  "the garden behind old house is open to all readers every morning and a narrow path leads from gate small pond where children feed ducks".split(
    " ",
  );

/** A sentence of `count` words that is found again by its first one. */
export function sentence(name: string, count: number): string {
  let seed = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), count);
  const words = Array.from({ length: count - 1 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return WORDS[seed % WORDS.length] as string;
  });
  return `${[name, ...words].join(" ")}.`;
}

export interface ColumnPage {
  readonly columns: number;
  readonly gutter: number;
  readonly size: number;
  readonly justified: boolean;
  /** How much lower every other column begins. */
  readonly offset: number;
  readonly head: boolean;
  /** In the last column. */
  readonly figure: boolean;
  /** Of its paragraphs, two a column, in words. */
  readonly lengths: readonly number[];
  readonly wobble?: number;
}

/** A page of columns, and the texts of its blocks in reading order. */
export function columnPage({ columns, gutter, size, justified, offset, head, figure, lengths, wobble = 0 }: ColumnPage): {
  page: PageContent;
  expected: string[];
} {
  const words: Word[] = [];
  const images: Box[] = [];
  const width = (475 - gutter * (columns - 1)) / columns;
  const expected: string[] = [];
  let top = 80;
  if (head) {
    const title = "Title over the whole page of the paper";
    words.push(...typeset(title, { x: 60, y: top, width: 475, size: 18, align: "center" }).words);
    expected.push(title);
    top += 30;
  }
  for (let column = 0; column < columns; column++) {
    const x = 60 + column * (width + gutter);
    let y = top + (column % 2) * offset;
    if (figure && column === columns - 1) {
      images.push({ x0: x, y0: y - 8, x1: x + width, y1: y + 92 });
      expected.push("");
      y += 110;
    }
    for (let paragraph = 0; paragraph < 2; paragraph++) {
      const text = sentence(`C${column}p${paragraph}`, lengths[column * 2 + paragraph] as number);
      const ocr = wobble > 0 ? { block: column + 1, paragraph: paragraph + 1 } : undefined;
      const setting: Setting = { x, y, width, size, align: justified ? "justify" : "left", wobble, ...(ocr ? { ocr } : {}) };
      const set = typeset(text, setting);
      words.push(...set.words);
      expected.push(text);
      y = set.bottom + size * 0.8;
    }
  }

  return { page: aPage({ words, images }), expected };
}
