import { type Block, type Inline, type ListItem, leavesOf, type Page, plainText, type TextStyle } from "../../document/model.ts";
import { type Flow, type FlowedLine, openFlow } from "../../setting/flowing.ts";
import { gridOf } from "./grid.ts";
import { HEIGHT, Paper, WIDTH } from "./paper.ts";
import { cellContent, noteContent, printed, textOf } from "./printed.ts";
import { placeholder } from "./renderer.ts";
import { inLayers } from "./text.ts";

const MARGIN = 64;
const COLUMN = WIDTH - 2 * MARGIN;
const BODY = 11;
const SMALL = 9;
const SIZES = { 1: 20, 2: 14.5, 3: 12.5, 4: 12, 5: 11.5, 6: 11 } as const;
const LEADING = 1.32;
/** Of a line, over its baseline, in ems. */
const ASCENT = 0.95;
/** What nested blocks stand further in. */
const STEP = 24;
const CELL_PAD = 5;
const INK = "#1a1a1f";
const FAINT = "#8c8c99";

export interface PdfResult {
  readonly bytes: Uint8Array;
  /** Signs that no font has, each once. */
  readonly missingGlyphs: readonly string[];
  /** For each page, which page of the source it translates. */
  readonly sourcePages: readonly number[];
}

/** The document set anew on A4, each source page on a fresh page. */
export interface PdfSetter {
  /** `onShare` hears how much of the page is set, 0 to 1; what it throws ends the work. */
  page(page: Page, onShare: (share: number) => void): void;
  finish(): Promise<PdfResult>;
}

export async function openPdfSetter(language: string): Promise<PdfSetter> {
  const paper = await Paper.open(language);
  let onLine: (letters: number) => void = () => undefined;
  const writer = new Writer(paper, await openFlow({ language }), (letters) => onLine(letters));
  return {
    page(page, onShare) {
      const letters = [...leavesOf(page.blocks)].reduce((sum, leaf) => sum + plainText(leaf.content).length, 0);
      let set = 0;
      onLine = (more) => {
        set += more;
        onShare(Math.min(1, set / Math.max(1, letters)));
      };
      writer.page(page);
    },
    async finish() {
      return { bytes: await paper.bytes(), missingGlyphs: [...writer.missing], sourcePages: writer.sourcePages };
    },
  };
}

type Look = TextStyle & { readonly size: number };
const BODY_LOOK: Look = { font: "serif", size: BODY, color: INK };
const CODE_LOOK: Look = { font: "mono", size: BODY * 0.85, color: INK };

class Writer {
  readonly missing = new Set<string>();
  readonly sourcePages: number[] = [];
  readonly #paper: Paper;
  readonly #flow: Flow;
  readonly #onLine: (letters: number) => void;
  #y = 0;
  #source = 0;

  constructor(paper: Paper, flow: Flow, onLine: (letters: number) => void) {
    this.#paper = paper;
    this.#flow = flow;
    this.#onLine = onLine;
  }

  page(page: Page): void {
    this.#source = page.number;
    this.#turn();
    if (page.failure !== undefined) this.#paragraph([textOf(placeholder(page))], { ...BODY_LOOK, color: FAINT }, 0);
    for (const block of inLayers(page.blocks)) this.#block(block);
  }

  #turn(): void {
    this.#paper.turn();
    this.sourcePages.push(this.#source);
    this.#y = MARGIN;
    const [number] = this.#lines([textOf(String(this.#source))], { ...BODY_LOOK, size: 8, color: FAINT }, COLUMN);
    if (!number) return;
    const aside = (COLUMN - number.width) / 2;
    this.#paper.line(number.at(1, MARGIN + (this.#flow.isRightToLeft ? -aside : aside), HEIGHT - MARGIN / 2));
  }

  #room(height: number): void {
    if (this.#y + height > HEIGHT - MARGIN) this.#turn();
  }

  #block(block: Block, indent = 0): void {
    const look = block.layer === "note" ? { ...BODY_LOOK, size: SMALL } : BODY_LOOK;
    switch (block.kind) {
      case "heading": {
        const size = SIZES[block.level];
        this.#y += this.#y > MARGIN ? size * 0.5 : 0;
        this.#room(size * LEADING + BODY * LEADING * 2);
        return this.#paragraph(printed(block.content), { ...look, font: "sans", bold: true, size }, indent);
      }
      case "list":
        for (const item of block.items) this.#item(item, indent);
        this.#y += BODY * 0.5;
        return;
      case "table":
        return this.#table(gridOf(block).map((row) => row.map((cell) => (cell?.blocks ?? []).flatMap(cellContent))));
      case "quote":
        for (const each of block.blocks) this.#block(each, indent + STEP);
        return;
      case "code":
      case "formula":
        for (const line of block.text.split("\n")) this.#verbatim(line, indent);
        this.#y += BODY * 0.7;
        return;
      case "rule":
        this.#room(BODY);
        this.#y += BODY;
        return this.#paper.rule(MARGIN, WIDTH - MARGIN, this.#y - BODY / 2);
      case "paragraph":
      case "caption":
      case "figure":
        return this.#paragraph(block.layer === "note" ? noteContent(block.content) : printed(block.content), look, indent);
    }
  }

  #paragraph(content: readonly Inline[], look: Look, indent: number): void {
    this.#put(content, look, indent);
    this.#y += look.size * 0.6;
  }

  /** Blanks at its beginning are kept as room, and those within as what does not become one. */
  #verbatim(line: string, indent: number): void {
    const shown = line.replace(/\t/g, "    ").trimEnd();
    const blanks = shown.length - shown.trimStart().length;
    const text = shown.trimStart().replace(/ (?= )/g, "\u00A0");
    if (text === "") this.#y += CODE_LOOK.size * LEADING;
    else this.#put([textOf(text)], CODE_LOOK, indent + Math.min(blanks * 0.6 * CODE_LOOK.size, COLUMN / 2), "kept");
  }

  /** Its mark hangs before its blocks. */
  #item({ mark, checked, blocks }: ListItem, indent: number): void {
    const label = checked === undefined ? mark : `${mark} [${checked ? "x" : " "}]`;
    const [line] = this.#lines([textOf(label)], BODY_LOOK, COLUMN / 2);
    const within = Math.min(indent + Math.max(STEP, (line?.width ?? 0) + STEP / 2), COLUMN / 2);
    this.#room(BODY * LEADING);
    const aside = Math.min(indent, COLUMN / 2) + STEP / 4;
    const x = this.#flow.isRightToLeft ? WIDTH - MARGIN - COLUMN / 2 - aside : MARGIN + aside;
    if (line) this.#paper.line(line.at(1, x, this.#y + BODY * ASCENT));
    if (blocks.length === 0) this.#y += BODY * LEADING;
    for (const block of blocks) this.#block(block, within);
    this.#y -= blocks.length > 0 ? BODY * 0.4 : 0;
  }

  #put(content: readonly Inline[], look: Look, indent: number, kept?: "kept"): void {
    const within = Math.min(indent, COLUMN / 2);
    const x = this.#flow.isRightToLeft && !kept ? MARGIN : MARGIN + within;
    for (const line of this.#lines(content, look, COLUMN - within, kept)) {
      this.#room(look.size * LEADING);
      this.#paper.line(line.at(1, x, this.#y + look.size * ASCENT));
      this.#y += look.size * LEADING;
      this.#onLine(line.letters);
    }
  }

  #lines(content: readonly Inline[], look: Look, width: number, kept?: "kept"): readonly FlowedLine[] {
    const { lines, missing } = this.#flow.text(content, look, width, kept);
    for (const sign of missing) this.missing.add(sign);
    return lines;
  }

  #table(rows: readonly (readonly (readonly Inline[])[])[]): void {
    const count = rows.reduce((most, { length }) => Math.max(most, length), 0);
    const widths = columnWidths(rows, count);
    const look = { ...BODY_LOOK, size: BODY * 0.95 };
    for (const [index, row] of rows.entries()) {
      const cells = Array.from({ length: count }, (_, column) =>
        this.#lines(row[column] ?? [], index === 0 ? { ...look, bold: true } : look, (widths[column] ?? 0) - 2 * CELL_PAD),
      );
      const lines = Math.max(1, ...cells.map(({ length }) => length));
      this.#room(Math.min(lines * BODY * LEADING + CELL_PAD, HEIGHT - 2 * MARGIN));
      // A row that is longer than a page goes on upon the next.
      for (let from = 0; from < lines; ) {
        this.#room(BODY * LEADING + CELL_PAD);
        const fit = Math.max(1, Math.floor((HEIGHT - MARGIN - this.#y - CELL_PAD) / (BODY * LEADING)));
        this.#row(
          cells.map((cell) => cell.slice(from, from + fit)),
          widths,
        );
        from += fit;
      }
    }
    this.#y += BODY;
  }

  /** Lines of cells side by side, each in its frame. */
  #row(cells: readonly (readonly FlowedLine[])[], widths: readonly number[]): void {
    const height = Math.max(1, ...cells.map(({ length }) => length)) * BODY * LEADING + CELL_PAD;
    let x = MARGIN;
    for (const [column, lines] of cells.entries()) {
      const width = widths[column] ?? 0;
      this.#paper.frame({ x0: x, x1: x + width, y0: this.#y, y1: this.#y + height });
      for (const [number, line] of lines.entries()) {
        this.#paper.line(line.at(1, x + CELL_PAD, this.#y + CELL_PAD / 2 + BODY * ASCENT + number * BODY * LEADING));
        this.#onLine(line.letters);
      }
      x += width;
    }
    this.#y += height;
  }
}

/** Shares the page's width by each column's longest cell, none less than a third of an even share. */
function columnWidths(rows: readonly (readonly (readonly Inline[])[])[], count: number): number[] {
  const longest = (column: number) => rows.reduce((most, row) => Math.max(most, plainText(row[column] ?? []).length), 20);
  const wishes = Array.from({ length: count }, (_, column) => longest(column) * (BODY / 2));
  const bounded = wishes.map((wish) => Math.max(COLUMN / count / 3, Math.min(wish, COLUMN)));
  const total = bounded.reduce((sum, wish) => sum + wish, 0);
  return bounded.map((wish) => (wish / total) * COLUMN);
}
