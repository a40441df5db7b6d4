import { readFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Format, FormatId, OpenDocument, Writing } from "../../formats/format.ts";
import type { BilingualLook } from "./bilingual/bilingual.ts";
import { makeBilingual } from "./bilingual/making.ts";
import { type Making, makeJson, makeMarkdown, makePdf, makeText, makeXliff } from "./files.ts";
import { InPlace } from "./in_place.ts";
import { makeOfficePdfs, type OfficePdfs, SOURCE_PDF } from "./office_pdfs.ts";
import { previewsOf } from "./preview_list.ts";
import type { Output, OutputFormat } from "./renderer.ts";

/** Writes a document's result files to the context's folder. */
export interface Exporter {
  export(document: Translated, context: DocumentContext, onShare: (share: number) => void): Promise<Exported>;
}

export interface Translated {
  readonly source: OpenDocument;
  /** The source's own. */
  readonly file: string;
  readonly format: Format;
  /** `file` lies in the context's folder, and is what the source was converted to. */
  readonly isConverted?: boolean;
  /** In order; may be gone through several times. */
  readonly pages: AsyncIterable<Page>;
  /** ISO 639-1. */
  readonly sourceLanguage: string;
  /** The usual ones if there is none. */
  readonly outputs: readonly OutputFormat[];
  readonly bilingual?: BilingualLook;
}

export interface Exported {
  /** One file may be listed as several outputs: the document that a PDF became is the PDF. */
  readonly outputs: readonly Output[];
  readonly remarks: readonly Remark[];
}

/** In the order that they are listed in. */
const ALL: readonly OutputFormat[] = ["DOCUMENT", "PDF", "BILINGUAL", "MARKDOWN", "TEXT", "JSON", "XLIFF"];
/** What is made of no job that does not name it. */
const ASKED_FOR: ReadonlySet<OutputFormat> = new Set<OutputFormat>(["BILINGUAL", "XLIFF"]);
/** What a source with its words replaced is by itself. */
const OWN: Partial<Record<FormatId, OutputFormat>> = { markdown: "MARKDOWN", text: "TEXT", pdf: "PDF", xliff: "XLIFF" };
/** What a job lists must stay one message. */
const MAX_PREVIEWS = 2000;

/** The files that are wanted, and a list of the previews that can be made of them. */
export const fileExporter: Exporter = { export: (document, context, onShare) => exportWith(document, context, onShare, MAX_PREVIEWS) };

export async function exportWith(
  document: Translated,
  context: DocumentContext,
  onShare: (share: number) => void,
  maxPreviews: number,
): Promise<Exported> {
  const { source } = document;
  let done = 0;
  const within = (share: number) => onShare(Math.min(1, (done + share) / source.pageCount));
  const remarks: Remark[] = [];
  const render = async (makings: readonly Making[]) => {
    done = 0;
    for await (const page of document.pages) {
      context.signal.throwIfAborted();
      for (const { renderer } of makings) await renderer.page(page);
      done++;
      within(0);
      // So that signals and messages are heard between pages.
      await setImmediate();
    }
    for (const { renderer } of makings) remarks.push(...(await renderer.finish()));
  };
  const wanted = wantedOf(document, context);
  const { makings, asPdf } = await begin(document, wanted, context, within);
  remarks.push(...asPdf);
  await render(makings);
  const whole = makings.filter(({ failure }) => failure === undefined);
  const failed = makings.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) {
    remarks.push(...failed.map((making) => inPlaceFailed(making, document)));
    // What LibreOffice would have made of it.
    const pdfs: OutputFormat[] = isShownByOffice(document, wanted, context) && wanted.has("PDF") ? ["PDF"] : [];
    const formats = inOrder([...failed.flatMap((making) => making.formats), ...pdfs]);
    const pdf = whole.find((making) => making.formats.includes("PDF"));
    if (pdf) pdf.formats = inOrder([...pdf.formats, ...formats]);
    else {
      const anew = await makePdf(formats, context, within);
      await render([anew]);
      whole.push(anew);
    }
  }
  const office = await byOffice(document, wanted, whole, context, () => within(0));
  remarks.push(...office.remarks);
  if (wanted.has("BILINGUAL")) {
    const asPdf = office.sourcePages > 0 ? () => readFile(path.join(context.folder, SOURCE_PDF.fileName)) : source.asPdf?.bind(source);
    const { making, remark } = await makeBilingual(asPdf, document.bilingual, whole, context);
    if (making) whole.push(making);
    if (remark) remarks.push(remark);
  }
  // What is made for a bilingual PDF alone is not kept.
  const kept = whole.filter(({ formats }) => formats.length > 0);
  const shown = kept.find(({ formats }) => formats.includes("PDF")) ?? kept.find(({ sourcePages }) => sourcePages !== undefined);
  // When somebody looks, the password of an encrypted source is forgotten.
  const sourceShown = source.preview && !context.password ? source.pageCount : office.sourcePages;
  const previews = previewsOf(sourceShown, shown?.sourcePages ?? [], maxPreviews);
  const outputs = [...listed(whole), ...sourcePdf(document, office.sourcePages), ...previews.outputs];
  return { outputs, remarks: [...remarks, ...previews.remarks] };
}

/** What pictures of the source's pages are made of, where that is not the source itself. */
function sourcePdf({ file, format, isConverted = false }: Translated, sourcePages: number): Output[] {
  const listed = (fileName: string): Output[] => [{ format: "SOURCE_PDF", page: 0, mediaType: SOURCE_PDF.mediaType, fileName }];
  if (sourcePages > 0) return listed(SOURCE_PDF.fileName);
  return isConverted && format.id === "pdf" ? listed(path.basename(file)) : [];
}

/** Adds an office document's PDF to what is made, if one is wanted. */
async function byOffice(
  document: Translated,
  wanted: ReadonlySet<OutputFormat>,
  whole: Making[],
  context: DocumentContext,
  pulse: () => void,
): Promise<Pick<OfficePdfs, "sourcePages" | "remarks">> {
  const { format, file } = document;
  const made = whole.find((making) => making instanceof InPlace);
  if (!made || !isShownByOffice(document, wanted, context)) return { sourcePages: 0, remarks: [] };
  const files = { source: file, translation: path.join(context.folder, made.file.fileName), sourceExtension: format.extensions[0] };
  const { making, ...about } = await makeOfficePdfs(files, context, pulse);
  if (making) whole.push(Object.assign(making, { formats: wanted.has("PDF") ? ["PDF"] : [] }));
  // Nothing else was asked for.
  else if (whole.every(({ formats }) => formats.length === 0)) made.formats = ["DOCUMENT"];
  return about;
}

/** Whether LibreOffice is to show the document. Where it is not there, what is usual says so, and what is asked for is set anew. */
function isShownByOffice({ format, outputs }: Translated, wanted: ReadonlySet<OutputFormat>, { office }: DocumentContext): boolean {
  if (!format.isShownByOffice) return false;
  return outputs.length === 0 || (office !== undefined && (wanted.has("PDF") || wanted.has("BILINGUAL")));
}

const SET_ANEW: Remark = {
  page: 0,
  code: "PAGE_REFLOWED",
  message: "The worker has no LibreOffice: the PDF has the translation's text on plain pages.",
};

interface Begun {
  readonly makings: readonly Making[];
  /** That a PDF stands for what cannot be written. */
  readonly asPdf: readonly Remark[];
}

async function begin(
  document: Translated,
  outputs: ReadonlySet<OutputFormat>,
  context: DocumentContext,
  onShare: (share: number) => void,
): Promise<Begun> {
  const { source, format, sourceLanguage } = document;
  const wanted = new Set(outputs);
  const writing: Writing = {
    sourceLanguage,
    targetLanguage: context.targetLanguage,
    signal: context.signal,
    password: context.password ?? "",
    straighten: context.straighten ?? false,
  };
  const makings: Making[] = [];
  const own = inOrder(["DOCUMENT", OWN[format.id] ?? "DOCUMENT"]).filter((kind) => wanted.has(kind));
  const { writer, pdfWriter } = source;
  // A bilingual PDF is made of the translation's, which is not listed unless it is wanted.
  const needsPdf = wanted.has("BILINGUAL") && source.asPdf !== undefined;
  const isShown = isShownByOffice(document, outputs, context);
  if (isShown) wanted.delete("PDF");
  const needsOwn = own.length > 0 || (needsPdf && format.id === "pdf") || isShown;
  if (needsOwn && writer) {
    const type = { mediaType: format.mediaTypes[0], extension: format.extensions[0] };
    const paged = source.preview !== undefined;
    makings.push(new InPlace({ formats: own, type, paged, open: () => writer.call(source, writing) }, context));
    for (const kind of own) wanted.delete(kind);
  }
  if (wanted.has("MARKDOWN")) makings.push(await makeMarkdown(context));
  if (wanted.has("TEXT")) makings.push(await makeText(context));
  if (wanted.has("JSON")) makings.push(await makeJson(context, sourceLanguage));
  if (wanted.has("XLIFF")) makings.push(await makeXliff(context, sourceLanguage));
  const asPdf = inOrder(["DOCUMENT", "PDF"]).filter((kind) => wanted.has(kind));
  const needsOther = asPdf.length > 0 || (needsPdf && !(writer && format.id === "pdf"));
  if (needsOther && pdfWriter) {
    const type = { mediaType: "application/pdf", extension: ".pdf" };
    makings.push(new InPlace({ formats: asPdf, type, paged: true, open: () => pdfWriter.call(source, writing) }, context));
  } else if (needsOther) makings.push(await makePdf(asPdf, context, onShare));
  const message = `No ${format.name} can be written with its words replaced: the result has a PDF in its place.`;
  const remarks: Remark[] = asPdf.includes("DOCUMENT") ? [{ page: 0, code: "DOCUMENT_AS_PDF", message }] : [];
  if (asPdf.includes("PDF") && format.isShownByOffice) remarks.push(SET_ANEW);
  return { makings, asPdf: remarks };
}

/** What is asked for, or what is cheap: a PDF only of what has pages. A result is never empty. */
function wantedOf(document: Translated, context: DocumentContext): Set<OutputFormat> {
  const { source, format, outputs } = document;
  const isPaged = source.preview !== undefined || format.isShownByOffice === true;
  const usual = ALL.filter((output) => !ASKED_FOR.has(output) && (output !== "PDF" || isPaged));
  const wanted = new Set(outputs.length > 0 ? outputs : usual);
  const hasPages = source.asPdf !== undefined || isShownByOffice(document, wanted, context);
  if (wanted.size === 1 && wanted.has("BILINGUAL") && !hasPages) wanted.add("DOCUMENT");
  return wanted;
}

function inPlaceFailed({ failure, formats }: Making, { format }: Translated): Remark {
  const anew = format.id === "pdf" || !formats.includes("DOCUMENT");
  return {
    page: 0,
    code: anew ? "PAGE_REFLOWED" : "DOCUMENT_AS_PDF",
    message: `The translation could not be set in place, so the pages are set anew: ${failure}`,
  };
}

function inOrder(formats: readonly OutputFormat[]): OutputFormat[] {
  return ALL.filter((format) => formats.includes(format));
}

/** Each file under all that it is. */
function listed(makings: readonly Making[]): Output[] {
  const outputs = makings.flatMap(({ formats: [first, ...others], file }): Output[] =>
    first ? [{ format: first, page: 0, ...file }, ...others.map((format) => ({ format, page: 0, ...file, sameAs: first }))] : [],
  );
  return outputs.toSorted((one, other) => ALL.indexOf(one.format as OutputFormat) - ALL.indexOf(other.format as OutputFormat));
}
