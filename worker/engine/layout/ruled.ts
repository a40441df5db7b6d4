import type { Box } from "../document/geometry.ts";
import type { Area, Rule } from "./content.ts";
import type { Token } from "./token.ts";

/** A table whose lines are drawn, and the words in its cells. */
export interface RuledTable {
  readonly box: Box;
  readonly rows: readonly (readonly RuledCell[])[];
}

export interface RuledCell {
  readonly box: Box;
  readonly tokens: readonly Token[];
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** A straight line: `at` is its y if it is level, else its x. */
interface Stroke {
  readonly level: boolean;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Ends and lines nearer than this, in points, meet. */
const MEETS = 3;
const THICKEST = 4;
const SHORTEST = 5;
/** More lines than these on a page are a drawing, and are not looked at. */
const MAX_STROKES = 1500;
const MAX_GRID_LINES = 200;
const MAX_CELLS = 4000;
/** A wall stands between two cells if this part of it is drawn. */
const WALL = 0.6;
/** Columns of text in a frame: a table's cell of this many words is none. */
const MAX_CELL_WORDS = 150;

/** The tables that are drawn: lines that cross make a grid; cells without a line between them are one. */
export function ruledTables(tokens: readonly Token[], rules: readonly Rule[], areas: readonly Area[]): RuledTable[] {
  const strokes = mergedStrokes([
    ...rules.map(({ box }) => box).flatMap(strokeOf),
    ...areas.filter(({ framed }) => framed).flatMap(edgesOf),
  ]);
  if (strokes.length < 4 || strokes.length > MAX_STROKES) return [];
  const tables = connected(strokes).flatMap((group) => {
    const table = tableOf(group, tokens);
    return table ? [table] : [];
  });
  // A table within a cell of another is read as a part of it.
  return tables.filter((table) => !tables.some((other) => other !== table && within(table.box, other.box)));
}

export function within(inner: Box, outer: Box): boolean {
  const near = 1;
  return inner.x0 >= outer.x0 - near && inner.x1 <= outer.x1 + near && inner.y0 >= outer.y0 - near && inner.y1 <= outer.y1 + near;
}

function strokeOf({ x0, y0, x1, y1 }: Box): Stroke[] {
  const [width, height] = [x1 - x0, y1 - y0];
  if (height <= THICKEST && width >= SHORTEST && width > height) return [{ level: true, at: (y0 + y1) / 2, from: x0, to: x1 }];
  return width <= THICKEST && height >= SHORTEST ? [{ level: false, at: (x0 + x1) / 2, from: y0, to: y1 }] : [];
}

function edgesOf({ box: { x0, y0, x1, y1 } }: Area): Stroke[] {
  if (x1 - x0 < SHORTEST || y1 - y0 < SHORTEST) return strokeOf({ x0, y0, x1, y1 });
  return [
    { level: true, at: y0, from: x0, to: x1 },
    { level: true, at: y1, from: x0, to: x1 },
    { level: false, at: x0, from: y0, to: y1 },
    { level: false, at: x1, from: y0, to: y1 },
  ];
}

/** Strokes on one line that touch are one. */
function mergedStrokes(strokes: readonly Stroke[]): Stroke[] {
  const result: Stroke[] = [];
  for (const level of [true, false]) {
    const lines: Stroke[][] = [];
    for (const stroke of strokes.filter((one) => one.level === level).sort((a, b) => a.at - b.at)) {
      const line = lines.at(-1);
      if (line && stroke.at - (line[0]?.at ?? 0) <= MEETS / 2) line.push(stroke);
      else lines.push([stroke]);
    }
    for (const line of lines) {
      let last: { level: boolean; at: number; from: number; to: number } | undefined;
      for (const stroke of line.sort((a, b) => a.from - b.from)) {
        if (last && stroke.from <= last.to + MEETS) last.to = Math.max(last.to, stroke.to);
        else {
          last = { ...stroke, at: line[0]?.at ?? stroke.at };
          result.push(last);
        }
      }
    }
  }
  return result;
}

function meet(level: Stroke, upright: Stroke): boolean {
  return (
    upright.at >= level.from - MEETS && upright.at <= level.to + MEETS && level.at >= upright.from - MEETS && level.at <= upright.to + MEETS
  );
}

/** Groups of strokes that cross each other, directly or by others. */
function connected(strokes: readonly Stroke[]): Stroke[][] {
  const parent = strokes.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] as number] as number;
    return at;
  };
  const uprights = strokes.flatMap((stroke, index) => (stroke.level ? [] : [{ stroke, index }])).sort((a, b) => a.stroke.at - b.stroke.at);
  for (const [index, level] of strokes.entries()) {
    if (!level.level) continue;
    for (const upright of uprights) {
      if (upright.stroke.at > level.to + MEETS) break;
      if (meet(level, upright.stroke)) parent[root(upright.index)] = root(index);
    }
  }
  const groups = new Map<number, Stroke[]>();
  for (const [index, stroke] of strokes.entries()) {
    const key = root(index);
    const group = groups.get(key);
    if (group) group.push(stroke);
    else groups.set(key, [stroke]);
  }
  return [...groups.values()];
}

function positions(strokes: readonly Stroke[], ends: readonly number[]): number[] {
  const result: number[] = [];
  for (const at of [...strokes.map((stroke) => stroke.at), ...ends].sort((a, b) => a - b)) {
    if (result.length === 0 || at - (result.at(-1) ?? at) > MEETS) result.push(at);
  }
  return result;
}

function tableOf(strokes: readonly Stroke[], tokens: readonly Token[]): RuledTable | undefined {
  const levels = strokes.filter(({ level }) => level);
  const uprights = strokes.filter(({ level }) => !level);
  if (levels.length < 2 || uprights.length < 1) return undefined;
  // Sides that are open: the level lines go on beyond the last upright one.
  const xs = positions(uprights, [Math.min(...levels.map(({ from }) => from)), Math.max(...levels.map(({ to }) => to))]);
  const ys = positions(levels, []);
  const count = (xs.length - 1) * (ys.length - 1);
  if (count < 2 || count > MAX_CELLS || xs.length > MAX_GRID_LINES || ys.length > MAX_GRID_LINES) return undefined;
  const cells = cellsOf(xs, ys, levels, uprights);
  const box = { x0: xs[0] as number, y0: ys[0] as number, x1: xs.at(-1) as number, y1: ys.at(-1) as number };
  const placed = placeTokens(cells, tokens, box, xs, ys);
  const rows = placed.map((row) => row.map(({ cell: { box, rowSpan, columnSpan }, tokens }) => ({ box, rowSpan, columnSpan, tokens })));
  return isTable(rows) ? { box, rows: rows.filter((row) => row.length > 0) } : undefined;
}

function isTable(rows: readonly (readonly RuledCell[])[]): boolean {
  const cells = rows.flat();
  const filled = cells.filter(({ tokens }) => tokens.length > 0);
  if (cells.length < 2 || filled.length < 2 || filled.length < cells.length * 0.2) return false;
  return !filled.some(({ tokens }) => tokens.length > MAX_CELL_WORDS);
}

interface GridCell {
  readonly box: Box;
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** Each place of the grid belongs to the cell that begins at its top left: that goes right and down until there is a wall. */
function cellsOf(xs: readonly number[], ys: readonly number[], levels: readonly Stroke[], uprights: readonly Stroke[]): GridCell[][] {
  const wallRight = (row: number, column: number) => isDrawn(uprights, xs[column + 1] as number, ys[row] as number, ys[row + 1] as number);
  const wallBelow = (row: number, column: number) => isDrawn(levels, ys[row + 1] as number, xs[column] as number, xs[column + 1] as number);
  const taken = new Set<number>();
  const key = (row: number, column: number) => row * xs.length + column;
  const rows: GridCell[][] = [];
  for (let row = 0; row < ys.length - 1; row++) {
    const cells: GridCell[] = [];
    for (let column = 0; column < xs.length - 1; column++) {
      if (taken.has(key(row, column))) continue;
      let [right, below] = [column, row];
      while (right < xs.length - 2 && !taken.has(key(row, right + 1)) && !wallRight(row, right)) right++;
      const open = (at: number) => range(column, right).every((one) => !wallBelow(at, one));
      while (below < ys.length - 2 && open(below)) below++;
      for (let y = row; y <= below; y++) for (let x = column; x <= right; x++) taken.add(key(y, x));
      const box = { x0: xs[column] as number, y0: ys[row] as number, x1: xs[right + 1] as number, y1: ys[below + 1] as number };
      cells.push({ box, row, column, rowSpan: below - row + 1, columnSpan: right - column + 1 });
    }
    rows.push(cells);
  }
  return rows;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function isDrawn(strokes: readonly Stroke[], at: number, from: number, to: number): boolean {
  let drawn = 0;
  for (const stroke of strokes) {
    if (Math.abs(stroke.at - at) > MEETS) continue;
    drawn += Math.max(0, Math.min(stroke.to, to) - Math.max(stroke.from, from));
  }
  return drawn >= (to - from) * WALL;
}

function placeTokens(
  cells: readonly (readonly GridCell[])[],
  tokens: readonly Token[],
  box: Box,
  xs: readonly number[],
  ys: readonly number[],
) {
  const at = new Map<number, Token[]>();
  const placed = cells.map((row) =>
    row.map((cell) => {
      const inside: Token[] = [];
      for (let y = cell.row; y < cell.row + cell.rowSpan; y++)
        for (let x = cell.column; x < cell.column + cell.columnSpan; x++) at.set(y * xs.length + x, inside);
      return { cell, tokens: inside };
    }),
  );
  for (const token of tokens) {
    const [x, y] = [(token.box.x0 + token.box.x1) / 2, token.base - token.size * 0.3];
    if (x < box.x0 || x > box.x1 || y < box.y0 || y > box.y1) continue;
    at.get(indexOf(ys, y) * xs.length + indexOf(xs, x))?.push(token);
  }
  return placed;
}

function indexOf(edges: readonly number[], value: number): number {
  return Math.min(
    edges.length - 2,
    Math.max(
      0,
      edges.findLastIndex((edge) => edge <= value),
    ),
  );
}
