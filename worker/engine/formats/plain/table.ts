import type { Edit, Range } from "../edits.ts";
import type { Line } from "./lines.ts";

/** A table whose columns stand below each other by spaces, tabs or upright strokes. */
export interface TextTable {
  readonly range: Range;
  readonly rows: readonly (readonly TableCell[])[];
}

export interface TableCell {
  readonly text: string;
  readonly range: Range;
  readonly column: number;
}

/** So many lines say whether a table begins: of a run that is none, each line is asked. */
const TOLD_BY = 100;

type Cut = { readonly text: string; readonly range: Range; readonly start: number };

/** How many of `lines`, from `from`, are rows of one table; 0 if there is none. */
export function tableLength(lines: readonly Line[], from: number): number {
  const told = runEnd(lines, from, from + TOLD_BY);
  if (!isTable(lines.slice(from, told))) return 0;
  const end = runEnd(lines, from, lines.length);
  return (end === told || isTable(lines.slice(from, end)) ? end : told) - from;
}

/** Where the lines end, before `limit`, that may be rows. */
function runEnd(lines: readonly Line[], from: number, limit: number): number {
  let end = from;
  const last = Math.min(limit, lines.length);
  while (end < last && (cutsOf(lines[end] as Line).length > 1 || (end > from && isTableRule(lines[end] as Line)))) end += 1;
  return end;
}

/** What is set in behind a row goes on with a cell of it. */
function isTable(lines: readonly Line[]): boolean {
  const rows = lines.filter((line) => !isTableRule(line));
  return rows.length >= 2 && isAligned(rows);
}

export function tableOf(lines: readonly Line[]): TextTable {
  const rows = lines.filter((line) => !isTableRule(line)).map(cutsOf);
  const widest = rows.reduce((most, row) => (row.length > most.length ? row : most), []);
  const placed = rows.map((row) => {
    let next = 0;
    return row.map((cut): TableCell => {
      const column = row.length === widest.length ? next : Math.max(next, nearest(widest, cut, row.length - next));
      next = column + 1;
      return { text: cut.text, range: cut.range, column };
    });
  });
  return { range: [lines[0]?.from ?? 0, lines.at(-1)?.to ?? 0], rows: placed };
}

/** A row of dashes below the heads, or a frame. */
function isTableRule(line: Line): boolean {
  return /^[-=+|: \t_]+$/.test(line.text) && /[-=]{2}/.test(line.text);
}

/** The parts of a line between strokes, tabs or gaps of two spaces; the gap behind a sentence is none. */
function cutsOf(line: Line): readonly Cut[] {
  const cuts = known.get(line) ?? cutsIn(line);
  known.set(line, cuts);
  return cuts;
}

const known = new WeakMap<Line, readonly Cut[]>();

function cutsIn(line: Line): Cut[] {
  const isFramed = /^\|.*\|$/.test(line.text) || /\S\s\|\s\S.*\s\|\s\S/.test(line.text);
  const gap = isFramed ? /(?:(?<!\s)\s+)?\|\s*/g : /\t+| *\t[\t ]*|(?<![.!?:]) {2,}|(?<=[.!?:]) {3,}/g;
  const cuts: Cut[] = [];
  let at = 0;
  const push = (to: number) => {
    const raw = line.text.slice(at, to);
    const text = raw.trim();
    const from = line.start + at + (raw.length - raw.trimStart().length);
    if (text !== "") cuts.push({ text, range: [from, from + text.length], start: from - line.from });
  };
  for (const match of line.text.matchAll(gap)) {
    push(match.index);
    at = match.index + match[0].length;
  }
  push(line.text.length);
  return cuts;
}

/** Most cells begin, or end, in a column where those of other rows do. Tabs and strokes say so themselves. */
function isAligned(lines: readonly Line[]): boolean {
  const rows = lines.map(cutsOf);
  if (lines.every(({ text }) => text.includes("\t") || text.includes("|"))) return new Set(rows.map(({ length }) => length)).size <= 2;
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  const count = (into: Map<number, number>, at: number) => into.set(at, (into.get(at) ?? 0) + 1);
  const inner = rows.flatMap((row) => row.slice(1));
  for (const { start, text } of inner) {
    count(starts, start);
    count(ends, start + text.length);
  }
  const shared = inner.filter(({ start, text }) => (starts.get(start) ?? 0) > 1 || (ends.get(start + text.length) ?? 0) > 1);
  return shared.length >= inner.length * 0.8;
}

function nearest(widest: readonly Cut[], cut: Cut, left: number): number {
  const distance = (other: Cut) =>
    Math.min(Math.abs(other.start - cut.start), Math.abs(other.start + other.text.length - cut.start - cut.text.length));
  let best = 0;
  for (const [index, other] of widest.entries()) if (distance(other) < distance(widest[best] as Cut)) best = index;
  return Math.min(best, widest.length - left);
}

/** The edits that set `texts`, by where their cells begin, so that the columns still stand below each other. */
export function tableEdits(source: string, table: TextTable, texts: ReadonlyMap<number, string>): Edit[] {
  const textOf = (cell: TableCell) => texts.get(cell.range[0]) ?? cell.text;
  const growth = growthOf(source, table, textOf);
  return table.rows.flatMap((row) =>
    row.map((cell, index): Edit => {
      const next = row[index + 1];
      const text = textOf(cell);
      if (!next) return { from: cell.range[0], to: cell.range[1], text };
      const gap = source.slice(cell.range[1], next.range[0]);
      if (gap.includes("\t")) return { from: cell.range[0], to: cell.range[1], text };
      // Columns that cells of this row span all grow.
      let added = 0;
      for (let column = cell.column; column < next.column; column++) added += growth[column] ?? 0;
      const stroke = gap.trimStart();
      const spaces = cell.range[1] - cell.range[0] + gap.length - stroke.length + added - text.length;
      return { from: cell.range[0], to: next.range[0], text: text + " ".repeat(Math.max(0, spaces)) + stroke };
    }),
  );
}

function growthOf(source: string, { rows }: TextTable, textOf: (cell: TableCell) => string): number[] {
  const growth: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) {
      const next = row[index + 1];
      if (!next) continue;
      const gap = source.slice(cell.range[1], next.range[0]);
      const stroke = gap.trimStart();
      const room = cell.range[1] - cell.range[0] + gap.length - stroke.length - (stroke === "" ? 2 : 1);
      growth[cell.column] = Math.max(growth[cell.column] ?? 0, textOf(cell).length - room);
    }
  return growth;
}
