import type { PDFDocument, PDFRef } from "pdf-lib";
import type { QuarterTurn } from "../document/geometry.ts";
import type { Matrix } from "../document/matrix.ts";
import { EmbeddedFace } from "./embedded_face.ts";
import { DIGITS, glyphOperators } from "./glyph_operators.ts";
import { pdfColor, pdfNumber, pdfNumbers } from "./pdf_numbers.ts";
import type { Face, GlyphRun, SetLine } from "./sheet.ts";

export interface TextOperators {
  /** Complete in itself: graphics and text state are after it as before. */
  readonly content: Uint8Array;
  /** What the content names, for the resources of where it stands. */
  readonly fonts: Map<string, PDFRef>;
}

/** Writes set text into a PDF. A face is embedded once, with the glyphs that all of its text needs. */
export class PdfText {
  readonly #document: PDFDocument;
  readonly #faces = new Map<Face, EmbeddedFace>();

  constructor(document: PDFDocument) {
    this.#document = document;
  }

  /** The operators that draw the letters of `lines`, their underlines too; chips are the caller's. `toPdf` maps the page's points to user space. `hidden` letters are there to be found and copied. */
  operators(lines: readonly SetLine[], toPdf: Matrix, ink: "seen" | "hidden" = "seen"): TextOperators {
    const fonts = new Map<string, PDFRef>();
    const operators: string[] = [];
    for (const { pieces, turn } of lines) {
      for (const piece of pieces) {
        if (piece.kind === "chip") continue;
        const face = this.#embedded(piece.face);
        const font = `Dragoman${face.reference.objectNumber}`;
        fonts.set(font, face.reference);
        const matrix = lineMatrix(piece, turn, toPdf);
        operators.push(shown(piece, { face, font, matrix }), ...(ink === "seen" ? linesOf(piece, face, matrix) : []));
      }
    }
    const content = operators.length > 0 ? `q\n0 Tc 0 Tw ${ink === "seen" ? 0 : 3} Tr 0 Ts\n${operators.join("")}Q\n` : "";
    return { content: Buffer.from(content, "latin1"), fonts };
  }

  #embedded(face: Face): EmbeddedFace {
    const known = this.#faces.get(face);
    if (known) return known;
    const embedded = new EmbeddedFace(face, this.#document.context.nextRef());
    this.#faces.set(face, embedded);
    return embedded;
  }

  /** Embeds the fonts, when all text is written. */
  async finish(): Promise<void> {
    for (const face of this.#faces.values()) await face.embed(this.#document);
  }
}

const ALONG: Readonly<Record<QuarterTurn, readonly [x: number, y: number]>> = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] };

/** From a run's own space, its origin at the first glyph and y upwards, to user space. */
function lineMatrix({ x, y }: GlyphRun, turn: QuarterTurn, [a, b, c, d, e, f]: Matrix): Matrix {
  const [u, v] = ALONG[turn];
  return [a * u + c * v, b * u + d * v, a * v - c * u, b * v - d * u, a * x + c * y + e, b * x + d * y + f];
}

function shown(
  run: GlyphRun,
  { face, font, matrix }: { readonly face: EmbeddedFace; readonly font: string; readonly matrix: Matrix },
): string {
  const stretch = pdfNumber(run.stretch * 100, DIGITS);
  const color = pdfColor(run.color);
  return `BT ${color} rg /${font} ${pdfNumber(run.size, DIGITS)} Tf ${stretch} Tz ${pdfNumbers(matrix, DIGITS)} Tm ${glyphOperators(run, face)}ET\n`;
}

/** Under the letters, and through them. */
function linesOf(run: GlyphRun, face: EmbeddedFace, matrix: Matrix): string[] {
  const { underline, strike } = face.metrics;
  const lines = [...(run.underline ? [underline] : []), ...(run.strike ? [strike] : [])];
  return lines.map((line) => ruleOf(run, line, matrix));
}

/** A filled bar along the run, as thick and as high as the font says. */
function ruleOf(run: GlyphRun, { position, thickness }: { position: number; thickness: number }, matrix: Matrix): string {
  const [height, top] = [(thickness / 1000) * run.size, (position / 1000 + thickness / 2000) * run.size];
  const bar = pdfNumbers([0, top - height, run.width, height], DIGITS);
  return `q ${pdfColor(run.color)} rg ${pdfNumbers(matrix, DIGITS)} cm ${bar} re f Q\n`;
}
