import type { Box } from "../document/geometry.ts";
import type { Gutter, Strip } from "./gutters.ts";
import type { Row } from "./lines.ts";
import type { Line } from "./token.ts";

/** Lines of one paragraph are no further apart than this, in sizes. */
const MAX_STEP = 1.7;

/** Whether a gutter lies between text and a box or a picture that the text goes around: lines above or below it go on over it. */
export function isBesideFloat<T>(gutter: Gutter, strips: readonly Strip<T>[]): boolean {
  const { x0, x1, from, to } = gutter;
  const rows = strips.flatMap(({ row }) => (row ? [row] : []));
  const boxes = strips.slice(from, to + 1).flatMap(({ island }) => (island ? [island.box] : []));
  const [left, right] = [boxes.filter((box) => box.x1 <= x0 + 0.01), boxes.filter((box) => box.x0 >= x1 - 0.01)];
  if (left.length > 0 === right.length > 0) return false;
  return [...left, ...right].every((box) => {
    const beside = [...besideOf(rows, box)];
    const [first, last] = [beside[0], beside.at(-1)];
    const isRight = right.length > 0;
    const isPast = (line: Line) => (isRight ? line.x1 <= box.x0 + 0.01 : line.x0 >= box.x1 - 0.01);
    if (!first || !last || !beside.every(({ lines }) => lines.every(isPast))) return false;
    const edge = isRight ? box.x0 : box.x1;
    const [above, below] = [rows[rows.indexOf(first) - 1], rows[rows.indexOf(last) + 1]];
    return (above !== undefined && goesOver(above, first, edge)) || (below !== undefined && goesOver(below, last, edge));
  });
}

/** Whether a line of `over`, next to `beside`, goes on over a box's edge. */
function goesOver(over: Row, beside: Row, edge: number): boolean {
  const size = Math.max(over.size, beside.size);
  if (Math.abs(over.base - beside.base) > size * MAX_STEP || Math.abs(over.size - beside.size) > size * 0.12) return false;
  return over.lines.some((line) => line.x0 < edge - size && line.x1 > edge + size);
}

/** The boxes that rows of a column go around: those that stand beside a row that is shorter for it. */
export function floatsIn(rows: readonly Row[], boxes: readonly Box[]): Box[] {
  if (boxes.length === 0 || rows.length === 0) return [];
  const extent = extentOf(rows);
  return boxes.filter((box) => {
    if (box.x1 < extent.x0 || box.x0 > extent.x1) return false;
    return rows.some((row) => isAt(row, box) && row.lines.every((line) => line.x1 <= box.x0 || line.x0 >= box.x1));
  });
}

/** The rows as if the boxes that they go around were not there: those beside one begin and end where the column does. */
export function withoutFloats(rows: readonly Row[], floats: readonly Box[]): Row[] {
  let result = [...rows];
  for (const box of floats) {
    const beside = besideOf(result, box);
    const free = result.filter((row) => !beside.has(row));
    if (free.length === 0 || beside.size === 0) continue;
    const [whole, part] = [extentOf(free), extentOf([...beside])];
    const isRight = box.x0 >= part.x1 - 1;
    const shift = isRight ? whole.x1 - part.x1 : part.x0 - whole.x0;
    if (shift <= 0) continue;
    result = result.map((row) => (beside.has(row) ? { ...row, lines: stretched(row.lines, isRight, shift) } : row));
  }
  return result;
}

/** Those at its height, and those next to them that keep clear of it: white space is left around it. */
function besideOf(rows: readonly Row[], box: Box): Set<Row> {
  const at = rows.filter((row) => isAt(row, box));
  const [first] = at;
  if (!first) return new Set();
  const margin = first.size * MAX_STEP;
  const isClear = ({ lines }: Row) => lines.every((line) => line.x1 <= box.x0 + 1) || lines.every((line) => line.x0 >= box.x1 - 1);
  return new Set(
    rows.filter((row) => at.includes(row) || (isAt(row, { ...box, y0: box.y0 - margin, y1: box.y1 + margin }) && isClear(row))),
  );
}

function stretched(lines: readonly Line[], isRight: boolean, by: number): Line[] {
  return lines.map((line, index) => {
    if (isRight) return index === lines.length - 1 ? { ...line, x1: line.x1 + by } : line;
    return index === 0 ? { ...line, x0: line.x0 - by } : line;
  });
}

function isAt({ base, size }: Row, { y0, y1 }: Box): boolean {
  return base > y0 && base - size * 0.6 < y1;
}

function extentOf(rows: readonly Row[]): { readonly x0: number; readonly x1: number } {
  return { x0: Math.min(...rows.map(({ lines }) => lines[0]?.x0 ?? 0)), x1: Math.max(...rows.map(({ lines }) => lines.at(-1)?.x1 ?? 0)) };
}
