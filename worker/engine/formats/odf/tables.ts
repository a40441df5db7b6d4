import { type Block, type Cell, leavesOf } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import type { LeafAnchor } from "./anchors.ts";
import { keptBlock } from "./leaves.ts";
import { attributeOf, countOf, lineOf, nameOf, stated } from "./names.ts";
import type { Reading } from "./reading.ts";

/** So often at most is an empty cell or row there that the file says once and repeats. */
const MAX_REPEATED = 64;
const MAX_SPAN = 16_384;

/** Reads what stands in a cell, or beside a table's rows. */
export type ReadBlocks = (elements: readonly XmlElement[], reading: Reading) => Block[];

/** A table of a text or a slide, with the text of its title and description. */
export function readTable(table: XmlElement, reading: Reading, read: ReadBlocks): Block[] {
  const rows: Cell[][] = [];
  const around: Block[] = [];
  const id = reading.sections.id();
  const walk = (elements: readonly XmlElement[], header: boolean) => {
    for (const element of elements) {
      const name = nameOf(element);
      if (name === "table:table-row") {
        const row = readRow(element, { ...reading, header }, read);
        const count = row.some(({ blocks }) => blocks.length > 0) ? 1 : countOf(element, "table:number-rows-repeated", MAX_REPEATED);
        for (let index = 0; index < count; index++) rows.push(row);
      } else if (name === "table:table-header-rows") walk(elementsOf(element), true);
      else if (name === "table:table-rows" || name === "table:table-row-group") walk(elementsOf(element), header);
      else if (!/^table:table-(?:header-)?columns?(?:-group)?$/.test(name)) around.push(...read([element], reading));
    }
  };
  walk(elementsOf(table), false);
  const said = rows.some((row) => row.some(({ blocks }) => blocks.length > 0));
  return said ? [{ kind: "table", id, rows }, ...around] : around;
}

/** A cell that the file says once and repeats, as it is shown again; undefined where that was done often enough. */
type Again = (cell: Cell) => Cell | undefined;

/** Its cells without those that others cover, and without empty ones at its end. */
export function readRow(row: XmlElement, reading: Reading & { header: boolean; again?: Again }, read: ReadBlocks): Cell[] {
  const { header } = reading;
  const cells: Cell[] = [];
  for (const element of elementsOf(row)) {
    if (nameOf(element) !== "table:table-cell") continue;
    const blocks = readCell(element, reading, read);
    const [rowSpan, columnSpan] = ["rows", "columns"].map((what) => countOf(element, `table:number-${what}-spanned`, MAX_SPAN)) as [
      number,
      number,
    ];
    const cell: Cell = { blocks, ...(rowSpan > 1 && { rowSpan }), ...(columnSpan > 1 && { columnSpan }), ...(header && { header }) };
    cells.push(cell);
    const empty: Cell = { blocks: [], ...(header && { header }) };
    const times = countOf(element, "table:number-columns-repeated", MAX_SPAN);
    for (let index = 1; index < times; index++) {
      const again = blocks.length > 0 ? reading.again?.(cell) : undefined;
      if (!again && index >= MAX_REPEATED) break;
      cells.push(again ?? empty);
    }
  }
  return cells;
}

/** Numbers, dates and what formulas give are shown, not translated; nor is text that a formula looks for. */
function readCell(cell: XmlElement, reading: Reading, read: ReadBlocks): Block[] {
  const parts = elementsOf(cell);
  const type = stated(cell, "office:value-type");
  const isText = (type === undefined || type === "string") && attributeOf(cell, "table:formula") === undefined;
  const shown = parts
    .filter((part) => nameOf(part) === "text:p")
    .map(lineOf)
    .filter((line) => line !== "");
  const isSought = isText && reading.sought.size > 0 && reading.sought.has(shown.join(" ").toLowerCase());
  if (isSought) reading.left.sought++;
  if (isText && !isSought) return withoutValue(cell, read(parts, reading), reading);
  const others = parts.filter((part) => nameOf(part) !== "text:p");
  return [...shown.map((line) => keptBlock(line, reading)), ...read(others, reading)];
}

/** A cell's value is what its attribute says, if it has that, whatever its paragraphs say. */
function withoutValue(cell: XmlElement, blocks: Block[], reading: Reading): Block[] {
  const value = attributeOf(cell, "office:string-value");
  if (!value) return blocks;
  const from = reading.source.lastIndexOf(value.name, value.range[0]);
  const drop: Range = [from, value.range[1] + 1];
  for (const leaf of leavesOf(blocks)) Object.assign(leaf.anchor as LeafAnchor, { drop });
  return blocks;
}
