import type { OfficePackage } from "../ooxml/package.ts";
import { FormulaTexts } from "./formula_texts.ts";
import { NO_STRINGS, openSharedStrings, type SharedStrings } from "./shared_strings.ts";
import { placeKey, type Survey, survey } from "./survey.ts";
import { pivotNames, readTables, type Table } from "./tables.ts";
import { readWorkbook, type Sheet, type Workbook } from "./workbook.ts";

/** A workbook whose sheets were gone through once. */
export interface Book {
  readonly office: OfficePackage;
  readonly workbook: Workbook;
  readonly strings: SharedStrings;
  readonly sheets: readonly SurveyedSheet[];
  /** How many cells show each shared string. */
  readonly uses: Uint32Array;
  readonly texts: FormulaTexts;
}

export interface SurveyedSheet extends Survey {
  readonly sheet: Sheet;
  readonly tables: readonly Table[];
}

const NO_CELLS: Survey = { root: "<chartsheet>", rows: [], running: [], prompts: [], computed: 0, heads: new Map(), hasChoices: false };

/** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export async function readBook(office: OfficePackage, signal: AbortSignal): Promise<Book> {
  const workbook = await readWorkbook(office);
  const strings = workbook.sharedStrings === undefined ? NO_STRINGS : await openSharedStrings(office.archive, workbook.sharedStrings);
  const uses = new Uint32Array(strings.count);
  const texts = new FormulaTexts();
  const sheets: SurveyedSheet[] = [];
  for (const { formula } of workbook.definedNames) texts.formula(formula);
  for (const sheet of workbook.sheets) {
    signal.throwIfAborted();
    const tables = await readTables(office, sheet);
    for (const { formulas, filters } of tables) {
      for (const formula of formulas) texts.formula(formula);
      for (const filter of filters) texts.literal(filter);
    }
    const heads = new Set(tables.flatMap(({ columns }) => columns.map(({ row, column }) => placeKey(row, column))));
    const surveyed = sheet.kind === "worksheet" ? await survey(sheet, heads, { archive: office.archive, uses, texts }) : NO_CELLS;
    sheets.push({ sheet, tables, ...surveyed });
  }
  for (const name of await pivotNames(office, workbook.relationships)) texts.whole(name);
  for (const { columns } of sheets.flatMap(({ tables }) => tables))
    for (const { name } of columns) if (texts.columns.has(name.trim().toLowerCase())) texts.whole(name);
  if (texts.hasIndirect) for (const name of namesOf(workbook, sheets)) texts.whole(name);
  return { office, workbook, strings, sheets, uses, texts };
}

/** All that a reference made of a text can lead to. */
function namesOf(workbook: Workbook, sheets: readonly SurveyedSheet[]): string[] {
  return [
    ...workbook.sheets.map(({ name }) => name),
    ...workbook.definedNames.map(({ name }) => name),
    ...sheets.flatMap(({ tables }) => tables.map(({ name }) => name)),
  ];
}
