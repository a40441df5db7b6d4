import { setImmediate } from "node:timers/promises";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { Format, FormatId, OpenDocument, Writing } from "../../formats/format.ts";
import type { BilingualLook } from "./bilingual/bilingual.ts";
import { makeBilingual } from "./bilingual/making.ts";
import { type Making, makeJson, makeMarkdown, makePdf, makeText } from "./files.ts";
import { InPlace } from "./in_place.ts";
import { previewsOf } from "./preview_list.ts";
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
  readonly bilingual?: BilingualLook;
}

export interface Exported {
  /** One file may be listed as several outputs: the document that a PDF became is the PDF. */
  readonly outputs: readonly Output[];
  readonly remarks: readonly Remark[];
}

/** In the order that they are listed in. */
const ALL: readonly OutputFormat[] = ["DOCUMENT", "PDF", "BILINGUAL", "MARKDOWN", "TEXT", "JSON"];
/** What a source with its words replaced is by itself. */
const OWN: Partial<Record<FormatId, OutputFormat>> = { markdown: "MARKDOWN", text: "TEXT", pdf: "PDF" };
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
  const wanted = wantedOf(document);
  const { makings, asPdf } = await begin(document, wanted, context, within);
  remarks.push(...asPdf);
  await render(makings);
  const whole = makings.filter(({ failure }) => failure === undefined);
  const failed = makings.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) {
    remarks.push(...failed.map((making) => inPlaceFailed(making, document)));
    const formats = inOrder(failed.flatMap((making) => making.formats));
    const pdf = whole.find((making) => making.formats.includes("PDF"));
    if (pdf) pdf.formats = inOrder([...pdf.formats, ...formats]);
    else {
      const anew = await makePdf(formats, context, within);
      await render([anew]);
      whole.push(anew);
    }
  }
  if (wanted.has("BILINGUAL")) {
    const { making, remark } = await makeBilingual(source, document.bilingual, whole, context);
    if (making) whole.push(making);
    if (remark) remarks.push(remark);
  }
  const shown = whole.find(({ formats }) => formats.includes("PDF")) ?? whole.find(({ sourcePages }) => sourcePages !== undefined);
  // When somebody looks, the password of an encrypted source is forgotten.
  const sourceShown = source.preview && !context.password ? source.pageCount : 0;
  const previews = previewsOf(sourceShown, shown?.sourcePages ?? [], maxPreviews);
  return { outputs: [...listed(whole), ...previews.outputs], remarks: [...remarks, ...previews.remarks] };
}

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
  };
  const makings: Making[] = [];
  const own = inOrder(["DOCUMENT", OWN[format.id] ?? "DOCUMENT"]).filter((kind) => wanted.has(kind));
  const { writer, pdfWriter } = source;
  // A bilingual PDF is made of the translation's, which is not listed unless it is wanted.
  const needsPdf = wanted.has("BILINGUAL") && source.asPdf !== undefined;
  const needsOwn = own.length > 0 || (needsPdf && format.id === "pdf");
  if (needsOwn && writer) {
    const type = { mediaType: format.mediaTypes[0], extension: format.extensions[0] };
    const paged = source.preview !== undefined;
    makings.push(new InPlace({ formats: own, type, paged, open: () => writer.call(source, writing) }, context));
    for (const kind of own) wanted.delete(kind);
  }
  if (wanted.has("MARKDOWN")) makings.push(await makeMarkdown(context));
  if (wanted.has("TEXT")) makings.push(await makeText(context));
  if (wanted.has("JSON")) makings.push(await makeJson(context, sourceLanguage));
  const asPdf = inOrder(["DOCUMENT", "PDF"]).filter((kind) => wanted.has(kind));
  const needsOther = asPdf.length > 0 || (needsPdf && !(writer && format.id === "pdf"));
  if (needsOther && pdfWriter) {
    const type = { mediaType: "application/pdf", extension: ".pdf" };
    makings.push(new InPlace({ formats: asPdf, type, paged: true, open: () => pdfWriter.call(source, writing) }, context));
  } else if (needsOther) makings.push(await makePdf(asPdf, context, onShare));
  const message = `No ${format.name} can be written with its words replaced: the result has a PDF in its place.`;
  return { makings, asPdf: asPdf.includes("DOCUMENT") ? [{ page: 0, code: "DOCUMENT_AS_PDF", message }] : [] };
}

/** What is asked for, or what is cheap: a PDF only of what has pages. A result is never empty. */
function wantedOf({ source, outputs }: Translated): Set<OutputFormat> {
  const usual = ALL.filter((format) => format !== "BILINGUAL" && (format !== "PDF" || source.preview));
  const wanted = new Set(outputs.length > 0 ? outputs : usual);
  if (wanted.size === 1 && wanted.has("BILINGUAL") && !source.asPdf) wanted.add("DOCUMENT");
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
