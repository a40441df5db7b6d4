import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import fontkit from "@cantoo/fontkit";
import {
  beginText,
  concatTransformationMatrix,
  degrees,
  drawObject,
  endText,
  type PDFDocument,
  type PDFFont,
  type PDFName,
  type PDFOperator,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  rgb,
  StandardFonts,
  setCharacterSpacing,
  setFillingColor,
  setFontAndSize,
  setTextMatrix,
  setTextRenderingMode,
  setWordSpacing,
  showText,
} from "pdf-lib";
import { createPdf } from "../../../examples/make.ts";
import type { Box, QuarterTurn } from "../../../worker/engine/document/geometry.ts";
import { faceOf, type Ink, randomFrom, type Type } from "./ink.ts";

export const A4 = { width: 595, height: 842 };

const FACES = path.join(path.dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
const STANDARD: Readonly<Record<string, StandardFonts>> = {
  DejaVuSerif: StandardFonts.TimesRoman,
  "DejaVuSerif-Bold": StandardFonts.TimesRomanBold,
  "DejaVuSerif-Italic": StandardFonts.TimesRomanItalic,
  "DejaVuSerif-BoldItalic": StandardFonts.TimesRomanBoldItalic,
  DejaVuSans: StandardFonts.Helvetica,
  "DejaVuSans-Bold": StandardFonts.HelveticaBold,
  "DejaVuSans-Oblique": StandardFonts.HelveticaOblique,
  "DejaVuSans-BoldOblique": StandardFonts.HelveticaBoldOblique,
  DejaVuSansMono: StandardFonts.Courier,
  "DejaVuSansMono-Bold": StandardFonts.CourierBold,
};
/** What documents are set in; others are not there to be asked for. */
const USED: readonly Type[] = [
  { family: "serif", size: 1 },
  { family: "serif", size: 1, bold: true },
  { family: "serif", size: 1, italic: true },
  { family: "sans", size: 1 },
  { family: "sans", size: 1, bold: true },
  { family: "sans", size: 1, italic: true },
  { family: "mono", size: 1 },
];

export interface PageLook {
  readonly width?: number;
  readonly height?: number;
  /** Text runs turned on the page, by degrees clockwise; `width` and `height` are of the page as it reads upright then. */
  readonly drawn?: QuarterTurn;
  /** The page's own `/Rotate`. */
  readonly rotate?: QuarterTurn;
}

/** A PDF in the making. */
export class PdfBook {
  readonly document: PDFDocument;
  readonly #fonts: ReadonlyMap<string, PDFFont>;

  private constructor(document: PDFDocument, fonts: ReadonlyMap<string, PDFFont>) {
    this.document = document;
    this.#fonts = fonts;
  }

  /** With the fonts that every reader brings along (Latin letters only), or with DejaVu embedded. */
  static async create(fonts: "standard" | "embedded" = "standard"): Promise<PdfBook> {
    const document = await createPdf();
    const faces = new Map<string, PDFFont>();
    if (fonts === "embedded") document.registerFontkit(fontkit);
    for (const face of USED.map(faceOf)) {
      const standard = STANDARD[face];
      if (fonts === "standard" && standard) faces.set(face, await document.embedFont(standard));
      if (fonts === "embedded")
        faces.set(face, await document.embedFont(await readFile(path.join(FACES, `${face}.ttf`)), { subset: true }));
    }
    return new PdfBook(document, faces);
  }

  page({ width = A4.width, height = A4.height, drawn = 0, rotate = 0 }: PageLook = {}): PdfInk {
    const page = this.document.addPage(drawn % 180 === 0 ? [width, height] : [height, width]);
    page.setRotation(degrees(rotate));
    const ink = new PdfInk(page, { width, height }, this.#fonts);
    if (drawn !== 0) ink.push(turnMatrix(drawn, width, height));
    return ink;
  }

  async picture(ink: PdfInk, png: Uint8Array, box: Box): Promise<void> {
    ink.image(await this.document.embedPng(png), box);
  }

  async photo(ink: PdfInk, jpeg: Uint8Array, box: Box): Promise<void> {
    ink.image(await this.document.embedJpg(jpeg), box);
  }

  async save(): Promise<Uint8Array> {
    return this.document.save();
  }
}

function turnMatrix(turn: QuarterTurn, width: number, height: number): PDFOperator {
  if (turn === 90) return concatTransformationMatrix(0, -1, 1, 0, 0, width);
  if (turn === 180) return concatTransformationMatrix(-1, 0, 0, -1, width, height);
  return concatTransformationMatrix(0, 1, -1, 0, height, 0);
}

/** How text is shown, where it is not just black and seen. */
export interface TextLook {
  readonly wordSpacing?: number;
  readonly letterSpacing?: number;
  /** 3 shows nothing. */
  readonly mode?: 0 | 1 | 2 | 3;
  /** Degrees clockwise, about its beginning. */
  readonly turn?: number;
}

export class PdfInk implements Ink {
  readonly page: PDFPage;
  readonly width: number;
  readonly height: number;
  readonly #fonts: ReadonlyMap<string, PDFFont>;
  readonly #names = new Map<PDFFont, PDFName>();

  constructor(page: PDFPage, size: { width: number; height: number }, fonts: ReadonlyMap<string, PDFFont>) {
    this.page = page;
    this.width = size.width;
    this.height = size.height;
    this.#fonts = fonts;
  }

  push(...operators: PDFOperator[]): void {
    this.page.pushOperators(...operators);
  }

  measure(text: string, type: Type): number {
    return this.#font(type).widthOfTextAtSize(text, type.size);
  }

  text(text: string, x: number, baseline: number, type: Type, wordSpacing = 0): void {
    this.show(text, x, baseline, type, { wordSpacing });
  }

  show(text: string, x: number, baseline: number, type: Type, { wordSpacing = 0, letterSpacing = 0, mode = 0, turn = 0 }: TextLook): void {
    const font = this.#font(type);
    // Word spacing is for single-byte codes: words in embedded fonts are placed one by one.
    if (wordSpacing !== 0 && !(font.name in WIDE)) {
      for (const word of text.split(" ")) {
        if (word) this.show(word, x, baseline, type, { letterSpacing, mode, turn });
        x += this.measure(`${word} `, type) + wordSpacing;
      }
      return;
    }
    const angle = (-turn * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.push(
      pushGraphicsState(),
      beginText(),
      setFillingColor(colorOf(type.color ?? "#000000")),
      setFontAndSize(this.#nameOf(font), type.size),
      ...(wordSpacing ? [setWordSpacing(wordSpacing)] : []),
      ...(letterSpacing ? [setCharacterSpacing(letterSpacing)] : []),
      ...(mode ? [setTextRenderingMode(mode)] : []),
      setTextMatrix(cos, sin, -sin, cos, x, this.height - baseline),
      showText(font.encodeText(text)),
      endText(),
      popGraphicsState(),
    );
  }

  rule(x0: number, y0: number, x1: number, y1: number, thickness = 0.6): void {
    this.page.drawLine({ start: { x: x0, y: this.height - y0 }, end: { x: x1, y: this.height - y1 }, thickness });
  }

  area({ x0, y0, x1, y1 }: Box, { fill, stroke = false }: { fill?: string; stroke?: boolean }): void {
    this.page.drawRectangle({
      ...{ x: x0, y: this.height - y1, width: x1 - x0, height: y1 - y0 },
      ...(fill !== undefined && { color: colorOf(fill) }),
      ...(stroke && { borderColor: rgb(0, 0, 0), borderWidth: 0.6 }),
    });
  }

  picture(box: Box): void {
    this.area(box, { fill: "#dfe8ee" });
    const random = randomFrom(Math.round(box.x0 + box.y0));
    for (let index = 0; index < 12; index++)
      this.page.drawEllipse({
        x: box.x0 + 20 + random() * (box.x1 - box.x0 - 40),
        y: this.height - (box.y0 + 15 + random() * (box.y1 - box.y0 - 30)),
        xScale: 4 + random() * 14,
        yScale: 4 + random() * 10,
        color: rgb(random() * 0.6, 0.3 + random() * 0.4, random()),
      });
  }

  image(image: Awaited<ReturnType<PDFDocument["embedPng"]>>, { x0, y0, x1, y1 }: Box): void {
    const name = this.page.node.newXObject("Image", image.ref);
    this.push(
      pushGraphicsState(),
      concatTransformationMatrix(x1 - x0, 0, 0, y1 - y0, x0, this.height - y1),
      drawObject(name),
      popGraphicsState(),
    );
  }

  #font(type: Type): PDFFont {
    const font = this.#fonts.get(faceOf(type));
    if (!font) throw new RangeError(`No face ${faceOf(type)}.`);
    return font;
  }

  #nameOf(font: PDFFont): PDFName {
    const name = this.#names.get(font) ?? this.page.node.newFontDictionary("F", font.ref);
    this.#names.set(font, name);
    return name;
  }
}

/** The names of the fonts whose codes are single bytes. */
const WIDE: Readonly<Record<string, true>> = Object.fromEntries(Object.values(STANDARD).map((name) => [name, true]));

function colorOf(hex: string) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return rgb(red, green, blue);
}
