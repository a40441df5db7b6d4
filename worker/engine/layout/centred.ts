import type { Line } from "./token.ts";

/** What stands at one height: for each column its lines, left to right. */
export interface Level {
  readonly cells: readonly (readonly Line[])[];
  readonly base: number;
  readonly size: number;
}

/** Lines of one column under each other. */
interface Cell {
  readonly column: number;
  readonly lines: readonly (readonly Line[])[];
  readonly first: number;
  readonly middle: number;
}

/** Lines of a cell are no further apart than the nearest ones of its column by this factor, and this many sizes. */
const WITHIN = 1.15;
const MAX_LEADING = 1.6;
/** Heights nearer than this, in sizes, are one. */
const SAME = 0.2;
const MAX_CELL_LINES = 8;

/**
 * The rows of a table whose cells are set in the middle of their rows' heights, so that the one line of a name stands
 * between the two of what is said of it. Each row's cells then begin at one level. Undefined if cells are not set so.
 */
export function centredRows(levels: readonly Level[], columnCount: number): Level[][] | undefined {
  const size = levels[0]?.size ?? 10;
  const cells = Array.from({ length: columnCount }, (_, column) => cellsOf(levels, column, size)).flat();
  const wrapped = cells.filter(({ lines }) => lines.length > 1);
  if (wrapped.length === 0 || cells.some(({ lines }) => lines.length > MAX_CELL_LINES)) return undefined;
  let [atTop, inMiddle] = [0, 0];
  for (const cell of wrapped)
    for (const other of cells) {
      if (other.column === cell.column || other.lines.length === cell.lines.length) continue;
      if (Math.abs(other.first - cell.first) < size * SAME) atTop++;
      // Of cells whose lines all stand at common heights, those of odd and even numbers of lines never have one middle.
      else if ((other.lines.length - cell.lines.length) % 2 !== 0 && Math.abs(other.middle - cell.middle) < size * SAME) inMiddle++;
    }
  if (inMiddle === 0 || inMiddle <= atTop) return undefined;
  const rows: Cell[][] = [];
  for (const cell of cells.sort((a, b) => a.middle - b.middle)) {
    const row = rows.at(-1);
    if (row && cell.middle - (row[0]?.middle ?? 0) < size * SAME) row.push(cell);
    else rows.push([cell]);
  }
  const isGrid = rows.every((row) => new Set(row.map(({ column }) => column)).size === row.length);
  return isGrid && rows.length > 1 ? rows.map((row) => levelled(row, columnCount, size)) : undefined;
}

function cellsOf(levels: readonly Level[], column: number, size: number): Cell[] {
  const own = levels.flatMap(({ cells, base }) => (cells[column]?.length ? [{ lines: cells[column], base }] : []));
  const steps = own.slice(1).map(({ base }, index) => base - (own[index]?.base ?? base));
  const reach = Math.min(Math.min(...steps) * WITHIN, size * MAX_LEADING);
  const groups: (typeof own)[] = [];
  for (const [index, level] of own.entries()) {
    const group = groups.at(-1);
    if (group && (steps[index - 1] ?? 0) <= reach) group.push(level);
    else groups.push([level]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0]?.base ?? 0, group.at(-1)?.base ?? 0];
    return { column, lines: group.map(({ lines }) => lines), first, middle: (first + last) / 2 };
  });
}

function levelled(row: readonly Cell[], columnCount: number, size: number): Level[] {
  const tallest = row.reduce((most, cell) => (cell.lines.length > most.lines.length ? cell : most));
  return tallest.lines.map((lines, index) => ({
    cells: Array.from({ length: columnCount }, (_, column) => row.find((cell) => cell.column === column)?.lines[index] ?? []),
    base: lines[0]?.base ?? tallest.middle,
    size,
  }));
}
