import { PDFDocument, PDFName, type PDFPage, PDFString, rgb } from "pdf-lib";
import type { Box } from "../../document/geometry.ts";
import { PdfText } from "../../setting/pdf_text.ts";
import type { SetLine } from "../../setting/sheet.ts";

/** A4 in points. */
export const WIDTH = 595.28;
export const HEIGHT = 841.89;
const RULE = rgb(0.55, 0.55, 0.6);
const RULE_WIDTH = 0.5;
/** Links within the source lead nowhere here. */
const WEB = /^(https?:|mailto:)/i;

/** Pages of a new PDF, filled one after the other. All figures in points from the page's top left. */
export class Paper {
  readonly #document: PDFDocument;
  readonly #text: PdfText;
  #page: PDFPage | undefined;
  #lines: SetLine[] = [];

  constructor(document: PDFDocument) {
    this.#document = document;
    this.#text = new PdfText(document);
  }

  static async open(language: string): Promise<Paper> {
    const document = await PDFDocument.create();
    document.setLanguage(language);
    document.setProducer("Dragoman");
    return new Paper(document);
  }

  turn(): void {
    this.#fill();
    this.#page = this.#document.addPage([WIDTH, HEIGHT]);
  }

  line(line: SetLine): void {
    this.#lines.push(line);
    for (const piece of line.pieces) {
      if (piece.kind === "glyphs" && piece.link !== undefined && WEB.test(piece.link))
        this.#link(piece.link, { x0: piece.x, x1: piece.x + piece.width, y0: line.box.y0, y1: line.box.y1 });
    }
  }

  frame({ x0, y0, x1, y1 }: Box): void {
    const at = { x: x0, y: HEIGHT - y1, width: x1 - x0, height: y1 - y0 };
    this.#page?.drawRectangle({ ...at, borderWidth: RULE_WIDTH, borderColor: RULE });
  }

  rule(x0: number, x1: number, y: number): void {
    this.#page?.drawLine({ start: { x: x0, y: HEIGHT - y }, end: { x: x1, y: HEIGHT - y }, thickness: RULE_WIDTH, color: RULE });
  }

  async bytes(): Promise<Uint8Array> {
    this.#fill();
    await this.#text.finish();
    return this.#document.save();
  }

  #link(target: string, { x0, y0, x1, y1 }: Box): void {
    const { context } = this.#document;
    const action = { Type: "Action", S: "URI", URI: PDFString.of(encodeURI(decoded(target))) };
    const rectangle = [x0, HEIGHT - y1, x1, HEIGHT - y0];
    const link = context.obj({ Type: "Annot", Subtype: "Link", Rect: rectangle, Border: [0, 0, 0], A: action });
    this.#page?.node.addAnnot(context.register(link));
  }

  /** Writes what was set on the page, all at once: a stream of its own for each line would take more than the text. */
  #fill(): void {
    const lines = this.#lines;
    this.#lines = [];
    if (!this.#page || lines.length === 0) return;
    const { content, fonts } = this.#text.operators(lines, [1, 0, 0, -1, 0, HEIGHT]);
    for (const [name, reference] of fonts) this.#page.node.setFontDictionary(PDFName.of(name), reference);
    this.#page.node.addContentStream(this.#document.context.register(this.#document.context.flateStream(content)));
  }
}

/** What is escaped already is not escaped again. */
function decoded(target: string): string {
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}
