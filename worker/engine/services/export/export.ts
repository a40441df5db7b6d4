import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { DocumentWriter, FormatId, OpenDocument } from "../../formats/format.ts";
import { JSON_TAIL, jsonHead, pageJson } from "./json.ts";
import { pageMarkdown } from "./markdown.ts";
import { openPdfSetter, type PdfResult } from "./pdf.ts";
import { openPreviews, sourcePreview } from "./preview.ts";
import type { Output, Renderer } from "./renderer.ts";
import { pageText } from "./text.ts";

/** Writes a document's result files to the context's folder. */
export interface Exporter {
  export(document: Translated, context: DocumentContext, onShare: (share: number) => void): Promise<Exported>;
}

export interface Translated {
  readonly format: FormatId;
  readonly source: OpenDocument;
  /** In order; may be gone through several times. */
  readonly pages: AsyncIterable<Page>;
  /** ISO 639-1. */
  readonly sourceLanguage: string;
}

export interface Exported {
  readonly outputs: readonly Output[];
  readonly remarks: readonly Remark[];
}

/** How much of an export is making the files; the rest are the previews. */
const RENDER_SHARE = 0.4;
const MARKDOWN = "translation.md";
const TEXT = "translation.txt";
/** What a job lists must stay one message. */
const MAX_PREVIEWS = 2000;

/** Markdown, text, JSON, PDF, and previews of the PDF's pages and the source's. Missing glyphs become remarks. */
export const fileExporter: Exporter = { export: (document, context, onShare) => exportWith(document, context, onShare, MAX_PREVIEWS) };

export async function exportWith(
  { format, source, pages, sourceLanguage }: Translated,
  context: DocumentContext,
  onShare: (share: number) => void,
  maxPreviews: number,
): Promise<Exported> {
  const { folder, signal, time } = context;
  const setter = await time("embed fonts", 0, () => openPdfSetter(context.targetLanguage));
  const failed = new Set<number>();
  const share = (done: number) => onShare((RENDER_SHARE * done) / source.pageCount);
  // What is written in place has more of the source than what is made from the model.
  const inPlace = (id: FormatId, name: string) => {
    const writer = format === id ? source.writer?.() : undefined;
    return writer && inPlaceFile(path.join(folder, name), writer);
  };
  const files: readonly [Output, Renderer][] = [
    [
      fileOf("MARKDOWN", "text/markdown; charset=utf-8", MARKDOWN),
      inPlace("markdown", MARKDOWN) ?? (await textFile(folder, MARKDOWN, pageMarkdown)),
    ],
    [fileOf("TEXT", "text/plain; charset=utf-8", TEXT), inPlace("text", TEXT) ?? (await textFile(folder, TEXT, pageText))],
    [fileOf("JSON", "application/json", "translation.json"), await jsonFile(folder, sourceLanguage, context.targetLanguage)],
  ];
  let done = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    if (page.failure !== undefined) failed.add(page.number);
    for (const [, renderer] of files) await renderer.page(page);
    await time("set page", page.number, async () =>
      setter.page(page, (within) => {
        signal.throwIfAborted();
        share(done + within);
      }),
    );
    share(++done);
    // So that signals and messages are heard between pages.
    await setImmediate();
  }
  const remarks: Remark[] = [];
  for (const [, renderer] of files) remarks.push(...(await renderer.finish()));
  const set = await time("write PDF", 0, () => setter.finish());
  await writeFile(path.join(folder, "translation.pdf"), set.bytes);
  remarks.push(...set.missingGlyphs.map(glyphMissing));
  const outputs = [...files.map(([output]) => output), fileOf("PDF", "application/pdf", "translation.pdf")];
  const onPreview = (of: number) => onShare(RENDER_SHARE + (1 - RENDER_SHARE) * of);
  const previews = await writePreviews({ source, set, failed, maxPreviews }, context, onPreview);
  return { outputs: [...outputs, ...previews.outputs], remarks: [...remarks, ...previews.remarks] };
}

interface Previewing {
  readonly source: OpenDocument;
  readonly set: PdfResult;
  /** Of these the ledger speaks already. */
  readonly failed: ReadonlySet<number>;
  readonly maxPreviews: number;
}

async function writePreviews(
  { source, set, failed, maxPreviews }: Previewing,
  { folder, signal, time }: DocumentContext,
  onShare: (share: number) => void,
): Promise<Exported> {
  const outputs: Output[] = [];
  const remarks: Remark[] = [];
  const pagesShown = set.sourcePages.slice(0, maxPreviews);
  const sourcesShown = source.preview ? Math.min(maxPreviews, source.pageCount) : 0;
  if (pagesShown.length < set.sourcePages.length)
    remarks.push(previewMissing(0, `The PDF has ${set.sourcePages.length} pages; previews are made of the first ${maxPreviews}.`));
  const shown = pagesShown.length + sourcesShown;
  let done = 0;
  const show = async (output: Output, sourcePage: number, preview: () => Promise<Buffer>) => {
    signal.throwIfAborted();
    const image = await time("render preview", output.page, preview).catch(() => undefined);
    if (image) {
      await writeFile(path.join(folder, output.fileName), image);
      outputs.push(output);
    } else if (!failed.has(sourcePage)) remarks.push(previewMissing(sourcePage, "A preview of the page could not be made."));
    onShare(++done / shown);
  };
  await using made = await openPreviews(set.bytes);
  for (const [index, sourcePage] of pagesShown.entries()) {
    const page = index + 1;
    const output: Output = { format: "PREVIEW", page, sourcePage, mediaType: "image/webp", fileName: `preview-${page}.webp` };
    await show(output, sourcePage, () => made.preview(page));
  }
  for (let page = 1; page <= sourcesShown; page++) {
    const output: Output = { format: "SOURCE_PREVIEW", page, mediaType: "image/webp", fileName: `source-${page}.webp` };
    await show(output, page, () => sourcePreview(source, page));
  }
  return { outputs, remarks };
}

function fileOf(format: Output["format"], mediaType: string, fileName: string): Output {
  return { format, page: 0, mediaType, fileName };
}

function inPlaceFile(file: string, writer: DocumentWriter): Renderer {
  return { page: (page) => writer.page(page), finish: () => writer.finish(file) };
}

async function textFile(folder: string, name: string, render: (page: Page) => string): Promise<Renderer> {
  const file = await open(path.join(folder, name), "w");
  return {
    async page(page) {
      await file.appendFile(render(page));
    },
    async finish() {
      await file.appendFile("\n");
      await file.close();
      return [];
    },
  };
}

async function jsonFile(folder: string, sourceLanguage: string, targetLanguage: string): Promise<Renderer> {
  const file = await open(path.join(folder, "translation.json"), "w");
  await file.appendFile(jsonHead(sourceLanguage, targetLanguage));
  let written = 0;
  return {
    async page(page) {
      await file.appendFile(`${written++ > 0 ? "," : ""}\n${pageJson(page)}`);
    },
    async finish() {
      await file.appendFile(JSON_TAIL);
      await file.close();
      return [];
    },
  };
}

function glyphMissing(glyph: string): Remark {
  const code = glyph.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return { page: 0, code: "GLYPH_MISSING", message: `The PDF's fonts do not have U+${code}; it is shown as a replacement sign.` };
}

function previewMissing(page: number, message: string): Remark {
  return { page, code: "PREVIEW_MISSING", message };
}
