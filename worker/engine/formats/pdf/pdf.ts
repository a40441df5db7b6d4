import { readFile } from "node:fs/promises";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { asEngineError, EngineError } from "../../errors.ts";
import type { Format, OpenDocument } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";
import { load } from "./load.ts";
import { type Layers, pageOf, readPage } from "./page.ts";
import { renderForOcr, renderForPeople } from "./rendering.ts";
import { wholenessOf } from "./wholeness.ts";

/** After so many pages what pdf.js keeps for the whole document (fonts, pictures that come again) is freed. */
const PAGES_A_CLEANING = 100;

/** A PDF, with everything active in it switched off. What is text and what a picture of it is decided place by place. */
export const pdf: Format = {
  id: "pdf",
  name: "PDF",
  mediaTypes: ["application/pdf"],
  extensions: [".pdf"],
  // A PDF's header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13).
  sniff: (head) => Buffer.from(head.subarray(0, 1024)).includes("%PDF-"),
  open: openPdf,
};

/** Throws PDF_ENCRYPTED, PDF_CORRUPT, TOO_MANY_PAGES. */
async function openPdf(file: string): Promise<OpenDocument> {
  const bytes = await readFile(file);
  const wholeness = wholenessOf(bytes);
  if (wholeness.kind === "cut off") throw new EngineError("PDF_CORRUPT", `The PDF was cut off: ${wholeness.why}.`);
  const document = await load(new Uint8Array(bytes));
  try {
    if (document.numPages < 0) throw new EngineError("PDF_CORRUPT", "The PDF counts fewer pages than none.");
    requireFewPages(document.numPages);
    if (wholeness.kind === "endless" && wholeness.pages !== document.numPages)
      throw new EngineError("PDF_CORRUPT", `The PDF was cut off: it has ${wholeness.pages} pages, and names ${document.numPages}.`);
    return opened(document, await document.getOptionalContentConfig());
  } catch (error) {
    await document.loadingTask.destroy();
    throw error;
  }
}

function opened(document: PDFDocumentProxy, layers: Layers): OpenDocument {
  const using = cleaning(document);
  return {
    pageCount: document.numPages,
    remarks: [],
    page: (number) =>
      using(async () => {
        try {
          const { content, toRead } = await readPage(await pageOf(document, number), layers);
          if (toRead === undefined) return { kind: "content", content };
          const image = (signal: AbortSignal) => using(async () => renderForOcr(await pageOf(document, number), signal));
          return { kind: "content", content, toRead: toRead === "page" ? { image } : { areas: toRead, image } };
        } catch (error) {
          throw asEngineError(error) ?? new EngineError("PDF_CORRUPT", "The page cannot be read.", { page: number, cause: error });
        }
      }),
    preview: (number) => using(async () => renderForPeople(await pageOf(document, number))),
    [Symbol.asyncDispose]: () => document.loadingTask.destroy(),
  };
}

/** Does work on pages, and frees what they share from time to time, in a moment when none is at work and needs it. */
function cleaning(document: PDFDocumentProxy) {
  let [atWork, since] = [0, 0];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    atWork++;
    try {
      return await work();
    } finally {
      atWork--;
      since++;
      if (atWork === 0 && since >= PAGES_A_CLEANING) {
        since = 0;
        await document.cleanup();
      }
    }
  };
}
