import { type Block, type Cell, type Leaf, mapLeaves } from "../../document/model.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import type { AtomAnchor, LeafAnchor } from "./anchors.ts";
import { readBlocks } from "./blocks.ts";
import { factsOf, valueLeaf } from "./leaves.ts";
import { attributeOf, countOf, nameOf } from "./names.ts";
import type { Reading } from "./reading.ts";
import { readRow } from "./tables.ts";

/** So many rows are a section, more of those that have very many. */
const SECTION_ROWS = 100;
const MAX_SECTIONS = 1500;
const MAX_ROWS = 1_048_576;
/** So many cells are shown again that the file says once and repeats. */
const MAX_REPEATED = 40_000;

/** Reads sheets row by row as they are parsed, so that none of their XML is kept. */
export class Sheets {
  readonly #reading: (root: XmlElement) => Reading;
  readonly #rowsToSection: number;
  #known: Reading | undefined;
  #named = false;
  #rows: Cell[][] = [];
  #inSection = 0;
  #repeated = 0;

  /** `reading` is asked for with the root once the styles before the first sheet are known. */
  constructor(source: string, reading: (root: XmlElement) => Reading) {
    this.#reading = reading;
    this.#rowsToSection = Math.max(SECTION_ROWS, Math.ceil((source.match(/<(?:\w+:)?table-row\b/g)?.length ?? 0) / MAX_SECTIONS));
  }

  /** Whether `element`, which has ended, was of a sheet and is read. */
  take(element: XmlElement): boolean {
    const name = nameOf(element);
    if (name === "table:table-row" && isOfSheet(element)) this.#row(element);
    else if (name === "table:table" && isSheet(element)) this.#end(element);
    else return false;
    return true;
  }

  #readingOf(element: XmlElement): Reading {
    if (!this.#known) {
      let root = element;
      while (root.parent) root = root.parent;
      this.#known = this.#reading(root);
    }
    return this.#known;
  }

  #row(row: XmlElement): void {
    const reading = this.#readingOf(row);
    const header = row.parent !== undefined && nameOf(row.parent) === "table:table-header-rows";
    const cells = readRow(row, { ...reading, header, again: (cell) => this.#again(cell, reading) }, readBlocks);
    while (cells.at(-1)?.blocks.length === 0) cells.pop();
    if (cells.length === 0) return this.#endTable(reading);
    this.#name(sheetOf(row), reading);
    this.#add(cells, reading);
    for (let left = countOf(row, "table:number-rows-repeated", MAX_ROWS) - 1; left > 0; left--) {
      if (this.#repeated + cells.length > MAX_REPEATED) {
        reading.left.unshown += left * cells.length;
        break;
      }
      this.#add(
        cells.map((cell) => this.#again(cell, reading) ?? cell),
        reading,
      );
    }
  }

  #add(cells: Cell[], reading: Reading): void {
    this.#rows.push(cells);
    this.#inSection++;
    if (this.#inSection < this.#rowsToSection) return;
    this.#endTable(reading);
    this.#endSection(reading);
  }

  /** The same cell once more: what it says is translated where it stands first, and written there. */
  #again(cell: Cell, { sections, left }: Reading): Cell | undefined {
    if (this.#repeated >= MAX_REPEATED) {
      left.unshown++;
      return undefined;
    }
    this.#repeated++;
    const shown = cell.blocks.filter(({ kind, layer }) => kind === "paragraph" && layer === undefined);
    const blocks = mapLeaves(shown, (leaf) => {
      const { anchor, ...others } = leaf;
      const first = leaf.sameAs ?? leaf.id;
      if (anchor === undefined && leaf.sameAs === undefined) return { ...others, id: sections.id() };
      Object.assign(leaf, { sameAs: first });
      return { ...others, id: sections.id(), sameAs: first };
    });
    return { ...cell, blocks };
  }

  /** What stands above the first thing of a sheet. */
  #name(sheet: XmlElement | undefined, reading: Reading): void {
    const name = sheet && attributeOf(sheet, "table:name");
    if (this.#named || !name || name.value === "") return;
    this.#named = true;
    const text = name.value;
    if (reading.selection.sheetNames)
      reading.sections.add({ ...named(valueLeaf(text, name.range, reading, "sheet"), text), kind: "heading", level: 2 });
    else {
      const content = [{ kind: "atom" as const, as: "field" as const, text, anchor: {} satisfies AtomAnchor }];
      reading.sections.add({ ...factsOf(reading), kind: "heading", level: 2, content });
    }
  }

  /** An empty row parts two tables. */
  #endTable({ sections }: Reading): void {
    if (this.#rows.length > 0) sections.add({ kind: "table", id: sections.id(), rows: this.#rows });
    this.#rows = [];
  }

  #endSection({ sections }: Reading): void {
    sections.end();
    this.#inSection = 0;
  }

  #end(sheet: XmlElement): void {
    const reading = this.#readingOf(sheet);
    this.#endTable(reading);
    const others: Block[] = readBlocks(elementsOf(sheet), reading);
    if (others.length > 0 || reading.selection.sheetNames) this.#name(sheet, reading);
    for (const block of others) reading.sections.add(block);
    this.#endSection(reading);
    this.#named = false;
  }
}

function named(leaf: Leaf, was: string): Leaf {
  return { ...leaf, anchor: { ...(leaf.anchor as LeafAnchor), was } };
}

function isSheet({ parent }: XmlElement): boolean {
  return parent !== undefined && nameOf(parent) === "office:spreadsheet";
}

function isOfSheet(row: XmlElement): boolean {
  return sheetOf(row) !== undefined;
}

/** Rows stand in groups, but in no other table: one in a cell, or what is linked, is none of the sheet's own. */
function sheetOf(row: XmlElement): XmlElement | undefined {
  for (let at = row.parent; at; at = at.parent) {
    const name = nameOf(at);
    if (name === "table:table") return isSheet(at) ? at : undefined;
    if (!/^table:table-(?:header-rows|rows|row-group)$/.test(name)) return undefined;
  }
  return undefined;
}
