import { attributeOf, childOf, findAll } from "../ooxml/names.ts";
import type { OfficePackage, Relationship } from "../ooxml/package.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import { decodeXstring, encodeXstring } from "../ooxml/xstring.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { escapeAttribute } from "../xml/write.ts";
import { columnOf } from "./scan.ts";
import { all, type Sheet } from "./workbook.ts";

/** A range that is a table (ISO/IEC 29500-1, 18.5): its columns are named as the cells above them say. */
export interface Table {
  readonly part: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly formulas: readonly string[];
  /** The texts that its filters show rows by. */
  readonly filters: readonly string[];
}

export interface TableColumn {
  readonly name: string;
  /** Of the cell that says it. */
  readonly row: number;
  readonly column: number;
}

const FILTERS = new Set(["x:filter", "x:customFilter"]);

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
    const formulas = elements.flatMap((element) =>
      elementsOf(element)
        .filter(({ local }) => local.endsWith("Formula"))
        .map(textIn),
    );
    const filters = findAll(root, FILTERS).map((filter) => attributeOf(filter) ?? "");
    tables.push({ part: target, name: attributeOf(root, "displayName") ?? "", columns: hasHead ? columns : [], formulas, filters });
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

/** The columns named anew, and the words below them. */
export function headEdits(table: XmlElement, { columns, said }: NewNames): PartEdit[] {
  return columnsOf(table).flatMap((element, index) =>
    element.attributes.flatMap(({ name, value, range }): PartEdit[] => {
      const text = name === "name" ? columns.get(index) : name === "totalsRowLabel" ? said(decodeXstring(value)) : undefined;
      return text === undefined ? [] : [{ from: range[0], to: range[1], text: () => nameAttribute(text) }];
    }),
  );
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
