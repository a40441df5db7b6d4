import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const EXTENSIONS = [".csv", ".tsv"] as const;
/** What exports call themselves by that name and are no table. */
const OTHER = /^\s*(?:<(?:!doctype|html|\?xml|table)\b|\{\\rtf|%!PS)/i;

/** Separated values, written in place. Any text is a table of one column: only a file's name tells it. */
export const csv: Format = {
  id: "csv",
  name: "tables of separated values (CSV, TSV)",
  mediaTypes: ["text/csv", "text/tab-separated-values"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) && sample.text !== undefined && !OTHER.test(sample.text),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./read.ts")).openCsv(file, context),
};
