import type { Block, Cell, Inline, Layer, List, Page } from "../../worker/engine/document/model.ts";
import type { RemarkCode } from "../../worker/engine/document/remarks.ts";
import type { Item, TrueCell, Truth, Unit } from "./truth.ts";
import { noteMarksOf, wordsOf } from "./words.ts";

/** What stands in a document, as a truth says it or as the engine read it: in one form, so that both can be compared. */
export interface Reading {
  /** All words of all layers. */
  readonly words: readonly string[];
  /** Those of the body, in reading order. */
  readonly body: readonly string[];
  readonly headings: readonly ReadHeading[];
  readonly paragraphs: readonly (readonly string[])[];
  /** Each leaf, item with its mark, and row of a table: what a paragraph or an entry of the contents may have become. */
  readonly lines: readonly (readonly string[])[];
  readonly items: readonly ReadItem[];
  /** Words of each cell by row and column; spans are filled up with empty cells. */
  readonly tables: readonly (readonly (readonly string[])[])[];
  /** What is not of the body. */
  readonly apart: readonly { readonly layer: Layer; readonly words: readonly string[] }[];
  readonly noteMarks: readonly string[];
  /** "words → target". */
  readonly links: readonly string[];
  readonly remarks: readonly RemarkCode[];
  /** None of a truth. In order: where in `words` each page ends, and what is said of it. */
  readonly pages: readonly { readonly end: number; readonly remarks: readonly RemarkCode[] }[];
}

export interface ReadHeading {
  readonly words: readonly string[];
  readonly level?: number;
}

export interface ReadItem {
  /** 1 for items of a list that is in no other; absent where it is not judged. */
  readonly depth?: number;
  readonly mark: string;
  readonly words: readonly string[];
}

type Building = { -readonly [Key in keyof Reading]: Reading[Key] extends readonly (infer T)[] ? T[] : never };

export function readingOfTruth(truth: Truth): Reading {
  const reading = emptyReading();
  for (const unit of truth.units) addUnit(reading, unit);
  reading.links.push(...(truth.links ?? []).map(({ text, to }) => `${wordsOf(text).join(" ")} → ${to}`));
  return reading;
}

export function readingOfPages(pages: readonly Page[], remarks: readonly RemarkCode[]): Reading {
  const reading = emptyReading();
  for (const page of pages) {
    for (const block of page.blocks) addBlock(reading, block, "body");
    const said = [...page.remarks.map(({ code }) => code), ...(page.failure === undefined ? [] : (["PAGE_FAILED"] as const))];
    reading.pages.push({ end: reading.words.length, remarks: said });
  }
  reading.remarks.push(...remarks, ...pages.flatMap((page) => page.remarks.map(({ code }) => code)));
  return reading;
}

function emptyReading(): Building {
  return {
    ...{ words: [], body: [], headings: [], paragraphs: [], lines: [], items: [] },
    ...{ tables: [], apart: [], noteMarks: [], links: [], remarks: [], pages: [] },
  };
}

function addText(reading: Building, layer: Layer, text: string): string[] {
  const words = wordsOf(text);
  for (const word of words) reading.words.push(word);
  if (layer !== "body") return words;
  for (const word of words) reading.body.push(word);
  reading.noteMarks.push(...noteMarksOf(text));
  return words;
}

function addUnit(reading: Building, unit: Unit): void {
  const layer = unit.layer ?? "body";
  switch (unit.kind) {
    case "list":
      addItems(reading, unit.items, unit.anyDepth ? undefined : 1);
      break;
    case "table": {
      const cells = (cell: TrueCell) => (typeof cell === "string" ? { text: cell } : cell);
      for (const row of unit.rows) for (const cell of row) addText(reading, layer, cells(cell).text);
      reading.tables.push(
        gridOf(unit.rows, (cell) => ({ text: cells(cell).text, columns: cells(cell).columns ?? 1, rows: cells(cell).rows ?? 1 })),
      );
      break;
    }
    default: {
      const words = addText(reading, layer, unit.text);
      if (layer !== "body") reading.apart.push({ layer, words });
      else if (unit.kind === "heading") reading.headings.push({ words, ...(unit.level && { level: unit.level }) });
      else if (unit.kind !== "lines") reading.paragraphs.push(words);
    }
  }
}

function addItems(reading: Building, items: readonly Item[], depth: number | undefined): void {
  for (const item of items) {
    addText(reading, "body", item.mark);
    reading.items.push({ ...(depth !== undefined && { depth }), mark: item.mark, words: addText(reading, "body", item.text) });
    addItems(reading, item.items ?? [], depth && depth + 1);
  }
}

function addBlock(reading: Building, block: Block, inherited: Layer): void {
  const layer = block.layer ?? inherited;
  if (layer === "unseen") return;
  switch (block.kind) {
    case "list":
      addList(reading, block, layer, 1);
      break;
    case "table":
      addTable(reading, block.rows, layer);
      break;
    case "quote":
      for (const inner of block.blocks) addBlock(reading, inner, layer);
      break;
    case "rule":
      break;
    case "code":
    case "formula":
      reading.lines.push(addText(reading, layer, block.text));
      break;
    default: {
      const words = addText(reading, layer, textOf(block.content));
      reading.links.push(...linksOf(block.content));
      if (layer !== "body") reading.apart.push({ layer, words });
      else if (block.kind === "heading") reading.headings.push({ words, level: block.level });
      else reading.lines.push(words, ...brokenLines(textOf(block.content)));
    }
  }
}

function addList(reading: Building, list: List, layer: Layer, depth: number): void {
  for (const item of list.items) {
    addText(reading, layer, item.mark);
    const [first, ...others] = item.blocks;
    const isLine = first !== undefined && first.kind !== "list" && "content" in first;
    const words = isLine ? addText(reading, layer, textOf(first.content)) : [];
    reading.items.push({ depth, mark: item.mark, words });
    reading.lines.push([...wordsOf(item.mark), ...words], words);
    if (isLine) reading.links.push(...linksOf(first.content));
    for (const inner of isLine ? others : item.blocks) {
      if (inner.kind === "list") addList(reading, inner, layer, depth + 1);
      else addBlock(reading, inner, layer);
    }
  }
}

function addTable(reading: Building, rows: readonly (readonly Cell[])[], layer: Layer): void {
  const inside = emptyReading();
  const texts = new Map<Cell, string>();
  for (const cell of rows.flat()) {
    const before = inside.words.length;
    for (const block of cell.blocks) addBlock(inside, block, layer);
    texts.set(cell, inside.words.slice(before).join(" "));
  }
  for (const key of ["words", "body", "noteMarks"] as const) reading[key].push(...inside[key]);
  reading.links.push(...inside.links);
  reading.tables.push(...inside.tables);
  for (const row of rows) reading.lines.push(row.flatMap((cell) => (texts.get(cell) ?? "").split(" ")));
  reading.tables.push(gridOf(rows, (cell) => ({ text: texts.get(cell) ?? "", columns: cell.columnSpan ?? 1, rows: cell.rowSpan ?? 1 })));
}

/** Where cells come to stand once their spans are reckoned with, as HTML has it; what a span covers is empty. */
function gridOf<C>(rows: readonly (readonly C[])[], look: (cell: C) => { text: string; columns: number; rows: number }): string[][] {
  const grid: string[][] = rows.map(() => []);
  for (const [index, row] of rows.entries()) {
    let column = 0;
    for (const cell of row) {
      while (grid[index]?.[column] !== undefined) column++;
      const { text, columns, rows: deep } = look(cell);
      for (let down = 0; down < deep; down++)
        for (let right = 0; right < columns; right++) {
          const at = grid[index + down];
          if (at) at[column + right] = down + right === 0 ? wordsOf(text).join(" ") : "";
        }
    }
  }
  // A row may leave out its last cells: they are empty.
  const width = Math.max(0, ...grid.map((row) => row.length));
  return grid.map((row) => Array.from({ length: width }, (_, column) => row[column] ?? ""));
}

/** Where breaks keep lines apart within a paragraph, each is one. */
function brokenLines(text: string): string[][] {
  const lines = text.split("\n");
  return lines.length > 1 ? lines.map(wordsOf) : [];
}

/** The text of `content`; marks of notes, and raised figures, as `{^1}`. */
function textOf(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "text") return inline.text;
      if (inline.kind === "span") {
        const text = textOf(inline.content);
        return inline.style?.script === "super" && /^[\d*†‡,\s]+$/.test(text) ? `{^${text}}` : text;
      }
      if (inline.as === "note") return `{^${inline.text.replace(/^\[\^?|\]$/g, "")}}`;
      if (inline.as === "html") return " ";
      return inline.as === "break" ? "\n" : inline.text;
    })
    .join("");
}

function* linksIn(content: readonly Inline[]): Generator<string> {
  for (const inline of content) {
    if (inline.kind !== "span") continue;
    if (inline.link === undefined) yield* linksIn(inline.content);
    else yield `${wordsOf(textOf(inline.content)).join(" ")} → ${inline.link}`;
  }
}

function linksOf(content: readonly Inline[]): string[] {
  return [...linksIn(content)];
}
