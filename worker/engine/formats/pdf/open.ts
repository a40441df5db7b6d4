import { readFile } from "node:fs/promises";
import type { DocumentContext } from "../../context.ts";
import { EngineError } from "../../errors.ts";
import type { DocumentWriter, OpenDocument } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";
import { Pages } from "./damage.ts";
import { load } from "./load.ts";
import { pageOf } from "./page.ts";
import { renderForPeople } from "./rendering.ts";
import { type Source, sourceOf } from "./source.ts";
import { type Weights, weightsOf } from "./weight.ts";
import { wholenessOf } from "./wholeness.ts";

/** Throws PDF_ENCRYPTED, PASSWORD_WRONG, PDF_CORRUPT, TOO_MANY_PAGES, DOCUMENT_TOO_COMPLEX. */
export async function openPdf(
  file: string,
  { password = "", isLookedAt = false }: Pick<DocumentContext, "password" | "isLookedAt">,
): Promise<OpenDocument> {
  const bytes = await readFile(file);
  const wholeness = wholenessOf(bytes);
  if (wholeness.kind === "cut off") throw new EngineError("PDF_CORRUPT", `The PDF was cut off: ${wholeness.why}.`);
  const weights = await weightsOf(bytes, password);
  const document = await load(new Uint8Array(bytes), { password });
  try {
    if (document.numPages < 0) throw new EngineError("PDF_CORRUPT", "The PDF counts fewer pages than none.");
    // A result may have more pages than its source.
    if (!isLookedAt) requireFewPages(document.numPages);
    if (wholeness.kind === "endless" && wholeness.pages !== document.numPages)
      throw new EngineError("PDF_CORRUPT", `The PDF was cut off: it has ${wholeness.pages} pages, and names ${document.numPages}.`);
    return opened(await sourceOf(document), { file, password, weights });
  } catch (error) {
    await document.loadingTask.destroy();
    throw error;
  }
}

interface Opened {
  readonly file: string;
  readonly password: string;
  readonly weights: Weights;
}

function opened(source: Source, { file, password, weights }: Opened): OpenDocument {
  const pages = new Pages(source, async () => sourceOf(await load(new Uint8Array(await readFile(file)), { mends: true, password })));
  return {
    flow: "paged",
    pageCount: source.document.numPages,
    remarks: source.unseen.remarks,
    async page(number) {
      weights.require(number);
      return pages.read(number);
    },
    async preview(number) {
      weights.require(number);
      return source.using(async () => renderForPeople(await pageOf(source.document, number)));
    },
    asPdf: () => readFile(file),
    writer: (writing) => lazyWriter(async () => new (await import("./writing/writer.ts")).InPlaceWriter(source, file, writing)),
    [Symbol.asyncDispose]: () => pages[Symbol.asyncDispose](),
  };
}

/** What no job asks for is not loaded. */
function lazyWriter(open: () => Promise<DocumentWriter>): DocumentWriter {
  let opened: Promise<DocumentWriter> | undefined;
  const writer = () => {
    opened ??= open();
    return opened;
  };
  return { page: async (page) => (await writer()).page(page), finish: async (file) => (await writer()).finish(file) };
}
