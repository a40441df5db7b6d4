import { fileTypeNamed } from "../../platform/file_types.ts";

/** As many as an engine takes of one document. */
const MOST_PAGES = 2_000;
/** What a page, or a section of a document without pages, takes in a file: rather too little than too much for what is sent usually. */
const BYTES_PER_PAGE: Readonly<Record<string, number>> = {
  pdf: 50_000,
  docx: 15_000,
  odt: 15_000,
  doc: 30_000,
  rtf: 20_000,
  pptx: 100_000,
  odp: 100_000,
  ppt: 100_000,
  odg: 100_000,
  xlsx: 10_000,
  ods: 10_000,
  xls: 20_000,
  epub: 10_000,
  html: 20_000,
  eml: 20_000,
  msg: 40_000,
};
/** Of texts: 40 paragraphs or lines, which are one section (`worker/engine/formats/sectioned.ts`). */
const TEXT_BYTES = 6_000;

/**
 * How many pages a document has that nobody has opened yet, by its name and its size in bytes: at least 1. What is reserved of a quota
 * and counted in the order of jobs until the true number is known.
 */
export function estimatedPages(fileName: string, sizeBytes: number): number {
  const type = fileTypeNamed(fileName)?.id ?? "";
  if (type === "image") return 1;
  return Math.min(MOST_PAGES, Math.max(1, Math.ceil(sizeBytes / (BYTES_PER_PAGE[type] ?? TEXT_BYTES))));
}
