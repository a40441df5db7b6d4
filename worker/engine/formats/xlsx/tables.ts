import { type Edit, edited, inOrder } from "../edits.ts";
import { attributeOf, childOf, elementsOf, textIn } from "../ooxml/names.ts";
import type { OfficePackage, Relationship } from "../ooxml/package.ts";
import { decodeXstring, encodeXstring } from "../ooxml/xstring.ts";
import type { XmlElement } from "../xml/parse.ts";
import { escapeAttribute } from "../xml/write.ts";
import { columnOf } from "./scan.ts";
import { all, type Sheet } from "./workbook.ts";

/** A range that is a table (ISO/IEC 29500-1, 18.5): its columns are named as the cells above them say. */
export interface Table {
  readonly part: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly formulas: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  /** Of the cell that says it. */
  readonly row: number;
  readonly column: number;
}

/** Throws DOCUMENT_CORRUPT. */
export async function readTables(office: OfficePackage, { relationships }: Sheet): Promise<Table[]> {
  const tables: Table[] = [];
  for (const { type, target } of relationships) {
    if (type !== "table") continue;
    const { root } = await office.xml(target);
    const [, letters = "", row = "0"] = /^\$?([A-Z]{1,3})\$?(\d{1,7})/i.exec(attributeOf(root, "ref") ?? "") ?? [];
    const hasHead = attributeOf(root, "headerRowCount") !== "0";
    const elements = columnsOf(root);
    const columns = elements.map((element, index) => ({
      name: decodeXstring(attributeOf(element, "name") ?? ""),
      row: Number(row),
      column: columnOf(letters) + index,
    }));
    const formulas = elements.flatMap((element) => [...elementsOf(element)].filter(({ local }) => local.endsWith("Formula")).map(textIn));
    tables.push({ part: target, name: attributeOf(root, "displayName") ?? "", columns: hasHead ? columns : [], formulas });
  }
  return tables;
}

function columnsOf(root: XmlElement): XmlElement[] {
  return all(childOf(root, "x:tableColumns"), "tableColumn");
}

/** What a table's texts become: its columns by their numbers, and the words below them. */
export interface NewNames {
  readonly columns: ReadonlyMap<number, string>;
  readonly said: (text: string) => string | undefined;
}

/** The part with its columns named anew; undefined if nothing of it changes. */
export async function renamedTable(office: OfficePackage, part: string, { columns, said }: NewNames): Promise<Buffer | undefined> {
  const { text: source, root, encode } = await office.xml(part);
  const edits: Edit[] = [];
  for (const [index, element] of columnsOf(root).entries())
    for (const { name, value, range } of element.attributes) {
      const text = name === "name" ? columns.get(index) : name === "totalsRowLabel" ? said(decodeXstring(value)) : undefined;
      if (text !== undefined) edits.push({ from: range[0], to: range[1], text: nameAttribute(text) });
    }
  return edits.length > 0 ? encode(edited(source, inOrder(edits))) : undefined;
}

/** Line ends of names are written as ST_Xstring has them. */
function nameAttribute(text: string): string {
  return escapeAttribute(encodeXstring(text).replaceAll("\n", "_x000a_"));
}

/** The names of the fields that pivot tables take from cells: a cell that says another is no longer found. */
export async function pivotNames(office: OfficePackage, relationships: readonly Relationship[]): Promise<string[]> {
  const names: string[] = [];
  for (const { type, target } of relationships) {
    if (type !== "pivotCacheDefinition") continue;
    const { root } = await office.xml(target);
    names.push(...all(childOf(root, "x:cacheFields"), "cacheField").map((field) => decodeXstring(attributeOf(field, "name") ?? "")));
  }
  return names;
}

/** Whether a sheet shows a pivot table. */
export function hasPivots({ relationships }: Sheet): boolean {
  return relationships.some(({ type }) => type === "pivotTable");
}
