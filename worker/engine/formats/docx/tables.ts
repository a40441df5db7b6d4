import type { Block, Cell, Layer, Table } from "../../document/model.ts";
import { attributeOf, childOf, descendant, isOn, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";

export interface TableReading {
  readonly facts: { readonly id: string; readonly layer?: Layer };
  cell(cell: XmlElement): Block[];
  /** A cell that another one covers: its text is not shown. */
  covered(cell: XmlElement): void;
}

/** More columns than Word has (63), as other programs write them. */
const MAX_SPAN = 1000;
const AROUND = new Set(["w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"]);

type Made = { -readonly [K in keyof Cell]: Cell[K] };

export function readTable(table: XmlElement, reading: TableReading): Table {
  const rows: Made[][] = [];
  /** By column: the cell that reaches down to here. */
  let above = new Map<number, Made>();
  let isHead = true;
  for (const row of within(table, "w:tr")) {
    isHead &&= isOn(descendant(row, "w:trPr", "w:tblHeader")) ?? false;
    const cells: Made[] = [];
    const reaching = new Map<number, Made>();
    let column = spanOf(descendant(row, "w:trPr", "w:gridBefore"), 0);
    if (column > 0) cells.push({ blocks: [], ...spanned(column) });
    for (const cell of within(row, "w:tc")) {
      const properties = childOf(cell, "w:tcPr");
      const span = spanOf(childOf(properties, "w:gridSpan"), 1);
      const [down, along] = [mergeOf(properties, "w:vMerge"), mergeOf(properties, "w:hMerge")];
      const [left, up] = [cells.at(-1), above.get(column)];
      if (along === "continue" && left) {
        left.columnSpan = (left.columnSpan ?? 1) + span;
        reading.covered(cell);
      } else if (down === "continue" && up) {
        up.rowSpan = (up.rowSpan ?? 1) + 1;
        reaching.set(column, up);
        reading.covered(cell);
      } else {
        const made: Made = { blocks: reading.cell(cell), ...spanned(span), ...(isHead && { header: true }), ...alignment(cell) };
        cells.push(made);
        if (down) reaching.set(column, made);
      }
      column += span;
    }
    rows.push(cells);
    above = reaching;
  }
  return { ...reading.facts, kind: "table", rows };
}

function* within(parent: XmlElement, name: string): Generator<XmlElement> {
  for (const child of elementsOf(parent)) {
    const own = nameOf(child);
    if (own === name) yield child;
    else if (AROUND.has(own)) yield* within(child, name);
  }
}

function spanOf(element: XmlElement | undefined, usual: number): number {
  const span = Number(attributeOf(element) ?? usual);
  return Number.isInteger(span) && span >= 0 && span <= MAX_SPAN ? span : usual;
}

function spanned(span: number): { readonly columnSpan?: number } {
  return span > 1 ? { columnSpan: span } : {};
}

function mergeOf(properties: XmlElement | undefined, name: string): "restart" | "continue" | undefined {
  const merge = childOf(properties, name);
  return merge && (attributeOf(merge) === "restart" ? "restart" : "continue");
}

/** Of its first paragraph. */
function alignment(cell: XmlElement): Pick<Cell, "align"> {
  const align = attributeOf(descendant(cell, "w:p", "w:pPr", "w:jc"));
  if (align === "center") return { align };
  return align === "right" || align === "end" ? { align: "right" } : {};
}
