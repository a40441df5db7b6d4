import { childOf, findAll, nameOf } from "../ooxml/names.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { escapeAttribute, escapeText } from "../xml/write.ts";
import { all, type Workbook } from "./workbook.ts";

/** Of a sheet's name (Excel's limits). */
const MAX_NAME = 31;

/** Makes of a formula one that refers to sheets by their new names; undefined if it refers to none of them. */
export type Renaming = (formula: string) => string | undefined;

/** Whether a sheet can be called so. */
export function isSheetName(name: string): boolean {
  return name.length <= MAX_NAME && !/[[\]:*?/\\]|^'|'$/.test(name) && name.trim() !== "" && name.toLowerCase() !== "history";
}

/** Texts, brackets of structured references and other workbooks, names of sheets in quotes and without: none is taken for another. */
const TOKENS =
  /"(?:[^"]|"")*"|\[(?:'.|[^[\]'])*\]|(?<quoted>'(?:[^']|'')*')!|(?<![\]\p{L}\p{N}_.'])(?<bare>[\p{L}_\\][\p{L}\p{N}_.\\]*(?::[\p{L}_\\][\p{L}\p{N}_.\\]*)?)!/gu;

/** `names`: the new ones by the old ones in small letters. */
export function renaming(names: ReadonlyMap<string, string>): Renaming {
  return (formula) => {
    if (!formula.includes("!")) return undefined;
    let isOther = false;
    const made = formula.replace(TOKENS, (token: string, ...rest: unknown[]) => {
      const { quoted, bare } = rest.at(-1) as { quoted?: string; bare?: string };
      const said = quoted === undefined ? bare : quoted.slice(1, -1).replaceAll("''", "'");
      // Between a colon are the first and the last of several sheets.
      const parts = said?.split(":") ?? [];
      if (!parts.some((part) => names.has(part.toLowerCase()))) return token;
      isOther = true;
      return `'${parts.map((part) => (names.get(part.toLowerCase()) ?? part).replaceAll("'", "''")).join(":")}'!`;
    });
    return isOther ? made : undefined;
  };
}

/** The edits of the workbook's own part: the tabs, and what named ranges refer to. */
export function tabEdits({ root }: Pick<Workbook, "root">, names: ReadonlyMap<string, string>): PartEdit[] {
  const tabs = all(childOf(root, "x:sheets"), "sheet").flatMap((sheet) =>
    sheet.attributes.flatMap(({ name, value, range }): PartEdit[] => {
      const text = name === "name" ? names.get(value.toLowerCase()) : undefined;
      return text === undefined ? [] : [{ from: range[0], to: range[1], text: () => escapeAttribute(text) }];
    }),
  );
  return [...tabs, ...formulaEdits(all(childOf(root, "x:definedNames"), "definedName"), renaming(names))];
}

const CHART_FORMULAS = new Set(["c:f", "cx:f"]);

/** Of a chart: the ranges that it shows. */
export function chartEdits(chart: XmlElement, rename: Renaming): PartEdit[] {
  return formulaEdits(findAll(chart, CHART_FORMULAS), rename);
}

/** Of a table: its columns' formulas. */
export function tableEdits(table: XmlElement, rename: Renaming): PartEdit[] {
  const columns = all(childOf(table, "x:tableColumns"), "tableColumn");
  return formulaEdits(
    columns.flatMap((column) => elementsOf(column).filter(({ local }) => local.endsWith("Formula"))),
    rename,
  );
}

/** Of a drawing: shapes that show a cell. */
export function linkEdits(drawing: XmlElement, rename: Renaming): PartEdit[] {
  return findAll(drawing, new Set(["xdr:sp"])).flatMap((shape) => attributeEdits(shape, "textlink", rename));
}

/** Of what a pivot table was made of. */
export function pivotEdits(cache: XmlElement, names: ReadonlyMap<string, string>): PartEdit[] {
  return findAll(cache, new Set(["x:worksheetSource"])).flatMap((source) =>
    attributeEdits(source, "sheet", (name) => names.get(name.toLowerCase())),
  );
}

function attributeEdits(element: XmlElement, wanted: string, change: Renaming): PartEdit[] {
  const found = element.attributes.find(({ name }) => name === wanted);
  const text = found && change(found.value);
  return text === undefined ? [] : [{ from: found?.range[0] ?? 0, to: found?.range[1] ?? 0, text: () => escapeAttribute(text) }];
}

function formulaEdits(elements: readonly XmlElement[], rename: Renaming): PartEdit[] {
  return elements.flatMap((element): PartEdit[] => {
    const text = nameOf(element) !== "" && element.inner ? rename(textIn(element)) : undefined;
    return text === undefined || !element.inner ? [] : [{ from: element.inner[0], to: element.inner[1], text: () => escapeText(text) }];
  });
}
