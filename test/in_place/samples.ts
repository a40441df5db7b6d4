import { SAMPLES as READING } from "../reading/samples.ts";
import { PAGES, STRUCTURES } from "./kinds_pages.ts";
import { SCANS } from "./kinds_scans.ts";
import { SCRIPTS } from "./kinds_scripts.ts";
import type { InPlaceSample } from "./sample.ts";

/** Of what the readers are tried with, what is hard to set. */
const OF_READING = [
  ...["columns-2-gutter-8-en", "columns-2-gutter-12-fr", "columns-3-gutter-8-en", "columns-3-gutter-16-de", "spanning-heads-2-columns-en"],
  ...["table-over-both-columns", "figure-over-both-columns", "sidebar-right-filled", "margin-stamp-en", "title-page-en"],
  ...["table-ruled-people", "table-striped-people", "table-spans-ruled", "table-plain-figures", "list-nested-letters", "contents-dots"],
  ...["footnotes-en", "running-heads-columns", "captions-en", "code-in-text", "link-in-a-sentence", "form-name-and-wish", "free-text-en"],
  ...["drop-cap-two-lines", "letters-one-by-one-sans", "ligatures-en", "across-columns-hyphen", "note-mark-behind-number"],
];

/** The documents that are translated in place and judged. */
export const IN_PLACE: readonly InPlaceSample[] = [...OF_READING.map(ofReading), ...PAGES, ...STRUCTURES, ...SCRIPTS, ...SCANS];

function ofReading(id: string): InPlaceSample {
  const sample = READING.find((one) => one.id === id);
  if (!sample) throw new RangeError(`No sample ${id}.`);
  const { language, fileName } = sample;
  return { id, from: language, to: language === "es" ? "en" : "es", fileName, make: async () => (await sample.make()).bytes };
}
