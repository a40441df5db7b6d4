import type { Format } from "../format.ts";
import { isZip } from "../sample.ts";
import { entriesIn } from "../zip/peek.ts";

/** Workbooks of Office Open XML, their templates and those with macros, written in place. Known by their main part. */
export const xlsx: Format = {
  id: "xlsx",
  name: "Excel (XLSX)",
  mediaTypes: [
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    "application/vnd.ms-excel.template.macroenabled.12",
  ],
  extensions: [".xlsx", ".xlsm", ".xltx", ".xltm"],
  sniff: (sample) => isZip(sample) && (sample.entries ?? entriesIn(sample.head)).some((name) => /^xl\/workbook[^/]*\.xml$/i.test(name)),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openXlsx(file, context),
};
