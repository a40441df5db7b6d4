import type { Box } from "../document/geometry.ts";
import type { Block, Cell, Layer, Table } from "../document/model.ts";
import { isCaption } from "./captions.ts";
import type { PageFacts } from "./facts.ts";
import type { Grid, GridCell } from "./grid.ts";
import { headingLevel } from "./headings.ts";
import { inlines } from "./inlines.ts";
import type { Row } from "./lines.ts";
import { gatherLists, isItem, type Made } from "./lists.ts";
import { lookOf } from "./look.ts";
import { notesOf } from "./notes.ts";
import { type Group, paragraphs } from "./paragraphs.ts";
import { isOcr, type Line, type Plane, type Token, textOf } from "./token.ts";
import { isCode, isFormula, verbatimText, withCodeJoined } from "./verbatim.ts";

/** What the blocks of one page are made with. */
export interface Making {
  readonly facts: PageFacts;
  readonly plane: Plane;
  /** Level lines that part what is above from what is below. */
  readonly separators: readonly Box[];
  /** Pictures and tables, which captions stand beside. */
  readonly beside: readonly Box[];
  /** Words on a picture, in a cell, in a quotation beside the text, or at the foot of the page are no headings. */
  readonly plain?: "picture" | "cell" | "quotation" | Layer | undefined;
}

/** The blocks of a column's rows, top to bottom. */
export function blocksOf(rows: readonly Row[], making: Making): Block[] {
  const parted = paragraphs(rows, { separators: making.separators, onPicture: making.plain === "picture", facts: making.facts });
  const groups = making.plain ? parted : withCodeJoined(parted, making.facts);
  const notes = making.plain ? new Set<Group>() : notesOf(groups, making);
  const made = groups.map((group) => makeBlock(group, groups, notes.has(group), making));
  return gatherLists(made).map(({ block }) => block);
}

function makeBlock(group: Group, all: readonly Group[], isNote: boolean, making: Making): Made {
  const { facts, plain, plane } = making;
  const common = commonOf(group.lines, making, isNote ? "note" : undefined);
  const leaf = (lines: readonly Line[]) => ({ ...common, ...lookOf(lines, facts), ...anchorOf(lines) });
  if (isNote) return { group, block: { kind: "paragraph", ...leaf(group.lines), content: inlines(group.lines, facts) } };
  if (!plain && isCode(group, facts)) return { group, block: { kind: "code", ...common, text: verbatimText(group.lines) } };
  if (!plain && isFormula(group)) return { group, block: { kind: "formula", ...common, text: group.lines.map(textOf).join("\n") } };
  const mayHead = plain === undefined || (plain === "picture" && !isOcr(group.lines[0] as Line));
  const level = mayHead ? headingLevel(group, facts) : undefined;
  if (level && !(group.mark && isSibling(group, all, facts))) {
    return { group, block: { kind: "heading", level, ...leaf(group.lines), content: inlines(group.lines, facts, { bold: true }) } };
  }
  if (!plain && isCaption(group, making.beside, facts))
    return { group, block: { kind: "caption", ...leaf(group.lines), content: inlines(group.lines, facts) } };
  const mark = isItem(group, all) ? group.mark : undefined;
  const lines = mark ? withoutMark(group.lines, mark.text, mark.tokens) : group.lines;
  const written = lines.filter(({ tokens }) => tokens.length > 0);
  const frames = written.length > 0 ? [plane.frame(facts.page, written)] : common.frames;
  return { group, mark, block: { kind: "paragraph", ...leaf(lines), frames, content: inlines(lines, facts) } };
}

/** What the format's writer finds the words by, those of atoms too; marks of items are not among them. */
function anchorOf(lines: readonly Line[]): { readonly anchor?: readonly unknown[] } {
  const anchor = lines.flatMap(({ tokens }) => tokens.flatMap(({ word }) => (word.anchor === undefined ? [] : [word.anchor])));
  return anchor.length > 0 ? { anchor } : {};
}

/** A bold item among items that are not. */
function isSibling({ mark }: Group, all: readonly Group[], facts: PageFacts): boolean {
  const others = all.filter((other) => other.mark?.kind === mark?.kind);
  return others.length > 1 && others.filter((other) => headingLevel(other, facts) === undefined).length > others.length / 2;
}

function commonOf(lines: readonly Line[], { facts, plane, plain }: Making, layer?: Layer) {
  const confidence = confidenceOf(lines.flatMap(({ tokens }) => tokens));
  const own = layer ?? (plain === "picture" || plain === "cell" || plain === "quotation" ? undefined : plain);
  return {
    id: "",
    frames: [plane.frame(facts.page, lines)],
    ...(own && own !== "body" ? { layer: own } : {}),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

/** The mean of what OCR read; undefined if it read nothing of it. */
function confidenceOf(tokens: readonly Token[]): number | undefined {
  const read = tokens.filter(({ word }) => word.ocr || word.confidence < 100);
  if (read.length === 0) return undefined;
  return Math.round(read.reduce((sum, { word }) => sum + word.confidence, 0) / read.length);
}

function withoutMark([first, ...others]: readonly Line[], mark: string, tokens: number): Line[] {
  if (!first) return [];
  const [head, ...rest] = first.tokens;
  const left =
    tokens > 0 || !head
      ? first.tokens.slice(tokens)
      : [{ ...head, word: { ...head.word, text: head.word.text.slice(mark.length) } }, ...rest];
  return [{ ...first, tokens: left }, ...others];
}

/** A table's blocks: cells hold paragraphs and lists. */
export function tableBlock(grid: Grid, making: Making): Table {
  const inCell: Making = { ...making, plain: "cell", separators: [] };
  const head = headerRows(grid, making);
  const rows = grid.rows.map((row, index) => row.map((cell) => cellBlock(cell, index < head, inCell)));
  const lines = grid.rows.flatMap((row) => row.flatMap((cell) => cell.lines));
  const { facts, plane } = making;
  const confidence = confidenceOf(lines.flatMap(({ tokens }) => tokens));
  return { kind: "table", id: "", frames: [plane.place(facts.page, grid.box)], ...(confidence === undefined ? {} : { confidence }), rows };
}

/** The first row is the header if all of it is bold and the next row is not. */
function headerRows({ rows }: Grid, { facts }: Making): number {
  const isBold = (row: readonly GridCell[] = []) => {
    const words = row.flatMap(({ lines }) => lines.flatMap(({ tokens }) => tokens)).filter(({ word }) => /\p{L}/u.test(word.text));
    return words.length > 0 && words.every(({ word }) => word.style.bold === true);
  };
  return !facts.bold && rows.length > 1 && isBold(rows[0]) && !isBold(rows[1]) ? 1 : 0;
}

function cellBlock({ lines, rowSpan = 1, columnSpan = 1 }: GridCell, header: boolean, making: Making): Cell {
  const rows = lines.map((line): Row => ({ lines: [line], base: line.base, size: line.size }));
  const blocks = lines.length > 0 ? blocksOf(rows, header ? { ...making, facts: { ...making.facts, bold: true } } : making) : [];
  return {
    blocks,
    ...(rowSpan > 1 ? { rowSpan } : {}),
    ...(columnSpan > 1 ? { columnSpan } : {}),
    ...(header ? { header } : {}),
    ...(lines.length > 0 ? { frame: making.plane.frame(making.facts.page, lines) } : {}),
  };
}
