import { around, type Box } from "../document/geometry.ts";
import type { Block, Cell, Page } from "../document/model.ts";
import { toBlocks } from "./blocks.ts";
import type { PageContent, Word } from "./content.ts";
import { type Facts, factsOf, type Line, median } from "./line.ts";

/** Lines at one height, from left to right. */
type Row = readonly Line[];

/** A gap wider than this many times the size of the type parts columns or cells. */
const COLUMN_GAP = 1.3;
/** Parts of one word are nearer than this many times the size of the type. */
const TOUCHING = 0.1;
/** Cells fill less of their column than this; lines of prose fill more. */
const MAX_CELL_FILL = 0.75;
/** Cells of more words than this on average are taken for prose, unless they leave half of their columns empty. */
const MAX_CELL_WORDS = 3;
const MAX_PROSE_CELL_FILL = 0.5;
const MIN_TABLE_ROWS = 2;

/**
 * A page in reading order, from its words alone. Words become lines, lines become rows;
 * rows whose parts stand under each other and leave their columns half empty are a table, and the others
 * are read column by column between gutters that stay free from row to row (an XY cut, Nagy & Seth 1984,
 * made row by row, so that a heading across two columns ends a gutter).
 */
export function layOut(content: PageContent): Page {
  const { number, geometry, remarks, failure, ocr } = content;
  const said = { ...(failure !== undefined && { failure }), ...(ocr && { ocr }) };
  return { number, geometry, blocks: failure === undefined ? blocksOf(content) : [], remarks, ...said };
}

function blocksOf(content: PageContent): Block[] {
  const visible = content.words.filter((word) => word.text.trim() !== "" && word.box.y1 > word.box.y0);
  if (visible.length === 0) return [];
  const facts = factsOf(content);
  const height = median(visible.map(({ size }) => size));
  const rows = toRows(toLines(visible, height));
  const blocks: Block[] = [];
  let prose: Row[] = [];
  const flush = () => {
    for (const column of bands(prose, height).flatMap(columns)) blocks.push(...toBlocks(column, height, facts));
    prose = [];
  };
  for (let start = 0; start < rows.length; ) {
    const end = tableEnd(rows, start, height);
    if (end === start) {
      prose.push(rows[start++] as Row);
      continue;
    }
    flush();
    const found = rows.slice(start, end);
    blocks.push({ kind: "table", rows: tableCells(found, facts), ...facts(found.flat()) });
    start = end;
  }
  flush();
  return blocks;
}

function overlapY(a: Box, b: Box): number {
  return (Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0)) / Math.min(a.y1 - a.y0, b.y1 - b.y0);
}

/** Lines from left to right. Those without a letter or a digit are rules, frames and specks. */
function toLines(words: readonly Word[], height: number): Line[] {
  const open: Word[][] = [];
  for (const word of words.toSorted((a, b) => a.box.x0 - b.box.x0)) {
    const wide = Math.max(height, word.size) * COLUMN_GAP;
    const line = open.find((candidate) => {
      const last = candidate.at(-1) as Word;
      const gap = word.box.x0 - last.box.x1;
      return gap > -height && gap < wide && overlapY(last.box, word.box) > 0.5;
    });
    if (line) line.push(word);
    else open.push([word]);
  }
  const told = open.filter((line) => line.some(({ text }) => /[\p{L}\p{N}]/u.test(text)));
  return told.map((line) => ({ words: line, box: around(line.map(({ box }) => box)), text: lineText(line) }));
}

/** A text layer may part a word from its comma, or a word set in two fonts: what touches is one word. OCR has no such parts. */
function lineText(words: readonly Word[]): string {
  return words.reduce((text, word, index) => {
    const before = words[index - 1];
    const touches = before !== undefined && !before.ocr && word.box.x0 - before.box.x1 < before.size * TOUCHING;
    return index === 0 ? word.text : `${text}${touches ? "" : " "}${word.text}`;
  }, "");
}

function toRows(lines: readonly Line[]): Row[] {
  const rows: Line[][] = [];
  for (const line of lines.toSorted((a, b) => a.box.y0 + a.box.y1 - b.box.y0 - b.box.y1)) {
    const row = rows.at(-1);
    if (row?.every(({ box }) => overlapY(box, line.box) > 0.5)) row.push(line);
    else rows.push([line]);
  }
  return rows.map((row) => row.sort((a, b) => a.box.x0 - b.box.x0));
}

/** Where the table that starts at `start` ends; `start` itself if none does. */
function tableEnd(rows: readonly Row[], start: number, height: number): number {
  const first = rows[start] as Row;
  if (first.length < 2) return start;
  let end = start + 1;
  while (end < rows.length && aligned(first, rows[end] as Row, height) && near(rows[end - 1] as Row, rows[end] as Row, height)) end++;
  const found = rows.slice(start, end);
  const cells = found.flat();
  const wordsPerCell = cells.reduce((sum, cell) => sum + cell.words.length, 0) / cells.length;
  const limit = wordsPerCell > MAX_CELL_WORDS ? MAX_PROSE_CELL_FILL : MAX_CELL_FILL;
  return found.length >= MIN_TABLE_ROWS && fill(found) < limit ? end : start;
}

function near(above: Row, below: Row, height: number): boolean {
  return around(below.map(({ box }) => box)).y0 - around(above.map(({ box }) => box)).y1 < height * 3;
}

function aligned(a: Row, b: Row, height: number): boolean {
  return (
    a.length === b.length &&
    a.every((cell, index) => {
      const other = b[index] as Line;
      const starts = Math.abs(cell.box.x0 - other.box.x0) < height;
      const ends = Math.abs(cell.box.x1 - other.box.x1) < height;
      return starts || ends;
    })
  );
}

/** How full the columns are: the mean width of the cells to the distance to the next column. */
function fill(rows: readonly Row[]): number {
  const columnCount = (rows[0] as Row).length;
  const ratios: number[] = [];
  for (let column = 0; column < columnCount - 1; column++) {
    const left = Math.min(...rows.map((row) => (row[column] as Line).box.x0));
    const right = Math.min(...rows.map((row) => (row[column + 1] as Line).box.x0));
    ratios.push(...rows.map((row) => ((row[column] as Line).box.x1 - left) / (right - left)));
  }
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

function tableCells(rows: readonly Row[], facts: Facts): Cell[][] {
  return rows.map((row) =>
    row.map((line) => ({ blocks: [{ kind: "paragraph", content: [{ kind: "text", text: line.text }], ...facts([line]) }] })),
  );
}

interface Band {
  readonly rows: Row[];
  /** The free space between two columns, if there are two. */
  gutter?: { readonly x0: number; readonly x1: number };
}

/** Parts rows wherever the gutter they share ends. */
function bands(rows: readonly Row[], height: number): Band[] {
  const found: Band[] = [];
  for (const row of rows) {
    const band = found.at(-1);
    const gutter = row.length > 1 ? gutterOf(row) : undefined;
    if (!band) {
      found.push(gutter ? { rows: [row], gutter } : { rows: [row] });
    } else if (!gutter) {
      const free = !band.gutter || row.every(({ box }) => box.x1 <= (band.gutter?.x1 ?? 0) || box.x0 >= (band.gutter?.x0 ?? 0));
      if (free) band.rows.push(row);
      else found.push({ rows: [row] });
    } else if (band.gutter) {
      const shared = { x0: Math.max(band.gutter.x0, gutter.x0), x1: Math.min(band.gutter.x1, gutter.x1) };
      if (shared.x1 - shared.x0 > height * 0.5) {
        band.rows.push(row);
        band.gutter = shared;
      } else found.push({ rows: [row], gutter });
    } else found.push({ rows: [row], gutter });
  }
  return found;
}

function gutterOf(row: Row): { x0: number; x1: number } {
  const gaps = row.slice(1).map((line, index) => ({ x0: (row[index] as Line).box.x1, x1: line.box.x0 }));
  return gaps.reduce((widest, gap) => (gap.x1 - gap.x0 > widest.x1 - widest.x0 ? gap : widest));
}

function columns(band: Band): Line[][] {
  const lines = band.rows.flat();
  const { gutter } = band;
  if (!gutter) return [lines];
  const middle = (gutter.x0 + gutter.x1) / 2;
  return [lines.filter(({ box }) => box.x0 < middle), lines.filter(({ box }) => box.x0 >= middle)];
}
