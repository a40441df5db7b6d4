import { around } from "../document/geometry.ts";
import { centredRows, type Level } from "./centred.ts";
import type { Grid, GridCell } from "./grid.ts";
import type { Gutter, Strip } from "./gutters.ts";
import { markOf } from "./marks.ts";
import { bottomOf, type Line, median, textOf, topOf } from "./token.ts";

interface ColumnFacts {
  readonly lines: number;
  readonly words: number;
  /** Shares of its lines. */
  readonly lowerCase: number;
  readonly begun: number;
  readonly full: number;
  /** Those that begin with the mark of an item. */
  readonly bullets: number;
  readonly numbers: number;
}

/** The table that a band between gutters is; undefined if it is columns of text. */
export function tableOf<T>(band: readonly Strip<T>[], between: readonly Gutter[]): Grid | undefined {
  if (band.some(({ island }) => island)) return undefined;
  const found = band.flatMap(({ row }) => (row ? [levelOf(row.lines, between, row)] : []));
  const centred = centredRows(found, between.length + 1);
  const levels = centred?.flat() ?? found;
  const gaps = levels.slice(1).map(({ base }, index) => base - (levels[index]?.base ?? base));
  const rows = centred ?? groupsOf(levels, gaps);
  if (!isTable(levels, gaps, rows, between.length + 1)) return undefined;
  const lines = levels.flatMap(({ cells }) => cells.flat());
  const box = around(lines.map((line) => ({ x0: line.x0, x1: line.x1, y0: topOf(line), y1: bottomOf(line) })));
  return { box, rows: withoutEmpty(rows.map((group) => between.concat(LAST).map((_, column) => ({ lines: cellLines(group, column) })))) };
}

/** Without columns that have nothing where the next one has something and no more than a head. */
function withoutEmpty(rows: readonly (readonly GridCell[])[]): GridCell[][] {
  let columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? { lines: [] }));
  for (let column = columns.length - 2; column >= 0; column--) {
    const [one, other] = [columns[column] ?? [], columns[column + 1] ?? []];
    const isOne = one.every(({ lines }, row) => lines.length === 0 || other[row]?.lines.length === 0);
    const least = Math.min(...[one, other].map((cells) => cells.filter(({ lines }) => lines.length > 0).length));
    if (isOne && least < 2)
      columns = columns.toSpliced(
        column,
        2,
        one.map((cell, row) => (cell.lines.length > 0 ? cell : (other[row] ?? cell))),
      );
  }
  return rows.map((_, row) => columns.map((cells) => cells[row] ?? { lines: [] }));
}

/** So many words at most does a name have that stands beside what is said of it. */
const MAX_NAME = 5;
/** A table has one column more than gutters. */
const LAST: Gutter = { x0: 0, x1: 0, from: 0, to: 0, support: 0, longer: 0 };

function levelOf(lines: readonly Line[], between: readonly Gutter[], { base, size }: { base: number; size: number }): Level {
  const cells: Line[][] = Array.from({ length: between.length + 1 }, () => []);
  // A head may be wider than its column, and reach into the gutter before it.
  const isRight = (line: Line, { x0, x1 }: Gutter) => line.x0 >= (x0 + x1) / 2 || (line.x0 > x0 && line.x1 > x1);
  for (const line of lines) cells[between.filter((gutter) => isRight(line, gutter)).length]?.push(line);
  return { cells, base, size };
}

function cellLines(group: readonly Level[], column: number): Line[] {
  return group.flatMap(({ cells }) => {
    const lines = cells[column] ?? [];
    const [first] = lines;
    return first ? [{ ...first, tokens: lines.flatMap(({ tokens }) => tokens), x1: Math.max(...lines.map(({ x1 }) => x1)) }] : [];
  });
}

function isTable(levels: readonly Level[], gaps: readonly number[], rows: readonly (readonly Level[])[], columnCount: number): boolean {
  if (rows.length < (columnCount > 2 ? 2 : 3)) return false;
  const shared = levels.filter(({ cells }) => filled(cells).length > 1).length;
  const columns = Array.from({ length: columnCount }, (_, column) => factsOf(levels, column));
  const [, second = 0] = columns.map(({ lines }) => lines).sort((a, b) => b - a);
  if (shared < second * 0.7) return false;
  const prose = columns.filter(isProse);
  if (prose.length === columnCount && isArticles(rows)) return false;
  if (columns.some((column, index) => column.bullets > 0.4 || (index > 0 && column.numbers > 0.4))) return false;
  if (hasParted(rows, gaps)) return true;
  if (prose.length === 0) {
    const leading = median(gaps) / (levels[0]?.size ?? 1);
    return columnCount > 2 || leading > 1.35 || columns.some(({ words }) => words < 3.5);
  }
  // Terms with what is said of them: each begins beside a line of the other column, and takes up less of them.
  const others = columns.filter((column) => !isProse(column));
  const most = Math.max(...prose.map(({ lines }) => lines));
  return prose.length <= columnCount / 2 && others.every(({ lines, words }) => lines < most * 0.7 && words < 4);
}

/** Columns of text under heads, whose paragraphs happen to be as high as each other: a table's heads are as large as its text, and its cells short. */
function isArticles(rows: readonly (readonly Level[])[]): boolean {
  const [head, ...others] = rows;
  const sizes = others.flatMap((row) => row.flatMap(({ cells }) => cells.flatMap((lines) => lines.map(({ size }) => size))));
  const isLarge = head?.every(({ cells }) => cells.every((lines) => lines.every(({ size }) => size > median(sizes) * 1.1)));
  return isLarge === true || others.reduce((sum, row) => sum + row.length, 0) >= others.length * 5;
}

function isProse({ lines, words, lowerCase, begun, full }: ColumnFacts): boolean {
  return lines >= 3 && words >= 2.2 && (lowerCase >= 0.4 || (full >= 0.7 && words >= 3.5 && begun < 0.85));
}

function factsOf(levels: readonly Level[], column: number): ColumnFacts {
  const lines = levels.flatMap(({ cells }) => (cells[column]?.length ? [cells[column]] : []));
  const widths = lines.map((parts) => (parts.at(-1)?.x1 ?? 0) - (parts[0]?.x0 ?? 0));
  const widest = Math.max(0, ...widths);
  const count = Math.max(1, lines.length);
  const share = (test: (text: string) => boolean) =>
    lines.slice(1).filter((parts) => test(parts.map(textOf).join(" "))).length / Math.max(1, lines.length - 1);
  const marks = lines.flatMap(([line, ...others]) => {
    const mark = line && markOf({ ...line, tokens: [line, ...others].flatMap(({ tokens }) => tokens) });
    return mark?.sure ? [mark.text] : [];
  });
  const marked = (test: (text: string) => boolean) => (marks.length > 1 ? marks.filter(test).length : 0);
  return {
    lines: lines.length,
    words: lines.reduce((sum, parts) => sum + parts.reduce((words, { tokens }) => words + tokens.length, 0), 0) / count,
    lowerCase: share((text) => /^\p{Ll}/u.test(text)),
    begun: share((text) => /^(?:\p{Lu}(?!\p{Lu})|\p{N})/u.test(text)),
    bullets: marked((text) => !/[\p{L}\p{N}]/u.test(text)) / count,
    numbers: marked((text) => /[\p{L}\p{N}]/u.test(text)) / count,
    full: widths.filter((width) => width > widest * 0.85).length / count,
  };
}

/** More space between rows than within them, at the same heights in all columns, each row with something in most. */
function hasParted(rows: readonly (readonly Level[])[], gaps: readonly number[]): boolean {
  const wrapped = rows.filter((group) => group.length > 1).length;
  if (rows.length < 3 || wrapped === 0 || Math.max(...rows.map((group) => group.length)) > 8) return false;
  const inner = rows.flatMap((group) => group.slice(1).map(({ base }, index) => base - (group[index]?.base ?? base)));
  const outer = rows.slice(1).map((group, index) => (group[0]?.base ?? 0) - (rows[index]?.at(-1)?.base ?? 0));
  const apart = Math.min(...outer) > Math.max(...inner) * 1.12;
  const begun = rows.every(([first]) => first && filled(first.cells).length > 1);
  return apart && begun && gaps.length > 0 && startsRows(rows);
}

/** Whether most cells begin as sentences, names and figures do, not as lines of running text, or all those of the first column, which are short. */
function startsRows(rows: readonly (readonly Level[])[]): boolean {
  const names = rows.map(([first]) => first?.cells[0]?.map(textOf).join(" ") ?? "");
  if (names.every((name) => name !== "" && !/^\p{Ll}/u.test(name) && name.split(" ").length <= MAX_NAME)) return true;
  const texts = rows.flatMap(([first]) =>
    first ? first.cells.flatMap((lines) => (lines.length > 0 ? [lines.map(textOf).join(" ")] : [])) : [],
  );
  return texts.filter((text) => !/^\p{Ll}/u.test(text)).length > texts.length * 0.6;
}

/** The rows: what is nearer than rows are, and goes on with a cell above it, belongs to that. */
function groupsOf(levels: readonly Level[], gaps: readonly number[]): Level[][] {
  const least = Math.min(...gaps.filter((gap) => gap > 0));
  const parted = gaps.some((gap) => gap > least * 1.15);
  const near = (index: number) => (gaps[index - 1] ?? 0) <= least * 1.12;
  if (parted && everyGroupBeginsFull(levels, near)) return grouped(levels, (_, index) => near(index));
  return grouped(levels, (level, index, group) => near(index) && goesOn(level, group));
}

function everyGroupBeginsFull(levels: readonly Level[], near: (index: number) => boolean): boolean {
  const groups = grouped(levels, (_, index) => near(index));
  if (groups.length < 3 || Math.max(...groups.map((group) => group.length)) > 8) return false;
  return groups.every(([first, ...others]) => {
    const begun = first ? filled(first.cells) : [];
    return begun.length > 1 && others.every(({ cells }) => filled(cells).every((column) => begun.includes(column)) && continues(cells));
  });
}

/** None of its cells looks like one of its own. */
function continues(cells: Level["cells"]): boolean {
  return filled(cells).length < cells.length || cells.every((lines) => lines.length === 0 || /^\p{Ll}/u.test(lines.map(textOf).join(" ")));
}

function grouped(levels: readonly Level[], joins: (level: Level, index: number, group: readonly Level[]) => boolean): Level[][] {
  const groups: Level[][] = [];
  for (const [index, level] of levels.entries()) {
    const group = groups.at(-1);
    if (group && joins(level, index, group)) group.push(level);
    else groups.push([level]);
  }
  return groups;
}

function goesOn({ cells }: Level, group: readonly Level[]): boolean {
  const columns = filled(cells);
  const above = new Set(group.flatMap((level) => filled(level.cells)));
  if (columns.some((column) => !above.has(column))) return false;
  const texts = columns.map((column) => (cells[column] ?? []).map(textOf).join(" "));
  if (texts.every((text) => /^\p{Ll}/u.test(text))) return true;
  const [text = ""] = texts;
  return columns.length === 1 && columns[0] !== 0 && !/^[\d.,\s%€$£+–-]+$/.test(text);
}

function filled(cells: Level["cells"]): number[] {
  return cells.flatMap((lines, column) => (lines.length > 0 ? [column] : []));
}
