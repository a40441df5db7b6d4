import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { getDocument, OPS, type PDFDocumentProxy, type PDFPageProxy, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import sharp, { type Sharp } from "sharp";
import type { QuarterTurn } from "../../document/geometry.ts";
import { asEngineError, EngineError } from "../../errors.ts";
import type { PageContent, Word } from "../../layout/content.ts";
import type { Format, OpenDocument, Picture, SourcePage } from "../format.ts";
import { fittingScale, MAX_PIXELS, toGrey } from "../image/image.ts";
import { requireFewPages } from "../page_limit.ts";

const OCR_DPI = 300;
const POINTS_PER_INCH = 72;
/** A page with a picture and fewer letters than this is a scan with a stamp or a page number on it. */
const MIN_TEXT_LETTERS = 30;
/** Pixels per point of a picture for people: a page of A4 is then about 900 pixels wide. */
export const PREVIEW_SCALE = 1.5;
/** A preview is only good to have: one that takes longer is left out, and the ledger says so. */
export const PREVIEW_DEADLINE_MS = 30_000;
/** Less than the time after which the whole document is taken to stand still. */
const OCR_RENDER_DEADLINE_MS = 120_000;
/** A newspaper's page has ten thousand. */
const MAX_WORDS = 100_000;
const TRAILER_BYTES = 2048;

const assets = path.dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
const PICTURES = new Set<number>([
  OPS.paintImageXObject,
  OPS.paintInlineImageXObject,
  OPS.paintImageMaskXObject,
  OPS.paintImageXObjectRepeat,
]);

/** A PDF, with everything active in it switched off. Text or scan is decided page by page. */
export const pdf: Format = {
  id: "pdf",
  name: "PDF",
  mediaTypes: ["application/pdf"],
  extensions: [".pdf"],
  // A PDF's header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13).
  sniff: (head) => Buffer.from(head.subarray(0, 1024)).includes("%PDF-"),
  open: openPdf,
};

async function openPdf(file: string): Promise<OpenDocument> {
  const bytes = await readFile(file);
  // Readers mend a file that was cut off and then show fewer pages; here a page must never go missing in silence.
  if (!bytes.subarray(-TRAILER_BYTES).includes("startxref")) throw new EngineError("PDF_CORRUPT", "The PDF has no end: it was cut off.");
  const document = await load(new Uint8Array(bytes));
  if (document.numPages < 0) throw new EngineError("PDF_CORRUPT", "The PDF counts fewer pages than none.");
  requireFewPages(document.numPages);
  return {
    pageCount: document.numPages,
    remarks: [],
    page: (number) => readPage(document, number),
    preview: async (number) => render(await document.getPage(number), PREVIEW_SCALE, PREVIEW_DEADLINE_MS),
    [Symbol.asyncDispose]: () => document.loadingTask.destroy(),
  };
}

/** Opens `bytes` for reading and rendering. Throws PDF_ENCRYPTED or PDF_CORRUPT. */
export async function load(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  try {
    return await getDocument({
      data: bytes,
      standardFontDataUrl: `${assets}/standard_fonts/`,
      cMapUrl: `${assets}/cmaps/`,
      wasmUrl: `${assets}/wasm/`,
      useSystemFonts: false,
      enableXfa: false,
      stopAtErrors: true,
      maxImageSize: MAX_PIXELS,
      verbosity: VerbosityLevel.ERRORS,
    }).promise;
  } catch (error) {
    const encrypted = error instanceof Error && error.name === "PasswordException";
    throw encrypted
      ? new EngineError("PDF_ENCRYPTED", "The PDF asks for a password.", { cause: error })
      : new EngineError("PDF_CORRUPT", "The PDF cannot be read.", { cause: error });
  }
}

async function readPage(document: PDFDocumentProxy, number: number): Promise<SourcePage> {
  try {
    const page = await document.getPage(number);
    const words = await textWords(page);
    const letters = words.reduce((sum, { text }) => sum + text.length, 0);
    const { width, height } = page.getViewport({ scale: 1 });
    const isPicture = letters < MIN_TEXT_LETTERS && (await hasPicture(page));
    const content: PageContent = {
      number,
      geometry: { width, height, rotation: (page.rotate % 360) as QuarterTurn, reading: isPicture ? "ocr" : "text layer" },
      words: isPicture ? [] : words,
      ...{ rules: [], areas: [], images: [], remarks: [] },
    };
    return { kind: "content", content, ...(isPicture && { toRead: { image: () => renderForOcr(page) } }) };
  } catch (error) {
    throw asEngineError(error) ?? new EngineError("PDF_CORRUPT", "The page cannot be read.", { page: number, cause: error });
  }
}

async function hasPicture(page: PDFPageProxy): Promise<boolean> {
  const { fnArray } = await page.getOperatorList();
  return fnArray.some((operator) => PICTURES.has(operator));
}

/** The words of the text layer in points, the origin at the top left as for pictures. */
async function textWords(page: PDFPageProxy): Promise<Word[]> {
  const { items } = await page.getTextContent();
  const viewport = page.getViewport({ scale: 1 });
  const words: Word[] = [];
  for (const item of items) {
    if (!("str" in item) || item.str.trim() === "") continue;
    const [a, b, , , x, y] = item.transform as [number, number, number, number, number, number];
    const [left, baseline] = viewport.convertToViewportPoint(x, y) as [number, number];
    const height = item.height || Math.hypot(a, b);
    // One item may hold a whole line; its words share the width by their letters.
    const unit = item.width / item.str.length;
    for (const match of item.str.matchAll(/\S+/g)) {
      if (words.length >= MAX_WORDS)
        throw new EngineError("DOCUMENT_TOO_COMPLEX", `The page has more than ${MAX_WORDS} words.`, { page: page.pageNumber });
      const x0 = left + match.index * unit;
      words.push({
        text: match[0],
        confidence: 100,
        size: height,
        baseline,
        style: {},
        turn: 0,
        box: { x0, y0: baseline - height * 0.8, x1: x0 + match[0].length * unit, y1: baseline + height * 0.2 },
      });
    }
  }
  return words;
}

async function renderForOcr(page: PDFPageProxy): Promise<Picture> {
  const wanted = OCR_DPI / POINTS_PER_INCH;
  const { width, height } = page.getViewport({ scale: wanted });
  const scale = fittingScale(width, height);
  return { ...(await toGrey(await render(page, wanted, OCR_RENDER_DEADLINE_MS))), pixelsPerPoint: wanted * scale, scaled: scale < 1 };
}

/**
 * The page as a picture, at `scale` pixels per point or as many as the pixel budget permits. Throws TIME_LIMIT when the
 * deadline passes, or PDF_CORRUPT.
 */
export async function render(page: PDFPageProxy, scale: number, deadlineMs: number): Promise<Sharp> {
  const { createCanvas } = await import("@napi-rs/canvas");
  const full = page.getViewport({ scale });
  const viewport = page.getViewport({ scale: scale * fittingScale(full.width, full.height) });
  const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
  if (!(width >= 1 && height >= 1)) throw new EngineError("PDF_CORRUPT", "The page has no size.", { page: page.pageNumber });
  const canvas = createCanvas(width, height);
  const rendering = page.render({ canvas: canvas as never, viewport, background: "white" });
  const timer = setTimeout(() => rendering.cancel(), deadlineMs);
  try {
    await rendering.promise;
  } catch (error) {
    const late = error instanceof Error && error.name === "RenderingCancelledException";
    if (late) throw new EngineError("TIME_LIMIT", `The page took longer than ${deadlineMs / 1000} s to render.`, { page: page.pageNumber });
    throw asEngineError(error) ?? new EngineError("PDF_CORRUPT", "The page cannot be rendered.", { page: page.pageNumber, cause: error });
  } finally {
    clearTimeout(timer);
  }
  page.cleanup();
  // A copy: the canvas's own memory goes with the canvas.
  const data = Buffer.from(canvas.data());
  return sharp(data, { raw: { width: canvas.width, height: canvas.height, channels: 4 } });
}
