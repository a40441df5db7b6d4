import type { DocumentContext } from "../../context.ts";
import { areaOf, type Box } from "../../document/geometry.ts";
import type { RemarkCode } from "../../document/remarks.ts";
import type { Picture, ToRead } from "../../formats/format.ts";
import type { PageContent, Word } from "../../layout/content.ts";
import type { Ocr, OpenOcr } from "../../ports/ocr.ts";
import { withBullets } from "./bullets.ts";
import { merge } from "./merge.ts";
import { findModels, type ModelFiles, ModelFolder } from "./models.ts";
import { PageReader, type Reading } from "./page_reader.ts";
import { partOf } from "./part.ts";
import { cut } from "./prepare.ts";
import { nativeReader } from "./readers/native.ts";
import type { Reader } from "./readers/reader.ts";
import { startThread } from "./readers/thread.ts";
import { wasmReader } from "./readers/wasm.ts";
import { turnContent } from "./turning.ts";

/** Letters are higher than these many pixels, and the filters of `prepare` are wider than fewer. */
const MIN_SIDE = 8;
/** A page that is read this badly is said to be. */
const DOUBTED = 60;
/**
 * Below it nothing is kept. Pages that were read upside down or with another script's model come to 25 to 45 (as measured
 * by this folder's tests); a page of bad fax to 55 and more.
 */
const UNREADABLE = 45;
/** Too few letters to judge a page by. */
const LEAST_LETTERS = 12;
/** Pictures on a page of text are read one by one if they are few and cover little of it. */
const MAX_PARTS = 12;
const MOST_COVERED = 0.5;
/** In points: what is lower has no line of text. */
const LEAST_AREA = 6;
const MARGIN = 4;

/** Opens the OCR of one document: this machine's `tesseract` where there is one, or tesseract.js. */
export const openOcr: OpenOcr = (context) => ocrWith(context);

/** How a test chooses reader and models. */
export interface OcrChoice {
  readonly reader?: "native" | "tesseract.js";
  readonly models?: ModelFiles;
  /** Starts a thread of tesseract.js. */
  readonly start?: typeof startThread;
}

export function ocrWith(context: DocumentContext, { reader, models = findModels(), start = startThread }: OcrChoice = {}): Ocr {
  const folder = new ModelFolder(context.folder, models);
  const open = async (): Promise<Reader> => {
    const native = reader === "tesseract.js" ? undefined : await nativeReader(folder, context.folder);
    return native ?? wasmReader(folder, start);
  };
  let opened: Promise<Reader> | undefined;
  let pages: PageReader | undefined;
  return {
    async complete(content, toRead, signal) {
      signal.throwIfAborted();
      opened ??= open();
      pages ??= new PageReader(await opened, models, context.sourceLanguage);
      const image = await toRead.image(signal);
      return completePage({ content, image, areas: usable(toRead.areas) }, pages, signal);
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

interface Task {
  readonly content: PageContent;
  readonly image: Picture;
  readonly areas: readonly Box[] | undefined;
}

function usable(areas: ToRead["areas"]): readonly Box[] | undefined {
  return areas?.filter(({ x0, y0, x1, y1 }) => x1 - x0 >= LEAST_AREA && y1 - y0 >= LEAST_AREA);
}

async function completePage({ content, image, areas }: Task, pages: PageReader, signal: AbortSignal): Promise<PageContent> {
  const seen = image.scaled ? remarked(content, "PAGE_SCALED", "The page was larger than the pixel budget and was read smaller.") : content;
  const pixelsPerPoint = image.pixelsPerPoint;
  const page = { ...seen, geometry: { ...seen.geometry, pixelsPerPoint } };
  if (Math.min(image.width, image.height) < MIN_SIDE || areas?.length === 0) return page;
  const size = { x0: 0, y0: 0, x1: page.geometry.width, y1: page.geometry.height };
  const covered = areas?.reduce((sum, area) => sum + areaOf(area), 0) ?? Number.POSITIVE_INFINITY;
  if (areas && areas.length <= MAX_PARTS && covered < MOST_COVERED * areaOf(size)) return readParts(page, image, areas, pages, signal);
  const reading = await pages.read(image, page.words.length > 0 && !areas, signal);
  return withReading(page, reading, areas);
}

/** The whole page as it was read. */
function withReading(content: PageContent, reading: Reading, areas: readonly Box[] | undefined): PageContent {
  const turned = turnContent(content, reading.turn);
  const regions = areas?.map((area) => turnContent({ ...content, images: [area] }, reading.turn).images[0] as Box);
  const { part, confidence, letters } = partOf(
    { ...reading, words: withBullets(reading.words, reading.prepared.image) },
    { x: 0, y: 0, asBefore: content.words.length > 0 },
  );
  const poor = letters >= LEAST_LETTERS && confidence < UNREADABLE;
  if (poor || reading.failure) return unreadable(turned, content.words.length > 0, reading.failure ?? sureOf(confidence));
  let page = merge(turned, part, regions);
  // Beside a text layer, which is not straightened, words stay where they were.
  const skew = content.words.length > 0 ? 0 : 0 - reading.prepared.straightened;
  if (skew !== 0) page = { ...page, geometry: { ...page.geometry, skew } };
  if (reading.turn !== 0) page = remarked(page, "PAGE_TURNED", `The page was turned by ${reading.turn}° to be read.`);
  if (letters >= LEAST_LETTERS && confidence < DOUBTED)
    page = remarked(page, "LOW_CONFIDENCE", `The page is hard to read: ${sureOf(confidence)}.`);
  if (reading.remark) page = remarked(page, "LOW_CONFIDENCE", reading.remark);
  return { ...page, ocr: figures(page.words.slice(content.words.length)) };
}

/** A page with text of its own keeps it. */
function unreadable(content: PageContent, hasText: boolean, why: string): PageContent {
  if (hasText) return remarked(content, "PICTURE_NOT_READ", `The picture on the page could not be read: ${why}.`);
  return { ...content, geometry: { ...content.geometry, reading: "ocr" }, failure: `OCR could not read it: ${why}.` };
}

async function readParts(
  content: PageContent,
  image: Picture,
  areas: readonly Box[],
  pages: PageReader,
  signal: AbortSignal,
): Promise<PageContent> {
  let page = content;
  let [block, paragraph, line] = [0, 0, 0];
  for (const area of areas) {
    const left = Math.max(0, area.x0 - MARGIN);
    const top = Math.max(0, area.y0 - MARGIN);
    const scale = image.pixelsPerPoint;
    const picture = cut(image, { x0: left * scale, y0: top * scale, x1: (area.x1 + MARGIN) * scale, y1: (area.y1 + MARGIN) * scale });
    if (Math.min(picture.width, picture.height) < MIN_SIDE) continue;
    const reading = await pages.read(picture, true, signal);
    const { part, confidence, letters } = partOf(reading, {
      x: Math.floor(left * scale) / scale,
      y: Math.floor(top * scale) / scale,
      asBefore: true,
    });
    if (reading.turn !== 0 || reading.failure || (letters >= LEAST_LETTERS && confidence < UNREADABLE)) {
      page = remarked(
        page,
        "PICTURE_NOT_READ",
        `A picture on the page could not be read${reading.turn === 0 ? `: ${reading.failure ?? sureOf(confidence)}` : ": its text is turned"}.`,
      );
      continue;
    }
    const words = part.words.map((word) => numbered(word, { block, paragraph, line }));
    const { ocr = { block, paragraph, line } } = words.at(-1) ?? {};
    ({ block, paragraph, line } = ocr);
    page = merge(page, { ...part, words }, [area]);
    if (reading.remark && !page.remarks.some(({ message }) => message === reading.remark))
      page = remarked(page, "LOW_CONFIDENCE", reading.remark);
  }
  const read = page.words.slice(content.words.length);
  return read.length > 0 ? { ...page, ocr: figures(read) } : { ...page, geometry: { ...page.geometry, reading: content.geometry.reading } };
}

function numbered(word: Word, after: { block: number; paragraph: number; line: number }): Word {
  const { block = 0, paragraph = 0, line = 0 } = word.ocr ?? {};
  return { ...word, ocr: { block: block + after.block, paragraph: paragraph + after.paragraph, line: line + after.line } };
}

function figures(words: readonly Word[]): { words: number; confidence: number } {
  const sum = words.reduce((total, { confidence }) => total + confidence, 0);
  return { words: words.length, confidence: words.length > 0 ? Math.round(sum / words.length) : 0 };
}

function remarked(content: PageContent, code: RemarkCode, message: string): PageContent {
  return { ...content, remarks: [...content.remarks, { page: content.number, code, message }] };
}

function sureOf(confidence: number): string {
  return `OCR is sure of ${Math.round(confidence)} % of what it read`;
}
