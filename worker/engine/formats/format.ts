import type { Sharp } from "sharp";
import type { DocumentContext } from "../context.ts";
import type { Box } from "../document/geometry.ts";
import type { Page } from "../document/model.ts";
import type { Remark } from "../document/remarks.ts";
import type { PageContent } from "../layout/content.ts";
import type { Sample } from "./sample.ts";

export type FormatId =
  | ("markdown" | "text" | "pdf" | "image")
  | ("docx" | "pptx" | "xlsx" | "odt" | "odp" | "ods" | "doc" | "ppt" | "xls" | "rtf" | "odg")
  | ("html" | "epub" | "srt" | "vtt" | "csv" | "eml" | "msg")
  | ("xliff" | "json" | "yaml" | "po" | "properties" | "strings" | "arb");

/** One file type: how it is known, read, shown, and written in place. A folder, and a row of the registry and of `platform/file_types.ts`. */
export interface Format {
  readonly id: FormatId;
  /** For people: "PDF". */
  readonly name: string;
  readonly mediaTypes: readonly [string, ...string[]];
  /** With the dot, in lower case. */
  readonly extensions: readonly [string, ...string[]];
  /** LibreOffice shows it as it looks. */
  readonly isShownByOffice?: boolean;
  /** Whether a file is of this type. Its name only tells those apart that content does not. */
  sniff(sample: Sample): boolean;
  /** Throws EngineError: what it says depends on the format. */
  open(file: string, context: DocumentContext): Promise<OpenDocument>;
}

export interface OpenDocument extends AsyncDisposable {
  /** What has no pages comes in sections, its shares of the work, which stand for pages wherever those are counted. */
  readonly flow: "paged" | "continuous";
  readonly pageCount: number;
  /** That it is in, ISO 639-1, if it says so itself where its format does; else its text tells. */
  readonly language?: string | undefined;
  /** Of the whole document, known when it is opened. */
  readonly remarks: readonly Remark[];
  /** From 1. Pages are asked for in order, a few at once at most, and not kept. Throws EngineError. */
  page(number: number): Promise<SourcePage>;
  /** A picture of a page for people, as it is looked at. */
  preview?(number: number): Promise<Sharp>;
  /** The source as a PDF of as many pages: the file itself, if it is one. */
  asPdf?(): Promise<Uint8Array>;
  /** Sets a translation in place: the source with its words replaced and everything else as it was. */
  writer?(writing: Writing): DocumentWriter;
  /** The same as a PDF that looks like the source, where the source has pages and is none. */
  pdfWriter?(writing: Writing): DocumentWriter;
}

/** What a writer has to know of the translation. */
export interface Writing {
  /** ISO 639-1. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  readonly signal: AbortSignal;
  /** That the source opens with. */
  readonly password?: string;
  /** Pages that were scanned askew or turned come back level and upright. */
  readonly straighten?: boolean;
}

/** A page as its format gives it. */
export type SourcePage =
  /** Laid out by the file itself. */
  | { readonly kind: "blocks"; readonly page: Page }
  /** Words where they stand, and what OCR is to read of the page, if any of it. */
  | { readonly kind: "content"; readonly content: PageContent; readonly toRead?: ToRead };

/** What of a page only OCR can read. */
export interface ToRead {
  /** In points; the whole page if not given. */
  readonly areas?: readonly Box[];
  /** The page as it is looked at, in grey, at about 300 dots an inch where the source has them. */
  image(signal: AbortSignal): Promise<Picture>;
}

/** Grey pixels, a byte each, row by row. */
export interface Picture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly pixelsPerPoint: number;
  /** It was larger than the pixel budget. */
  readonly scaled: boolean;
}

export interface FileType {
  readonly mediaType: string;
  /** With the dot. */
  readonly extension: string;
}

/** Takes the translated pages in order, then writes the file. Throws EngineError for a source that it cannot edit. */
export interface DocumentWriter {
  /** Of what it writes, where its format has several types; else its format's first. */
  readonly type?: FileType | undefined;
  /** Of a text, as it was written. */
  readonly charset?: string | undefined;
  /** One that failed stays as the source's. */
  page(page: Page): Promise<void>;
  /** What is written to `file`; remarks for what could not be set in place. */
  finish(file: string): Promise<readonly Remark[]>;
}
