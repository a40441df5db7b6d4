import { edited } from "../edits.ts";
import { elementsOf } from "../ooxml/names.ts";
import type { Workbook } from "./workbook.ts";

/** What stands before the element that says how the workbook is calculated, in the schema's order (CT_Workbook). */
const BEFORE = new Set([
  "fileVersion",
  "fileSharing",
  "workbookPr",
  "workbookProtection",
  "bookViews",
  "sheets",
  "functionGroups",
  "externalReferences",
  "definedNames",
]);

/** The workbook's part, asking for all to be calculated when it is opened: texts that formulas make follow their cells then. */
export function recalculated({ text: source, root, encode }: Pick<Workbook, "text" | "root" | "encode">): Buffer {
  const children = [...elementsOf(root)];
  const existing = children.find(({ local }) => local === "calcPr");
  if (existing) {
    const given = existing.attributes.find(({ name }) => name === "fullCalcOnLoad");
    const at = existing.range[0] + 1 + existing.name.length;
    const edit = given ? { from: given.range[0], to: given.range[1], text: "1" } : { from: at, to: at, text: ' fullCalcOnLoad="1"' };
    return encode(edited(source, [edit]));
  }
  const last = children.findLast(({ local }) => BEFORE.has(local));
  if (!last) return encode(source);
  const at = last.range[1];
  const name = `${last.name.slice(0, -last.local.length)}calcPr`;
  return encode(edited(source, [{ from: at, to: at, text: `<${name} fullCalcOnLoad="1"/>` }]));
}
