import type { FileType } from "../format.ts";
import { attributeOf, childOf } from "../ooxml/names.ts";
import type { OfficePackage, Relationship, XmlPart } from "../ooxml/package.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { type NumberFormat, numberFormat } from "./number_format.ts";

export interface Sheet {
  readonly name: string;
  readonly part: string;
  /** A sheet that is one chart has no cells. */
  readonly kind: "worksheet" | "chartsheet";
  readonly relationships: readonly Relationship[];
}

export interface Workbook extends XmlPart {
  readonly part: string;
  readonly type: FileType;
  readonly relationships: readonly Relationship[];
  /** In the order of their tabs. */
  readonly sheets: readonly Sheet[];
  readonly definedNames: readonly { readonly name: string; readonly formula: string }[];
  /** How numbers are shown, by a cell's style. */
  readonly formats: readonly NumberFormat[];
  readonly sharedStrings: string | undefined;
}

/** By the words of the main part's content type. */
const TYPES: readonly (readonly [RegExp, FileType])[] = [
  [/template\.macroenabled/, { mediaType: "application/vnd.ms-excel.template.macroenabled.12", extension: ".xltm" }],
  [/macroenabled/, { mediaType: "application/vnd.ms-excel.sheet.macroenabled.12", extension: ".xlsm" }],
  [/template/, { mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.template", extension: ".xltx" }],
  [/^/, { mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extension: ".xlsx" }],
];

/** Throws DOCUMENT_CORRUPT. */
export async function readWorkbook(office: OfficePackage): Promise<Workbook> {
  const { part, contentType } = await office.main();
  const xml = await office.xml(part);
  const relationships = await inside(office, part);
  const date1904 = /^(?:1|true)$/.test(attributeOf(childOf(xml.root, "x:workbookPr"), "date1904") ?? "");
  const named = (type: string) => relationships.find((relationship) => relationship.type === type)?.target;
  const styles = named("styles");
  const definedNames = all(childOf(xml.root, "x:definedNames"), "definedName").map((element) => ({
    name: attributeOf(element, "name") ?? "",
    formula: textIn(element),
  }));
  return {
    ...xml,
    ...{ part, relationships, definedNames, sharedStrings: named("sharedStrings") },
    type: TYPES.find(([words]) => words.test(contentType))?.[1] as FileType,
    sheets: await readSheets(office, xml.root, relationships),
    formats: styles === undefined ? [] : formatsOf((await office.xml(styles)).root, date1904),
  };
}

/** To parts that are there. */
async function inside(office: OfficePackage, part: string): Promise<Relationship[]> {
  return (await office.relationships(part)).filter(({ external, target }) => !external && office.archive.has(target));
}

async function readSheets(office: OfficePackage, root: XmlElement, relationships: readonly Relationship[]): Promise<Sheet[]> {
  const sheets: Sheet[] = [];
  for (const element of all(childOf(root, "x:sheets"), "sheet")) {
    const id = element.attributes.find(({ local, uri }) => local === "id" && uri !== "")?.value;
    const { type: kind, target: part } = relationships.find((each) => each.id === id) ?? {};
    if ((kind !== "worksheet" && kind !== "chartsheet") || part === undefined) continue;
    sheets.push({ name: attributeOf(element, "name") ?? "", part, kind, relationships: await inside(office, part) });
  }
  return sheets;
}

function formatsOf(styles: XmlElement, date1904: boolean): NumberFormat[] {
  const codes = new Map(
    all(childOf(styles, "x:numFmts"), "numFmt").map((element) => [
      Number(attributeOf(element, "numFmtId")),
      attributeOf(element, "formatCode") ?? "",
    ]),
  );
  const made = new Map<number, NumberFormat>();
  return all(childOf(styles, "x:cellXfs"), "xf").map((element) => {
    const id = Number(attributeOf(element, "numFmtId") ?? 0);
    const format = made.get(id) ?? numberFormat(id, codes.get(id), date1904);
    made.set(id, format);
    return format;
  });
}

/** The children of `parent` of one local name. */
export function all(parent: XmlElement | undefined, local: string): XmlElement[] {
  return parent ? elementsOf(parent).filter((element) => element.local === local) : [];
}
