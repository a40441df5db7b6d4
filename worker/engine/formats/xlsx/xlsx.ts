import type { Format } from "../format.ts";
import { isEncryptedOffice } from "../ooxml/encrypted.ts";
import { isZip, type Sample } from "../sample.ts";

const EXTENSIONS = [".xlsx", ".xlsm", ".xltx", ".xltm"] as const;

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
  extensions: EXTENSIONS,
  isShownByOffice: true,
  sniff: (sample) => (isZip(sample) ? hasMain(sample) : isEncryptedOffice(sample, EXTENSIONS)),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openXlsx(file, context),
};

function hasMain({ entries = [] }: Sample): boolean {
  return entries.some((name) => /^xl\/workbook[^/]*\.xml$/i.test(name));
}
