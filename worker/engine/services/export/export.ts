import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Ledger, Output, Page, SourceDocument } from "../../models.ts";
import type { Timed } from "../../stopwatch.ts";
import { remark } from "../translation/translate.ts";
import { toJson } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { toPdf } from "./pdf.ts";
import { openPreviews, sourcePreview } from "./preview.ts";
import { toText } from "./text.ts";

/** Writes a document's result files to a folder. */
export interface Exporter {
  export(document: Translated, work: Exporting): Promise<Output[]>;
}

/** What an export works with. */
export interface Exporting {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  readonly time: Timed;
  /** Hears, page by page, how much is done, 0 to 1. */
  readonly onShare: (share: number) => void;
  /** Of how many pages previews are made, of the translation and of the source; 2,000 if not given. */
  readonly maxPreviews?: number;
}

export interface Translated {
  readonly source: SourceDocument;
  readonly pages: readonly Page[];
  /** ISO 639-1 code of what the pages are in now. */
  readonly language: string;
}

/** How much of an export is setting the PDF; the rest are the previews. */
const SETTING_SHARE = 0.4;
/** What a job lists must stay one message. */
const MAX_PREVIEWS = 2000;

/** Markdown, text, PDF, and previews of the PDF's pages and the source's. Missing glyphs become remarks. */
export const fileExporter: Exporter = {
  async export({ source, pages, language }, { folder, ledger, signal, time, onShare, maxPreviews = MAX_PREVIEWS }) {
    const outputs: Output[] = [];
    const write = async (output: Output, content: string | Uint8Array) => {
      await writeFile(path.join(folder, output.fileName), content);
      outputs.push(output);
    };
    const markdown: Output = { format: "MARKDOWN", page: 0, mediaType: "text/markdown; charset=utf-8", fileName: "translation.md" };
    await time("write Markdown", 0, () => write(markdown, toMarkdown(pages)));
    const text: Output = { format: "TEXT", page: 0, mediaType: "text/plain; charset=utf-8", fileName: "translation.txt" };
    await time("write text", 0, () => write(text, toText(pages)));
    const model: Output = { format: "JSON", page: 0, mediaType: "application/json", fileName: "translation.json" };
    await time("write JSON", 0, () => write(model, toJson(pages, ledger.sourceLanguage, language)));
    const { bytes, missingGlyphs, sourcePages } = await time("write PDF", 0, () =>
      toPdf(pages, language, (share) => {
        signal.throwIfAborted();
        onShare(share * SETTING_SHARE);
      }),
    );
    for (const glyph of missingGlyphs) {
      const code = glyph.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
      remark(ledger, {
        page: 0,
        code: "GLYPH_MISSING",
        message: `The PDF's fonts do not have U+${code}; it is shown as a replacement sign.`,
      });
    }
    await write({ format: "PDF", page: 0, mediaType: "application/pdf", fileName: "translation.pdf" }, bytes);
    const failed = new Set(pages.filter(({ failure }) => failure).map(({ number }) => number));
    const pagesShown = sourcePages.slice(0, maxPreviews);
    const sourcesShown = source.picture ? Math.min(maxPreviews, source.pageCount) : 0;
    if (pagesShown.length < sourcePages.length)
      remark(ledger, {
        page: 0,
        code: "PREVIEW_MISSING",
        message: `The PDF has ${sourcePages.length} pages; previews are made of the first ${maxPreviews}.`,
      });
    const shown = pagesShown.length + sourcesShown;
    let done = 0;
    const show = async (output: Output, sourcePage: number, preview: () => Promise<Buffer>) => {
      signal.throwIfAborted();
      const image = await time("render preview", output.page, preview).catch(() => undefined);
      if (image) await write(output, image);
      // Of a page that could not be read the ledger speaks already.
      else if (!failed.has(sourcePage))
        remark(ledger, { page: sourcePage, code: "PREVIEW_MISSING", message: "A preview of the page could not be made." });
      done += 1;
      onShare(SETTING_SHARE + ((1 - SETTING_SHARE) * done) / shown);
    };
    await using made = await openPreviews(bytes);
    for (const [index, sourcePage] of pagesShown.entries()) {
      const page = index + 1;
      const output: Output = { format: "PREVIEW", page, sourcePage, mediaType: "image/webp", fileName: `preview-${page}.webp` };
      await show(output, sourcePage, () => made.preview(page));
    }
    for (let page = 1; page <= sourcesShown; page++) {
      const output: Output = { format: "SOURCE_PREVIEW", page, mediaType: "image/webp", fileName: `source-${page}.webp` };
      await show(output, page, () => sourcePreview(source, page));
    }
    return outputs;
  },
};
