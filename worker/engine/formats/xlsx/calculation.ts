import type { PartEdit } from "../ooxml/writing.ts";
import { elementsOf } from "../xml/walk.ts";
import type { Workbook } from "./workbook.ts";

/** What stands before the element that says how the workbook is calculated, in the schema's order (CT_Workbook). */
const BEFORE = new Set([
  ...["fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups"],
  ...["externalReferences", "definedNames"],
]);

/** Asks for all to be calculated when the workbook is opened: texts that formulas make follow their cells then. */
export function calculationEdits({ root }: Pick<Workbook, "root">): PartEdit[] {
  const children = elementsOf(root);
  const existing = children.find(({ local }) => local === "calcPr");
  if (existing) {
    const given = existing.attributes.find(({ name }) => name === "fullCalcOnLoad");
    const at = existing.range[0] + 1 + existing.name.length;
    if (given) return [{ from: given.range[0], to: given.range[1], text: () => "1" }];
    return [{ from: at, to: at, text: () => ' fullCalcOnLoad="1"' }];
  }
  const last = children.findLast(({ local }) => BEFORE.has(local));
  if (!last) return [];
  const name = `${last.name.slice(0, -last.local.length)}calcPr`;
  return [{ from: last.range[1], to: last.range[1], text: () => `<${name} fullCalcOnLoad="1"/>` }];
}
