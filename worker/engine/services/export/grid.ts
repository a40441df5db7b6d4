import type { Cell, Table } from "../../document/model.ts";

/** More columns or rows than this are not spanned by one cell: what a file says of spans is bounded. */
const MAX_SPAN = 1000;
/** A table of more places, most of which its spans or its widest row make, is shown as its cells follow one another. */
const MAX_PLACES = 1_000_000;

type Grid = (Cell | undefined)[][];

/** The table with a place for each column of each row: a cell stands at its first place, what it spans beyond is empty. */
export function gridOf({ rows }: Pick<Table, "rows">): Grid {
  const grid = spannedPlaces(rows) > MAX_PLACES ? rows.map((row) => [...row]) : spread(rows);
  const columns = grid.reduce((most, { length }) => Math.max(most, length), 0);
  // The first row says how many columns there are, whatever the others have.
  const padded = columns * grid.length > MAX_PLACES ? 1 : grid.length;
  return grid.map((line, at) => (at < padded ? Array.from({ length: columns }, (_, column) => line[column]) : line));
}

function spannedPlaces(rows: Table["rows"]): number {
  let places = 0;
  for (const [at, row] of rows.entries()) for (const cell of row) places += widthOf(cell) * heightOf(cell, rows.length - at);
  return places;
}

function spread(rows: Table["rows"]): Grid {
  const grid: Grid = rows.map(() => []);
  const taken: Set<number>[] = rows.map(() => new Set());
  for (const [at, row] of rows.entries()) {
    const line = grid[at] as (Cell | undefined)[];
    let column = 0;
    for (const cell of row) {
      while (taken[at]?.has(column)) line[column++] = undefined;
      const [width, height] = [widthOf(cell), heightOf(cell, rows.length - at)];
      for (let across = 0; across < width; across++) {
        line[column + across] = across === 0 ? cell : undefined;
        for (let down = 1; down < height; down++) taken[at + down]?.add(column + across);
      }
      column += width;
    }
    while (taken[at]?.has(column)) line[column++] = undefined;
  }
  return grid;
}

function widthOf({ columnSpan = 1 }: Cell): number {
  return Math.min(MAX_SPAN, columnSpan);
}

function heightOf({ rowSpan = 1 }: Cell, rowsLeft: number): number {
  return Math.min(MAX_SPAN, rowSpan, rowsLeft);
}
