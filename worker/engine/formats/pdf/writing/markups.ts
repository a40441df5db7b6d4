import { type PDFContext, PDFDict, PDFName, PDFRef } from "pdf-lib";
import { around, type Box, contains } from "../../../document/geometry.ts";
import { type Matrix, mapped } from "../../../document/matrix.ts";
import { isRightToLeft } from "../../../setting/direction.ts";
import type { GlyphRun, SetLine } from "../../../setting/sheet.ts";
import { type GlyphRange, objectNumberOf } from "../anchors.ts";
import type { PdfAnnotation } from "../annotations.ts";
import { boxOf, placed } from "./along.ts";
import { runBox } from "./links.ts";
import type { Trace } from "./trace.ts";

const MARKUPS: ReadonlySet<string> = new Set(["Highlight", "Underline", "StrikeOut", "Squiggly"]);
/** A page of a book that someone learnt from has a hundred. */
const MAX_MARKUPS = 1000;

/** A text that was set, and the glyphs that it stands for. */
export interface MovedText {
  readonly ranges: readonly GlyphRange[];
  readonly lines: readonly SetLine[];
}

export interface MarkedPage {
  readonly number: number;
  readonly trace: Trace;
  readonly toPdf: Matrix;
  /** Of the translation. */
  readonly language: string;
}

interface Letter {
  readonly line: SetLine;
  readonly from: number;
  readonly to: number;
  readonly isBlank: boolean;
}

/**
 * Lays what marks words (ISO 32000-2, 12.5.6.10) over those that stand for them now: of a text the same part of its letters, and
 * whole words of it. What marks words that stay where they are stays.
 */
export function moveMarkups(context: PDFContext, page: MarkedPage, texts: readonly MovedText[]): void {
  const { annotations, matrix } = page.trace;
  const markups = annotations.filter(({ subtype = "", quadPoints }) => MARKUPS.has(subtype) && quadPoints);
  if (markups.length === 0) return;
  const sources = texts.map((text) => ({ text, letters: sourceLetters(page, text.ranges) }));
  for (const markup of markups.slice(0, MAX_MARKUPS)) {
    const object = objectNumberOf(markup.id);
    const dict = object === undefined ? undefined : context.lookup(PDFRef.of(object));
    if (!(dict instanceof PDFDict)) continue;
    const left = new Set(quadsOf(markup, matrix));
    const laid: Box[] = [];
    for (const { text, letters } of sources) {
      const marked = letters.flatMap((letter, index) => {
        const quad = letter && [...left].find((box) => contains(box, (letter.x0 + letter.x1) / 2, (letter.y0 + letter.y1) / 2));
        return quad ? [{ quad, index }] : [];
      });
      const [first, last] = [marked[0], marked.at(-1)];
      if (!first || !last) continue;
      laid.push(...boxesIn(page, text.lines, [first.index / letters.length, (last.index + 1) / letters.length]));
      for (const quad of new Set(marked.map((one) => one.quad))) if (laid.length > 0) left.delete(quad);
    }
    if (laid.length > 0) write(dict, [...left, ...laid], page.toPdf);
  }
}

/** In reading order; undefined for those that are on other pages, or that nobody sees. */
function sourceLetters({ number, trace }: MarkedPage, ranges: readonly GlyphRange[]): (Box | undefined)[] {
  return ranges.flatMap(([on, operator, from, to]) => {
    const glyphs = on === number ? trace.glyphs.get(operator) : undefined;
    return Array.from({ length: to - from }, (_, index) => {
      const glyph = glyphs?.[from + index];
      return glyph && boxOf(glyph);
    });
  });
}

function quadsOf({ quadPoints }: PdfAnnotation, matrix: Matrix): Box[] {
  const points = Array.from(quadPoints ?? []);
  return Array.from({ length: Math.floor(points.length / 8) }, (_, index) => {
    const own = points.slice(index * 8, index * 8 + 8);
    const [xs, ys] = [own.filter((_, at) => at % 2 === 0), own.filter((_, at) => at % 2 === 1)];
    return mapped(matrix, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  });
}

/** Where a part of the letters stands, a box for each of its lines on the page. */
function boxesIn({ number, language }: MarkedPage, lines: readonly SetLine[], [start, end]: readonly [number, number]): Box[] {
  const letters = lines.flatMap((line) => lettersOf(line, language));
  const count = letters.filter(({ isBlank }) => !isBlank).length;
  let [from, to] = [at(letters, Math.round(start * count)), at(letters, Math.round(end * count))];
  while (from > 0 && !letters[from - 1]?.isBlank && letters[from - 1]?.line === letters[from]?.line) from--;
  while (to < letters.length && !letters[to]?.isBlank && letters[to]?.line === letters[to - 1]?.line) to++;
  while (to > from && letters[to - 1]?.isBlank) to--;
  const byLine = Map.groupBy(letters.slice(from, to), ({ line }) => line);
  return [...byLine].flatMap(([line, own]) =>
    line.page === number
      ? [runBox(line.turn, line.box, Math.min(...own.map((letter) => letter.from)), Math.max(...own.map((letter) => letter.to)))]
      : [],
  );
}

/** The place of the letter that `count` others stand before, blanks apart. */
function at(letters: readonly Letter[], count: number): number {
  let seen = 0;
  for (const [index, { isBlank }] of letters.entries()) if (!isBlank && seen++ === count) return index;
  return letters.length;
}

function lettersOf(line: SetLine, language: string): Letter[] {
  const letters = line.pieces.flatMap((piece) => (piece.kind === "glyphs" ? lettersIn(line, piece) : []));
  return isRightToLeft(language) ? letters.reverse() : letters;
}

function lettersIn(line: SetLine, { x, y, glyphs, size, stretch }: GlyphRun): Letter[] {
  let { along } = placed(line.turn, x, y);
  return glyphs.map(({ advance, text }) => {
    const from = along;
    along += advance * size * stretch;
    return { line, from, to: along, isBlank: text.trim() === "" };
  });
}

function write(dict: PDFDict, boxes: readonly Box[], toPdf: Matrix): void {
  const placedBoxes = boxes.map(({ x0, y0, x1, y1 }) => mapped(toPdf, x0, y0, x1, y1));
  const { x0, y0, x1, y1 } = around(placedBoxes);
  dict.set(PDFName.of("Rect"), dict.context.obj([x0, y0, x1, y1]));
  // As readers write them: the upper corners, then the lower ones.
  const corners = placedBoxes.flatMap((box) => [box.x0, box.y1, box.x1, box.y1, box.x0, box.y0, box.x1, box.y0]);
  dict.set(PDFName.of("QuadPoints"), dict.context.obj(corners));
  // It shows the old place; readers draw what has none.
  dict.delete(PDFName.of("AP"));
}
