import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import fontkit from "@cantoo/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, rgb } from "pdf-lib";
import { type Block, type Cell, leavesOf, type Page, plainText } from "../../document/model.ts";
import { placeholder } from "./renderer.ts";
import { blockText } from "./text.ts";
import { wrap } from "./wrap.ts";

const require = createRequire(import.meta.url);
/** A4 in points. */
const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 64;
const COLUMN = WIDTH - 2 * MARGIN;
const BODY = 10.5;
const SIZES = { 1: 20, 2: 14, 3: 12, 4: 11.5, 5: 11, 6: 10.5 } as const;
const LEADING = 1.42;
const INK = rgb(0.1, 0.1, 0.12);
const FAINT = rgb(0.55, 0.55, 0.6);
/** The fonts that are embedded, by the package they come in. */
export const FONTS = {
  body: "dejavu-fonts-ttf/ttf/DejaVuSerif.ttf",
  bold: "dejavu-fonts-ttf/ttf/DejaVuSerif-Bold.ttf",
  mono: "dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf",
} as const;
const REPLACEMENT = "\uFFFD";

export interface PdfResult {
  readonly bytes: Uint8Array;
  /** Signs that the fonts do not have, each once; they are shown as U+FFFD. */
  readonly missingGlyphs: readonly string[];
  /** For each page, which page of the source it translates. */
  readonly sourcePages: readonly number[];
}

/** The document set anew on A4, each source page on a fresh page, in fonts that come with the program. */
export interface PdfSetter {
  /** `onShare` hears how much of the page is set, 0 to 1; what it throws ends the work. */
  page(page: Page, onShare: (share: number) => void): void;
  finish(): Promise<PdfResult>;
}

export async function openPdfSetter(language: string): Promise<PdfSetter> {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  document.setLanguage(language);
  document.setProducer("Dragoman");
  const fonts = {
    body: await embed(document, FONTS.body),
    bold: await embed(document, FONTS.bold),
    mono: await embed(document, FONTS.mono),
  };
  let onLine: (line: string) => void = () => undefined;
  const writer = new Writer(document, fonts, (line) => onLine(line));
  return {
    page(page, onShare) {
      const letters = [...leavesOf(page.blocks)].reduce((sum, leaf) => sum + plainText(leaf.content).length, 0);
      let set = 0;
      onLine = (line) => {
        set += line.length;
        onShare(Math.min(1, set / Math.max(1, letters)));
      };
      writer.page(page);
    },
    async finish() {
      return { bytes: await document.save(), missingGlyphs: [...writer.missing], sourcePages: writer.sourcePages };
    },
  };
}

async function embed(document: PDFDocument, name: string): Promise<PDFFont> {
  return document.embedFont(await readFile(require.resolve(name)), { subset: true });
}

class Writer {
  readonly missing = new Set<string>();
  readonly sourcePages: number[] = [];
  readonly #document: PDFDocument;
  readonly #fonts: Readonly<Record<"body" | "bold" | "mono", PDFFont>>;
  readonly #glyphs: ReadonlySet<number>;
  readonly #onLine: (line: string) => void;
  #page: PDFPage;
  #y = 0;
  #source = 0;

  constructor(document: PDFDocument, fonts: Record<"body" | "bold" | "mono", PDFFont>, onLine: (line: string) => void) {
    this.#document = document;
    this.#onLine = onLine;
    this.#fonts = fonts;
    this.#glyphs = new Set(fonts.body.getCharacterSet());
    this.#page = undefined as unknown as PDFPage;
  }

  page(page: Page): void {
    this.#source = page.number;
    this.#turn();
    if (page.failure !== undefined) this.#paragraph(placeholder(page), "body", BODY, 0, FAINT);
    for (const block of page.blocks) this.#block(block);
  }

  #turn(): void {
    this.#page = this.#document.addPage([WIDTH, HEIGHT]);
    this.sourcePages.push(this.#source);
    this.#y = HEIGHT - MARGIN;
    const label = String(this.#source);
    this.#page.drawText(label, {
      x: WIDTH / 2 - this.#fonts.body.widthOfTextAtSize(label, 8) / 2,
      y: MARGIN / 2,
      size: 8,
      font: this.#fonts.body,
      color: FAINT,
    });
  }

  #room(height: number): void {
    if (this.#y - height < MARGIN) this.#turn();
  }

  #block(block: Block): void {
    switch (block.kind) {
      case "heading":
        this.#y -= this.#y < HEIGHT - MARGIN ? SIZES[block.level] * 0.5 : 0;
        this.#room(SIZES[block.level] * LEADING + BODY * LEADING * 2);
        return this.#paragraph(plainText(block.content), "bold", SIZES[block.level], 0);
      case "list":
        for (const { mark, blocks } of block.items) this.#item(mark, blocks.map(blockText).join("\n"));
        this.#y -= BODY * 0.5;
        return;
      case "table":
        return this.#table(block.rows.map((row) => row.map(cellText)));
      case "quote":
        for (const each of block.blocks) this.#block(each);
        return;
      case "code":
      case "formula":
        for (const line of block.text.split("\n")) this.#lines(line || " ", "mono", BODY * 0.85, MARGIN, COLUMN);
        this.#y -= BODY * 0.7;
        return;
      case "rule":
        this.#y -= BODY;
        return;
      default:
        return this.#paragraph(plainText(block.content), "body", BODY, 0);
    }
  }

  #paragraph(text: string, font: "body" | "bold", size: number, indent: number, color = INK): void {
    this.#lines(text, font, size, MARGIN + indent, COLUMN - indent, color);
    this.#y -= size * 0.7;
  }

  #item(label: string, text: string): void {
    this.#room(BODY * LEADING);
    this.#page.drawText(label, { x: MARGIN + 6, y: this.#y - BODY, size: BODY, font: this.#fonts.body, color: INK });
    this.#lines(text, "body", BODY, MARGIN + 24, COLUMN - 24);
    this.#y -= BODY * 0.25;
  }

  #lines(text: string, font: "body" | "bold" | "mono", size: number, x: number, width: number, color = INK): void {
    for (const line of linesOf(this.#printable(text), this.#fonts[font], size, width)) {
      this.#room(size * LEADING);
      this.#page.drawText(line, { x, y: this.#y - size, size, font: this.#fonts[font], color });
      this.#y -= size * LEADING;
      this.#onLine(line);
    }
  }

  #table(rows: readonly (readonly string[])[]): void {
    const count = Math.max(...rows.map((row) => row.length));
    const pad = 5;
    const widths = columnWidths(rows, count, this.#fonts.bold);
    for (const [index, row] of rows.entries()) {
      const font = index === 0 ? this.#fonts.bold : this.#fonts.body;
      const cells = Array.from({ length: count }, (_, column) => [
        ...linesOf(this.#printable(row[column] ?? ""), font, BODY * 0.95, (widths[column] ?? 0) - 2 * pad),
      ]);
      const height = Math.max(...cells.map((lines) => lines.length)) * BODY * LEADING + pad;
      this.#room(height);
      let x = MARGIN;
      for (const [column, lines] of cells.entries()) {
        const width = widths[column] ?? 0;
        this.#page.drawRectangle({ x, y: this.#y - height, width, height, borderWidth: 0.5, borderColor: FAINT });
        for (const [number, line] of lines.entries()) {
          this.#page.drawText(line, {
            x: x + pad,
            y: this.#y - pad / 2 - BODY - number * BODY * LEADING,
            size: BODY * 0.95,
            font,
            color: INK,
          });
          this.#onLine(line);
        }
        x += width;
      }
      this.#y -= height;
    }
    this.#y -= BODY;
  }

  #printable(text: string): string {
    let shown = "";
    for (const sign of text.replace(/\s/g, " ")) {
      if (this.#glyphs.has(sign.codePointAt(0) ?? 0)) shown += sign;
      else {
        this.missing.add(sign);
        shown += REPLACEMENT;
      }
    }
    return shown;
  }
}

function cellText(cell: Cell): string {
  return cell.blocks.map(blockText).join(" ");
}

/** Shares the page's width by each column's longest cell, none less than a third of an even share. */
function columnWidths(rows: readonly (readonly string[])[], count: number, font: PDFFont): number[] {
  const wishes = Array.from(
    { length: count },
    (_, column) => Math.max(20, ...rows.map((row) => (row[column] ?? "").length)) * (font.heightAtSize(BODY) / 2),
  );
  const bounded = wishes.map((wish) => Math.max(COLUMN / count / 3, Math.min(wish, COLUMN)));
  const total = bounded.reduce((sum, wish) => sum + wish, 0);
  return bounded.map((wish) => (wish / total) * COLUMN);
}

function linesOf(text: string, font: PDFFont, size: number, width: number): Generator<string> {
  return wrap(text, (part) => font.widthOfTextAtSize(part, size), width);
}
