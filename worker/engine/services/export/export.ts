import { setImmediate } from "node:timers/promises";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Format, FormatId, OpenDocument, Writing } from "../../formats/format.ts";
import { type Making, makeDocument, makeJson, makeMarkdown, makePdf, makeText, type PagedMaking } from "./files.ts";
import type { Output, OutputFormat } from "./renderer.ts";

/** Writes a document's result files to the context's folder. */
export interface Exporter {
  export(document: Translated, context: DocumentContext, onShare: (share: number) => void): Promise<Exported>;
}

export interface Translated {
  readonly source: OpenDocument;
  readonly format: Format;
  /** In order; may be gone through several times. */
  readonly pages: AsyncIterable<Page>;
  /** ISO 639-1. */
  readonly sourceLanguage: string;
  /** The usual ones if there is none. */
  readonly outputs: readonly OutputFormat[];
}

export interface Exported {
  readonly outputs: readonly Output[];
  readonly remarks: readonly Remark[];
}

const USUAL: readonly OutputFormat[] = ["MARKDOWN", "TEXT", "JSON", "PDF"];
/** What a job lists must stay one message. */
const MAX_PREVIEWS = 2000;

/** The files that are wanted, and a list of the previews that can be made of them. Missing glyphs become remarks. */
export const fileExporter: Exporter = { export: (document, context, onShare) => exportWith(document, context, onShare, MAX_PREVIEWS) };

export async function exportWith(
  document: Translated,
  context: DocumentContext,
  onShare: (share: number) => void,
  maxPreviews: number,
): Promise<Exported> {
  const { source, pages } = document;
  let done = 0;
  const { files, pdf, remarks } = await beginFiles(document, context, (within) => onShare((done + within) / source.pageCount));
  for await (const page of pages) {
    context.signal.throwIfAborted();
    for (const { renderer } of files) await renderer.page(page);
    onShare(++done / source.pageCount);
    // So that signals and messages are heard between pages.
    await setImmediate();
  }
  for (const { renderer } of files) remarks.push(...(await renderer.finish()));
  const previews = previewsOf(source, pdf?.sourcePages ?? [], maxPreviews);
  return { outputs: [...files.map(({ output }) => output), ...previews.outputs], remarks: [...remarks, ...previews.remarks] };
}

interface Files {
  readonly files: readonly Making[];
  readonly pdf: PagedMaking | undefined;
  readonly remarks: Remark[];
}

async function beginFiles(
  { source, format, sourceLanguage, outputs }: Translated,
  context: DocumentContext,
  onShare: (share: number) => void,
): Promise<Files> {
  const wanted = new Set(outputs.length > 0 ? outputs : USUAL);
  const writing: Writing = { sourceLanguage, targetLanguage: context.targetLanguage, signal: context.signal };
  const writer = wanted.has("DOCUMENT") ? source.writer?.(writing) : undefined;
  const asPdf = wanted.has("DOCUMENT") && !writer;
  const files: Making[] = [];
  if (writer) files.push(makeDocument(context, format, writer));
  // What is written in place has more of the source than what is made from the model.
  const inPlace = (id: FormatId) => (format.id === id ? source.writer?.(writing) : undefined);
  if (wanted.has("MARKDOWN")) files.push(await makeMarkdown(context, inPlace("markdown")));
  if (wanted.has("TEXT")) files.push(await makeText(context, inPlace("text")));
  if (wanted.has("JSON")) files.push(await makeJson(context, sourceLanguage));
  const pdf = wanted.has("PDF") || asPdf ? await makePdf(context, onShare) : undefined;
  const message = `No ${format.name} can be written with its words replaced: the result has a PDF in its place.`;
  return { files: pdf ? [...files, pdf] : files, pdf, remarks: asPdf ? [{ page: 0, code: "DOCUMENT_AS_PDF", message }] : [] };
}

/** Those that can be looked at; each is made when it is. */
function previewsOf(source: OpenDocument, sourcePages: readonly number[], maxPreviews: number): Exported {
  const translated = sourcePages
    .slice(0, maxPreviews)
    .map((sourcePage, index): Output => ({ ...preview("PREVIEW", index + 1), sourcePage }));
  const sources = Array.from({ length: source.preview ? Math.min(maxPreviews, source.pageCount) : 0 }, (_, index) =>
    preview("SOURCE_PREVIEW", index + 1),
  );
  const message = `The PDF has ${sourcePages.length} pages; there are previews of the first ${maxPreviews}.`;
  const remarks: Remark[] = translated.length < sourcePages.length ? [{ page: 0, code: "PREVIEW_MISSING", message }] : [];
  return { outputs: [...translated, ...sources], remarks };
}

function preview(format: "PREVIEW" | "SOURCE_PREVIEW", page: number): Output {
  return { format, page, mediaType: "image/webp", fileName: `${format === "PREVIEW" ? "preview" : "source"}-${page}.webp` };
}
