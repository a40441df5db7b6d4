import type { Sharp } from "sharp";

/** A rectangle in pixels or points, the origin at the top left. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Word {
  readonly text: string;
  readonly box: Box;
  /** 0 to 100; 100 for words of a text layer. */
  readonly confidence: number;
  /** The font's size in the unit of `box`, where the file says it; OCR does not. */
  readonly size?: number;
}

/** Where a block stands on its page, and how sure its words are. */
export interface Place {
  /** In the page's unit. */
  readonly box: Box;
  /** 0 to 100: the mean of its words. */
  readonly confidence: number;
}

/** A sentence, and what became of it. */
export interface Segment {
  readonly source: string;
  /** The same as the source if it was not translated. */
  readonly target: string;
  readonly outcome: "translated" | "kept" | "failed";
}

/** In pixels of what OCR read, or in points of a PDF with text. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly unit: "px" | "pt";
}

/** A piece of a page, in reading order. Its place is known if the file has one; its segments, once it was translated. */
export type Block = BlockContent & { readonly place?: Place; readonly segments?: readonly Segment[] };

type BlockContent =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly text: string };

/** The texts of a block, each of which is translated by itself. */
export function blockTexts(block: Block): readonly string[] {
  switch (block.kind) {
    case "list":
      return block.items;
    case "table":
      return block.rows.flat();
    default:
      return [block.text];
  }
}

/** A page as it came out of its file, before OCR. */
export type SourcePage =
  | { readonly kind: "blocks"; readonly blocks: readonly Block[] }
  | { readonly kind: "words"; readonly words: readonly Word[]; readonly size: Size }
  /** A picture of text. */
  | { readonly kind: "picture"; readonly image: () => Promise<Picture> }
  | { readonly kind: "empty" };

/** Grey pixels, a byte each, row by row. Raw, because a page's PNG takes longer to write and read than the page to render. */
export interface Grey {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly image: Grey;
  /** Whether the picture was larger than the pixel budget. */
  readonly scaled: boolean;
}

/** An opened document. */
export interface SourceDocument extends AsyncDisposable {
  readonly pageCount: number;
  /** From 1. Throws EngineError. */
  page(number: number): Promise<SourcePage>;
  /** A picture of the page for people, where it has one to show. Fails after `PREVIEW_DEADLINE_MS`. */
  picture?(number: number): Promise<Sharp>;
}

export interface Page {
  readonly number: number;
  readonly blocks: readonly Block[];
  /** What boxes are measured on; none if the file has no pages to show. */
  readonly size?: Size;
  /** Why it could not be read; it is then a placeholder in the result. */
  readonly failure?: string;
}

export type RemarkCode =
  | "SEGMENT_KEPT"
  | "SEGMENT_FAILED"
  | "PAGE_FAILED"
  | "PAGE_SCALED"
  | "WORDS_UNKNOWN"
  | "GLYPH_MISSING"
  | "PREVIEW_MISSING";

export interface Remark {
  /** From 1; 0 for the whole document. */
  readonly page: number;
  readonly code: RemarkCode;
  readonly message: string;
}

/** What became of every page and every segment. */
export interface Ledger {
  pagesIn: number;
  pagesOut: number;
  pagesFailed: number;
  pagesOcr: number;
  segmentsTotal: number;
  segmentsTranslated: number;
  segmentsKept: number;
  segmentsFailed: number;
  wordsUnknown: number;
  sourceLanguage: string;
  sourceLanguageDetected: boolean;
  /** 0 to 100; 0 without OCR. */
  ocrConfidence: number;
  entries: Remark[];
}

export type StageName = "CONVERTING" | "OCR_PROCESSING" | "TRANSLATING" | "EXPORTING";

export interface Progress {
  readonly stage: StageName;
  /** 0 to 100 of the whole pipeline. */
  readonly percent: number;
  readonly pagesDone: number;
  readonly pagesTotal: number;
}

export interface Output {
  readonly format: "MARKDOWN" | "TEXT" | "PDF" | "PREVIEW" | "SOURCE_PREVIEW" | "JSON";
  /** Of a preview, from 1. */
  readonly page: number;
  /** Of a PREVIEW, which page of the source it translates. */
  readonly sourcePage?: number;
  readonly mediaType: string;
  readonly fileName: string;
}

/** An error about the document or the engine, with the codes of the contract. Never holds document text. */
export class EngineError extends Error {
  readonly code: string;
  stage: StageName | undefined;
  readonly page: number;

  constructor(code: string, message: string, options: { page?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.page = options.page ?? 0;
  }
}

const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** What can be said of `error` in the contract's codes; undefined if it may be of anything. */
export function asEngineError(error: unknown): EngineError | undefined {
  if (error instanceof EngineError) return error;
  if (error instanceof Error && "code" in error && NO_ROOM.has(error.code))
    return new EngineError("STORAGE_FULL", "The worker's disk is full.", { cause: error });
  // The stack, an array or a string overflows where a document nests too deeply, or holds or says too much.
  if (error instanceof RangeError)
    return new EngineError("DOCUMENT_TOO_COMPLEX", "The document nests too deeply, or holds too much in one piece.", { cause: error });
  return undefined;
}
