import { copyFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Remark } from "../../document/remarks.ts";
import { asEngineError, EngineError } from "../../errors.ts";
import type { Making } from "./files.ts";

const SOURCE = "source.pdf";
const TRANSLATION = "translation.pdf";
/** Whoever watches the engine hears that it goes on: how long LibreOffice may take is its own matter. */
const PULSE_MS = 1_000;

/** An office document, and what it became, with the endings of their names. */
export interface OfficeFiles {
  readonly source: string;
  readonly translation: string;
  readonly sourceExtension: string;
}

export interface OfficePdfs {
  /** The translation's; undefined if there is none. */
  readonly making?: Making;
  /** Of how many pages the source's is, which is SOURCE in the context's folder; 0 if there is none. */
  readonly sourcePages: number;
  readonly remarks: readonly Remark[];
}

export const SOURCE_PDF = { mediaType: "application/pdf", fileName: SOURCE };

/** PDFs of both, as LibreOffice sets them: pictures of pages and bilingual PDFs are made of these. Where one cannot be had, a remark. */
export async function makeOfficePdfs(
  { source, translation, sourceExtension }: OfficeFiles,
  { folder, office, signal, time }: DocumentContext,
  pulse: () => void,
): Promise<OfficePdfs> {
  const timer = setInterval(pulse, PULSE_MS);
  // It goes by a name's ending, and a document has none here.
  const copy = path.join(folder, `source${sourceExtension}`);
  try {
    if (!office) return none("the worker has no LibreOffice");
    await copyFile(source, copy);
    const [translated, original] = await time("make PDFs by LibreOffice", 0, () => office.pdfs([translation, copy], signal));
    if (!translated) return none("LibreOffice cannot open the result");
    const pages = await pageCount(translated);
    const sourcePages = original ? await pageCount(original) : 0;
    return { making: pdfOf(pages, sourcePages), sourcePages, remarks: [] };
  } catch (error) {
    signal.throwIfAborted();
    const known = asEngineError(error);
    if (known?.code === "STORAGE_FULL") throw known;
    if (!(error instanceof EngineError)) console.error(error);
    return none(known?.code === "TIME_LIMIT" ? "LibreOffice took too long for the document" : "its pages cannot be read");
  } finally {
    clearInterval(timer);
    await rm(copy, { force: true });
  }
}

function none(why: string): OfficePdfs {
  return {
    sourcePages: 0,
    remarks: [{ page: 0, code: "PREVIEW_MISSING", message: `There is no PDF and no picture of the pages: ${why}.` }],
  };
}

/** Text that grows makes more pages: those beyond the source's stand beside its last. */
function pdfOf(pages: number, sourcePages: number): Making {
  return {
    formats: [],
    file: { mediaType: "application/pdf", fileName: TRANSLATION },
    renderer: { page: () => undefined, finish: async () => [] },
    sourcePages: Array.from({ length: pages }, (_, index) => Math.min(index + 1, sourcePages || index + 1)),
  };
}

async function pageCount(file: string): Promise<number> {
  const { PDFDocument } = await import("pdf-lib");
  return (await PDFDocument.load(await readFile(file), { updateMetadata: false })).getPageCount();
}
