import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import fontkit from "@cantoo/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, rgb } from "pdf-lib";
import { type Block, type ListItem, leavesOf, type Page, plainText } from "../../document/model.ts";
import { gridOf } from "./grid.ts";
import { placeholder } from "./renderer.ts";
import { blockText, cellText, inLayers } from "./text.ts";
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
/** What nested blocks stand further right. */
const STEP = 24;
const CELL_PAD = 5;
const INK = rgb(0.1, 0.1, 0.12);
const FAINT = rgb(0.55, 0.55, 0.6);
/** The fonts that are embedded, by the package they come in. */
const FONTS = {
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
    for (const block of inLayers(page.blocks)) this.#block(block);
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

  #block(block: Block, indent = 0): void {
    switch (block.kind) {
      case "heading":
        this.#y -= this.#y < HEIGHT - MARGIN ? SIZES[block.level] * 0.5 : 0;
        this.#room(SIZES[block.level] * LEADING + BODY * LEADING * 2);
        return this.#paragraph(blockText(block), "bold", SIZES[block.level], indent);
      case "list":
        for (const item of block.items) this.#item(item, indent);
        this.#y -= BODY * 0.5;
        return;
      case "table":
        return this.#table(gridOf(block).map((row) => row.map(cellText)));
      case "quote":
        for (const each of block.blocks) this.#block(each, indent + STEP);
        return;
      case "code":
      case "formula":
        for (const line of block.text.split("\n")) this.#lines(line || " ", "mono", BODY * 0.85, indent);
        this.#y -= BODY * 0.7;
        return;
      case "rule":
        this.#y -= BODY;
        return;
      case "paragraph":
      case "caption":
      case "figure":
        return this.#paragraph(blockText(block), "body", BODY, indent);
    }
  }

  #paragraph(text: string, font: "body" | "bold", size: number, indent: number, color = INK): void {
    for (const line of text.split("\n")) this.#lines(line, font, size, indent, color);
    this.#y -= size * 0.7;
  }

  /** Its mark hangs before its blocks. */
  #item({ mark, checked, blocks }: ListItem, indent: number): void {
    const label = this.#printable(checked === undefined ? mark : `${mark} [${checked ? "x" : " "}]`);
    const within = Math.min(indent + Math.max(STEP, this.#fonts.body.widthOfTextAtSize(`${label} `, BODY) + STEP / 4), COLUMN / 2);
    this.#room(BODY * LEADING);
    this.#page.drawText(label, { x: MARGIN + indent + STEP / 4, y: this.#y - BODY, size: BODY, font: this.#fonts.body, color: INK });
    if (blocks.length === 0) this.#y -= BODY * LEADING;
    for (const block of blocks) this.#block(block, within);
    this.#y += blocks.length > 0 ? BODY * 0.45 : 0;
  }

  #lines(text: string, font: "body" | "bold" | "mono", size: number, indent: number, color = INK): void {
    const x = MARGIN + Math.min(indent, COLUMN / 2);
    for (const line of linesOf(this.#printable(text), this.#fonts[font], size, WIDTH - MARGIN - x)) {
      this.#room(size * LEADING);
      this.#page.drawText(line, { x, y: this.#y - size, size, font: this.#fonts[font], color });
      this.#y -= size * LEADING;
      this.#onLine(line);
    }
  }

  #table(rows: readonly (readonly string[])[]): void {
    const count = Math.max(...rows.map((row) => row.length));
    const pad = CELL_PAD;
    const widths = columnWidths(rows, count, this.#fonts.bold);
    for (const [index, row] of rows.entries()) {
      const font = index === 0 ? this.#fonts.bold : this.#fonts.body;
      const cells = Array.from({ length: count }, (_, column) => [
        ...linesOf(this.#printable(row[column] ?? ""), font, BODY * 0.95, (widths[column] ?? 0) - 2 * pad),
      ]);
      const lines = Math.max(...cells.map(({ length }) => length));
      this.#room(Math.min(lines * BODY * LEADING + pad, HEIGHT - 2 * MARGIN));
      // A row that is longer than a page goes on upon the next.
      for (let from = 0; from < lines; ) {
        this.#room(BODY * LEADING + pad);
        const fit = Math.max(1, Math.floor((this.#y - MARGIN - pad) / (BODY * LEADING)));
        this.#row(
          cells.map((cell) => cell.slice(from, from + fit)),
          widths,
          font,
        );
        from += fit;
      }
    }
    this.#y -= BODY;
  }

  /** Lines of cells side by side, each in its frame. */
  #row(cells: readonly (readonly string[])[], widths: readonly number[], font: PDFFont): void {
    const height = Math.max(...cells.map(({ length }) => length)) * BODY * LEADING + CELL_PAD;
    let x = MARGIN;
    for (const [column, lines] of cells.entries()) {
      const width = widths[column] ?? 0;
      this.#page.drawRectangle({ x, y: this.#y - height, width, height, borderWidth: 0.5, borderColor: FAINT });
      for (const [number, line] of lines.entries()) {
        const y = this.#y - CELL_PAD / 2 - BODY - number * BODY * LEADING;
        this.#page.drawText(line, { x: x + CELL_PAD, y, size: BODY * 0.95, font, color: INK });
        this.#onLine(line);
      }
      x += width;
    }
    this.#y -= height;
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
