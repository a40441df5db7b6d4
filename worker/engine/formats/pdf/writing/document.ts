import { readFile } from "node:fs/promises";
import { PDFDocument, type PDFPage } from "pdf-lib";
import { asMatrix, IDENTITY, type Matrix } from "../../../document/matrix.ts";
import { EngineError } from "../../../errors.ts";
import type { ColorImage } from "../../../inpainting/patches.ts";
import { PdfText } from "../../../setting/pdf_text.ts";
import { openSetter, type Setter } from "../../../setting/setter.ts";
import type { Writing } from "../../format.ts";
import type { PdfAnnotation } from "../annotations.ts";
import { pageOf } from "../page.ts";
import { renderInColor } from "../rendering.ts";
import type { Source } from "../source.ts";
import { shownBytes } from "./blank.ts";
import type { OwnGlyph } from "./chips.ts";
import { codesOf } from "./codes.ts";
import type { Content } from "./contents.ts";
import { LinksApart } from "./links.ts";
import { type PageContents, readContents } from "./page_content.ts";
import { FormClones } from "./rewrite.ts";
import { type Trace, traceOf } from "./trace.ts";
import { Uneditable } from "./uneditable.ts";

/** A page as both readers see it: what it shows, and where in the file that stands. */
export interface PageReading {
  readonly page: PDFPage;
  readonly trace: Trace;
  readonly contents: PageContents;
  /** Of an operator, by its number. */
  glyphs(operator: number): readonly OwnGlyph[] | undefined;
}

/** A paragraph goes on on the next page, and no further as a rule. */
const KEPT_READINGS = 3;

/** The file that is edited, and what its pages share. */
export class EditedDocument {
  readonly pdf: PDFDocument;
  readonly setter: Setter;
  readonly text: PdfText;
  readonly clones: FormClones;
  readonly links = new LinksApart();
  readonly pages: readonly PDFPage[];
  readonly #source: Source;
  readonly #readings = new Map<number, Promise<PageReading>>();

  private constructor(pdf: PDFDocument, setter: Setter, source: Source) {
    this.pdf = pdf;
    this.setter = setter;
    this.text = new PdfText(pdf);
    this.clones = new FormClones(pdf.context);
    this.pages = pdf.getPages();
    this.#source = source;
  }

  /** Throws PDF_CORRUPT for a file that can be read but not edited. */
  static async open(source: Source, file: string, { targetLanguage, password = "" }: Writing): Promise<EditedDocument> {
    const setter = await openSetter({ language: targetLanguage });
    try {
      const pdf = await PDFDocument.load(await readFile(file), { updateMetadata: false, preserveXFA: true, password });
      const edited = new EditedDocument(pdf, setter, source);
      if (edited.pages.length === source.document.numPages) return edited;
    } catch (error) {
      throw new EngineError("PDF_CORRUPT", "The PDF's objects cannot be edited.", { cause: error });
    }
    throw new EngineError("PDF_CORRUPT", "The PDF's pages cannot be told apart for editing.");
  }

  /** What `number` shows; kept for a few pages. Throws Uneditable if both readers do not agree. */
  reading(number: number, rotation?: number): Promise<PageReading> {
    const known = this.#readings.get(number);
    if (known) return known;
    const reading = this.#read(number, rotation);
    reading.catch(() => undefined);
    this.#readings.set(number, reading);
    for (const old of this.#readings.keys()) if (old <= number - KEPT_READINGS) this.#readings.delete(old);
    return reading;
  }

  /** Throws PDF_CORRUPT. */
  page(number: number): PDFPage {
    const page = this.pages[number - 1];
    if (!page) throw new EngineError("PDF_CORRUPT", "The page is not in the file.", { page: number });
    return page;
  }

  /** Its picture as it is looked at when it is turned by `rotation`. */
  image(number: number, rotation: number, signal: AbortSignal): Promise<ColorImage> {
    return this.#source.using(async () => renderInColor(await pageOf(this.#source.document, number), rotation, signal));
  }

  /** From the file's coordinates to those of the page as it is looked at when it is turned by `rotation`. */
  async matrix(number: number, rotation: number): Promise<Matrix> {
    const page = await pageOf(this.#source.document, number);
    return asMatrix(page.getViewport({ scale: 1, rotation }).transform) ?? IDENTITY;
  }

  async annotations(number: number): Promise<readonly PdfAnnotation[]> {
    return (await pageOf(this.#source.document, number)).getAnnotations();
  }

  async #read(number: number, rotation?: number): Promise<PageReading> {
    const page = this.page(number);
    const { document, layers, using } = this.#source;
    const trace = await using(async () => {
      const proxy = await pageOf(document, number);
      return traceOf(proxy, layers, rotation ?? proxy.rotate);
    });
    const contents = readContents(this.pdf.context, page.node);
    if (contents.operators !== trace.operators) throw new Uneditable("The page's text is not where it was read.");
    return { page, trace, contents, glyphs: ownGlyphsOf(contents.content, trace) };
  }
}

/** Finds the glyphs of an operator with their fonts and codes. */
function ownGlyphsOf(content: Content, trace: Trace): PageReading["glyphs"] {
  let places: Map<number, { content: Content; index: number }> | undefined;
  return (operator) => {
    places ??= placesOf(content, new Map());
    const place = places.get(operator);
    const text = place?.content.texts[place.index];
    const glyphs = trace.glyphs.get(operator);
    if (!place || !text?.font || !glyphs) return undefined;
    const { font } = text;
    const codes = codesOf(shownBytes(place.content.bytes, text.at), glyphs);
    return glyphs.map((glyph, index) => ({ glyph, font, code: codes[index] ?? new Uint8Array() }));
  };
}

function placesOf(content: Content, places: Map<number, { content: Content; index: number }>) {
  for (const [index, { number }] of content.texts.entries()) places.set(number, { content, index });
  for (const { content: inner } of content.forms) placesOf(inner, places);
  return places;
}
