import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Picture, SourcePage } from "../format.ts";
import { type Layers, pageOf, readPage } from "./page.ts";
import { renderForOcr } from "./rendering.ts";
import { type UnseenTexts, unseenOfDocument } from "./unseen.ts";

/** After so many pages what pdf.js keeps for the whole document (fonts, pictures that come again) is freed. */
const PAGES_A_CLEANING = 100;

export type ContentPage = Extract<SourcePage, { kind: "content" }>;

/** A document, and work on its pages. */
export interface Source {
  readonly document: PDFDocumentProxy;
  readonly layers: Layers;
  /** What the document says beside its pages. */
  readonly unseen: UnseenTexts;
  readonly isEncrypted: boolean;
  using<Result>(work: () => Promise<Result>): Promise<Result>;
}

export async function sourceOf(document: PDFDocumentProxy): Promise<Source> {
  const unseen = await unseenOfDocument(document);
  // Only encrypted files have them.
  const isEncrypted = (await document.getPermissions().catch(() => null)) !== null;
  return { document, layers: await document.getOptionalContentConfig(), unseen, isEncrypted, using: cleaning(document) };
}

/** A page, and how many operators it is made of. */
export interface ReadSource {
  readonly page: ContentPage;
  readonly operators: number;
}

export async function readFrom({ document, layers, unseen, using }: Source, number: number): Promise<ReadSource> {
  const read = await using(async () => readPage(await pageOf(document, number), layers));
  const { content: own, toRead, operators, dotsPerInch } = read;
  // The first page speaks for the document.
  const content = number === 1 && unseen.texts.length > 0 ? { ...own, unseen: [...unseen.texts, ...(own.unseen ?? [])] } : own;
  if (toRead === undefined) return { page: { kind: "content", content }, operators };
  let { scanned } = read;
  const image = async (signal: AbortSignal): Promise<Picture> => {
    // Given away, so that it is not kept for as long as the page is.
    const taken = scanned;
    scanned = undefined;
    return taken ? { ...taken, scaled: false } : using(async () => renderForOcr(await pageOf(document, number), dotsPerInch, signal));
  };
  return { page: { kind: "content", content, toRead: toRead === "page" ? { image } : { areas: toRead, image } }, operators };
}

/** Does work on pages, and frees what they share after so many of them, when none is at work and needs it. */
function cleaning(document: PDFDocumentProxy): Source["using"] {
  const atWork = new Set<Promise<unknown>>();
  let since = 0;
  let cleaned: Promise<unknown> = Promise.resolve();
  return async (work) => {
    since++;
    if (since > PAGES_A_CLEANING) {
      since = 0;
      cleaned = cleaned.then(async () => {
        await Promise.allSettled(atWork);
        await document.cleanup();
      });
    }
    await cleaned;
    const result = work();
    atWork.add(result);
    try {
      return await result;
    } finally {
      atWork.delete(result);
    }
  };
}
