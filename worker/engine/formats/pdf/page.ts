import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { areaOf, type Box, type QuarterTurn, sharedArea } from "../../document/geometry.ts";
import { asMatrix, IDENTITY, type Matrix } from "../../document/matrix.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { Area, PageContent } from "../../layout/content.ts";
import { objectNumberOf } from "./anchors.ts";
import { count, dropped, linked, MAX_ANNOTATIONS, type PdfAnnotation, readAnnotations } from "./annotations.ts";
import { withBullets } from "./bullets.ts";
import type { Glyph, Marks } from "./marks.ts";
import { type OperatorList, walk } from "./operators.ts";
import { picturesOf } from "./pictures.ts";
import { type Resources, resourcesOf } from "./resources.ts";
import { dotsPerInch, type ScannedPage, scannedPage } from "./scanned.ts";
import { textLayerOf } from "./text_layer.ts";
import { underlined } from "./underlines.ts";
import { type Reading, readingOf } from "./unread.ts";
import { type StructureNode, unseenOfPage } from "./unseen.ts";
import { hideCovered } from "./visibility.ts";

/** A newspaper's page has ten thousand. */
const MAX_WORDS = 100_000;

/** Which optional parts of the document are shown. */
export type Layers = Awaited<ReturnType<PDFDocumentProxy["getOptionalContentConfig"]>>;

export interface ReadPage {
  readonly content: PageContent;
  readonly toRead: Reading["toRead"];
  /** How finely it is to be painted for OCR. */
  readonly dotsPerInch: number;
  /** What OCR is to read, where pdf.js decoded it already. */
  readonly scanned: ScannedPage | undefined;
  /** How many operators pdf.js gave. */
  readonly operators: number;
}

/** What stands on the page, and what only OCR can read of it. Frees what pdf.js keeps of the page. */
export async function readPage(page: PDFPageProxy, layers: Layers): Promise<ReadPage> {
  const viewport = page.getViewport({ scale: 1 });
  const matrix = asMatrix(viewport.transform) ?? IDENTITY;
  const box = { x0: 0, y0: 0, x1: viewport.width, y1: viewport.height };
  try {
    const list: OperatorList = await page.getOperatorList();
    const annotations: PdfAnnotation[] = await page.getAnnotations();
    const structure = await page.getStructTree().catch(() => undefined);
    const resources = await resourcesOf(page, list);
    const marks = walk(list, { matrix, page: box, font: (name) => resources.fonts.get(name), isShown: (group) => layers.isVisible(group) });
    const read = assemble(marks, { page, box, matrix, annotations, structure: structure ?? undefined });
    const remarks = [...read.content.remarks, ...damageRemarks(resources, page.pageNumber)];
    const scanned = read.toRead === "page" ? scannedPage(page, { list, marks, box }) : undefined;
    const content = { ...read.content, remarks };
    return { ...read, content, dotsPerInch: dotsPerInch(marks), scanned, operators: list.fnArray.length };
  } finally {
    page.cleanup();
  }
}

interface Sheet {
  readonly page: PDFPageProxy;
  readonly box: Box;
  readonly matrix: Matrix;
  readonly annotations: readonly PdfAnnotation[];
  readonly structure: StructureNode | undefined;
}

function assemble(marks: Marks, { page, box, matrix, annotations, structure }: Sheet): Pick<ReadPage, "content" | "toRead"> {
  const number = page.pageNumber;
  markAnnotations(marks, annotations);
  const { white } = hideCovered(marks, box);
  const whites = new Set(white);
  const seen = textLayerOf(
    marks.glyphs.filter((glyph) => !glyph.hidden && !whites.has(glyph)),
    number,
  );
  const unseen = textLayerOf(
    marks.glyphs.filter(({ hidden }) => hidden === "not drawn" || hidden === "below a picture"),
    number,
  );
  const pictures = picturesOf(marks.images);
  const reading = readingOf({ page: number, box, seen, unseen, pictures, drawings: marks.drawings });
  const around = unseenOfPage(number, annotations.slice(0, MAX_ANNOTATIONS), structure);
  const drawn = new Set(marks.glyphs.flatMap(({ annotation, hidden }) => (annotation && !hidden ? [annotation] : [])));
  const notes = readAnnotations(annotations, { page: number, matrix, drawn });
  const styled = underlined([...withBullets(reading.words, marks.dots), ...notes.words], marks.rules);
  const { words, remarks } = linked(styled.words, notes.links, number);
  if (words.length > MAX_WORDS)
    throw new EngineError("DOCUMENT_TOO_COMPLEX", `The page has more than ${MAX_WORDS} words.`, { page: number });
  return {
    content: {
      number,
      geometry: {
        width: box.x1,
        height: box.y1,
        rotation: (((page.rotate % 360) + 360) % 360) as QuarterTurn,
        reading: reading.toRead === undefined ? "text layer" : words.length > 0 ? "both" : "ocr",
      },
      words,
      rules: styled.rules.map((rule) => ({ box: rule })),
      areas: marks.areas.filter((area) => !isPaper(area, box)),
      images: pictures.map((picture) => picture.box),
      ...(around.texts.length > 0 ? { unseen: around.texts } : {}),
      remarks: [...around.remarks, ...reading.remarks, ...whiteRemarks(white, number), ...notes.remarks, ...remarks],
    },
    toRead: reading.toRead,
  };
}

/** Which glyphs are a field's, and which a text annotation's. One that cannot be found again stays as it is, as what was filled in does. */
function markAnnotations({ glyphs }: Marks, annotations: readonly PdfAnnotation[]): void {
  const kinds = new Map(annotations.map(({ id, subtype }) => [id, subtype]));
  for (const glyph of glyphs) {
    const kind = glyph.annotation === undefined ? undefined : kinds.get(glyph.annotation);
    const object = kind === "FreeText" ? objectNumberOf(glyph.annotation) : undefined;
    if (object !== undefined) glyph.freeText = object;
    else if (kind === "Widget" || kind === "FreeText") glyph.field = true;
  }
}

function damageRemarks({ damagedPictures: pictures, damagedFonts: fonts }: Resources, page: number): Remark[] {
  const remarks: Remark[] = [];
  if (pictures > 0)
    remarks.push({
      page,
      code: "PICTURE_NOT_READ",
      message: `${count(pictures, "picture")} of the page ${pictures === 1 ? "is" : "are"} damaged.`,
    });
  if (fonts > 0) remarks.push(dropped(page, `Text in ${count(fonts, "font")} that the PDF lacks is left out.`));
  return remarks;
}

function whiteRemarks(white: readonly Glyph[], page: number): Remark[] {
  const number = textLayerOf(white, page).words.length;
  return number === 0 ? [] : [dropped(page, `${count(number, "word")} in white on white ${number === 1 ? "is" : "are"} left out.`)];
}

/** Some programs paint the whole page white first. */
function isPaper({ box, fill, framed }: Area, page: Box): boolean {
  return fill === "#ffffff" && !framed && sharedArea(box, page) > 0.95 * areaOf(page);
}

/** For pages in a file that was read. */
export async function pageOf(document: PDFDocumentProxy, number: number): Promise<PDFPageProxy> {
  try {
    return await document.getPage(number);
  } catch (error) {
    throw new EngineError("PDF_CORRUPT", "The page cannot be found in the PDF.", { page: number, cause: error });
  }
}
