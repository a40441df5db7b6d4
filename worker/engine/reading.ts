import type { DocumentContext } from "./context.ts";
import type { Page } from "./document/model.ts";
import { asEngineError, EngineError } from "./errors.ts";
import type { OpenDocument } from "./formats/format.ts";
import type { PageContent } from "./layout/content.ts";
import type { Ocr } from "./ports/ocr.ts";

/** Pages that are read side by side. Their order stays. */
const AT_ONCE = 4;

export interface ReadingListener {
  /** A page that OCR reads goes to it; later it was read. */
  readonly ocr?: () => void;
  readonly read?: () => void;
  readonly failed?: (cause: EngineError) => void;
}

/**
 * Opens the document's pages in order, and has OCR read what only it can read. A page that fails is a page with its
 * failure. Throws STORAGE_FULL, which is no fault of a page's, and the signal's reason.
 */
export async function* readPages(
  document: OpenDocument,
  ocr: Ocr,
  context: DocumentContext,
  listener: ReadingListener = {},
): AsyncGenerator<PageContent | Page> {
  const reading: Promise<PageContent | Page>[] = [];
  let next = 1;
  try {
    while (next <= document.pageCount || reading.length > 0) {
      while (next <= document.pageCount && reading.length < AT_ONCE) {
        const read = readPage(document, next++, ocr, context, listener);
        // It is awaited in its turn; until then its failure is nobody's.
        read.catch(() => undefined);
        reading.push(read);
      }
      yield await (reading.shift() as Promise<PageContent | Page>);
    }
  } finally {
    await Promise.allSettled(reading);
  }
}

async function readPage(
  document: OpenDocument,
  number: number,
  ocr: Ocr,
  { signal, time }: DocumentContext,
  listener: ReadingListener,
): Promise<PageContent | Page> {
  try {
    signal.throwIfAborted();
    const source = await time("open page", number, () => document.page(number));
    if (source.kind === "blocks") return source.page;
    const { content, toRead } = source;
    if (!toRead) return content;
    listener.ocr?.();
    return await time("read page", number, () => ocr.complete(content, toRead, signal));
  } catch (error) {
    if (signal.aborted) throw error;
    return failedPage(number, error, listener);
  } finally {
    listener.read?.();
  }
}

/** A page that could not be read, with why. Throws what is no fault of the page's: it would be missing for want of room on a disk. */
function failedPage(number: number, error: unknown, listener: ReadingListener): Page {
  const cause = asEngineError(error) ?? new EngineError("ENGINE_CRASHED", "The page could not be read.", { cause: error });
  if (cause.code === "STORAGE_FULL") throw cause;
  listener.failed?.(cause);
  return { number, blocks: [], remarks: [], failure: cause.message };
}
