import type { Cell, Table } from "../../document/model.ts";

/** More columns or rows than this are not spanned by one cell: what a file says of spans is bounded. */
const MAX_SPAN = 1000;

/** The table with a place for each column of each row: a cell stands at its first place, what it spans beyond is empty. */
export function gridOf({ rows }: Pick<Table, "rows">): (Cell | undefined)[][] {
  const grid: (Cell | undefined)[][] = rows.map(() => []);
  const taken: Set<number>[] = rows.map(() => new Set());
  for (const [at, row] of rows.entries()) {
    const line = grid[at] as (Cell | undefined)[];
    let column = 0;
    for (const cell of row) {
      while (taken[at]?.has(column)) line[column++] = undefined;
      const width = Math.min(MAX_SPAN, cell.columnSpan ?? 1);
      const height = Math.min(MAX_SPAN, cell.rowSpan ?? 1, rows.length - at);
      for (let across = 0; across < width; across++) {
        line[column + across] = across === 0 ? cell : undefined;
        for (let down = 1; down < height; down++) taken[at + down]?.add(column + across);
      }
      column += width;
    }
    while (taken[at]?.has(column)) line[column++] = undefined;
  }
  const columns = Math.max(0, ...grid.map(({ length }) => length));
  return grid.map((line) => Array.from({ length: columns }, (_, column) => line[column]));
}
