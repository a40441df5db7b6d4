import type { Box } from "../../../worker/engine/document/geometry.ts";
import type { Item, TrueCell, Unit } from "../truth.ts";
import type { Ink, Type } from "./ink.ts";

export interface Look {
  readonly family: "serif" | "sans";
  /** In points. */
  readonly size: number;
  /** From baseline to baseline, by the size. */
  readonly leading: number;
  readonly align: "left" | "justify";
  /** What parts paragraphs: white space, or the indent of their first line alone. */
  readonly parting: "space" | "indent";
  /** Words are broken at line ends with this sign. */
  readonly hyphen?: string;
  readonly table: "ruled" | "plain" | "striped" | "lines";
  /** Where cells that are less high than their row stand in it: browsers set them in the middle. */
  readonly cells?: "top" | "middle";
  /** Shares of the width, by column; even if not given. */
  readonly columns?: readonly number[];
  /** Type of headings by level, by the body's size. */
  readonly headingSizes: readonly number[];
  /** A caption has a picture above it that is so high. */
  readonly pictureHeight: number;
}

export const PLAIN: Look = {
  family: "serif",
  size: 10.5,
  leading: 1.3,
  align: "left",
  parting: "space",
  table: "ruled",
  headingSizes: [1.7, 1.35, 1.15],
  pictureHeight: 90,
};

/** Where text flows: the frames of one page after the other, filled in their order. */
export interface Frames {
  next(): { readonly ink: Ink; readonly box: Box } | undefined;
}

/** The frames given, of one page. */
export function framesOf(ink: Ink, ...boxes: Box[]): Frames {
  return {
    next() {
      const box = boxes.shift();
      return box && { ink, box };
    },
  };
}

/** `count` columns side by side in `box`. */
export function columnsOf({ x0, y0, x1, y1 }: Box, count: number, gutter: number): Box[] {
  const width = (x1 - x0 - (count - 1) * gutter) / count;
  return Array.from({ length: count }, (_, index) => {
    const left = x0 + index * (width + gutter);
    return { x0: left, y0, x1: left + width, y1 };
  });
}

/** Draws `units` into `frames`; throws if there is no room for all. Gives back where in the last frame it ended. */
export function compose(units: readonly Unit[], frames: Frames, look: Look): number {
  const setter = new Setter(frames, look);
  for (const unit of units) setter.unit(unit);
  return setter.y;
}

/** Sets one paragraph into `box`; gives back the y under it. For what documents have outside their flow. */
export function setText(
  ink: Ink,
  text: string,
  box: Box,
  type: Type,
  align: "left" | "justify" | "center" = "left",
  leading = 1.3,
): number {
  let y = box.y0;
  const lines = breakLines(ink, text, type, box.x1 - box.x0, 0);
  for (const [index, line] of lines.entries()) {
    drawLine(ink, line, {
      x: box.x0,
      baseline: y + type.size,
      width: box.x1 - box.x0,
      type,
      align: index === lines.length - 1 && align === "justify" ? "left" : align,
    });
    y += type.size * leading;
  }
  return y;
}

class Setter {
  y = 0;
  readonly #frames: Frames;
  readonly #look: Look;
  #ink!: Ink;
  #box!: Box;

  constructor(frames: Frames, look: Look) {
    this.#frames = frames;
    this.#look = look;
    this.#turnOver();
  }

  unit(unit: Unit): void {
    const { size, family } = this.#look;
    switch (unit.kind) {
      case "heading": {
        const scale = this.#look.headingSizes[(unit.level ?? 1) - 1] ?? 1;
        this.#room(size * scale * 2 + size * 3);
        if (this.y > this.#box.y0) this.y += size * 0.6;
        this.#paragraph(unit.text, { family, size: size * scale, bold: true }, { align: "left" });
        this.y += size * 0.5;
        break;
      }
      case "paragraph":
      case "lines":
        this.#paragraph(unit.text, { family, size }, { indent: this.#look.parting === "indent" ? size * 1.6 : 0 });
        if (this.#look.parting === "space") this.y += size * 0.7;
        break;
      case "caption": {
        const height = this.#look.pictureHeight;
        this.#room(height + size * 3);
        this.#ink.picture({ x0: this.#box.x0, y0: this.y, x1: this.#box.x1, y1: this.y + height });
        this.y += height + 5;
        this.#paragraph(unit.text, { family, size: size * 0.9, italic: true }, { align: "left" });
        this.y += size * 1.2;
        break;
      }
      case "code":
        for (const line of unit.text.split("\n")) this.#line(line, { family: "mono", size: size * 0.9 });
        this.y += size * 0.7;
        break;
      case "list":
        this.#items(unit.items, 0);
        this.y += size * 0.5;
        break;
      case "table":
        this.#table(unit.rows);
        this.y += size;
    }
  }

  #turnOver(): void {
    const frame = this.#frames.next();
    if (!frame) throw new RangeError("The units do not fit into the frames.");
    this.#ink = frame.ink;
    this.#box = frame.box;
    this.y = frame.box.y0;
  }

  #room(height: number): void {
    if (this.y + height > this.#box.y1) this.#turnOver();
  }

  #line(text: string, type: Type, at: { x?: number; align?: Look["align"]; width?: number } = {}): void {
    const height = type.size * this.#look.leading;
    this.#room(height);
    const x = at.x ?? 0;
    const width = at.width ?? this.#box.x1 - this.#box.x0 - x;
    drawLine(this.#ink, text, { x: this.#box.x0 + x, baseline: this.y + type.size, width, type, align: at.align ?? "left" });
    this.y += height;
  }

  #paragraph(text: string, type: Type, { indent = 0, hang = 0, align = this.#look.align as Look["align"] } = {}): void {
    const width = this.#box.x1 - this.#box.x0 - hang;
    const lines = breakLines(this.#ink, text, type, width, indent, this.#look.hyphen);
    for (const [index, line] of lines.entries()) {
      const x = hang + (index === 0 ? indent : 0);
      this.#line(line, type, { x, align: index === lines.length - 1 ? "left" : align });
    }
  }

  #items(items: readonly Item[], depth: number): void {
    const { size, family } = this.#look;
    const type = { family, size };
    for (const item of items) {
      const left = depth * 20 + 6;
      const hang = left + Math.max(16, this.#ink.measure(`${item.mark} `, type) + 4);
      this.#room(size * this.#look.leading);
      this.#ink.text(item.mark, this.#box.x0 + left, this.y + size, type);
      this.#paragraph(item.text, type, { hang });
      this.y += size * 0.25;
      this.#items(item.items ?? [], depth + 1);
    }
  }

  #table(rows: readonly (readonly TrueCell[])[]): void {
    const { size, family, table, leading } = this.#look;
    const count = Math.max(...rows.map((row) => row.reduce((sum, cell) => sum + spanOf(cell).columns, 0)));
    const whole = this.#box.x1 - this.#box.x0;
    const shares = this.#look.columns ?? Array.from({ length: count }, () => 1 / count);
    const edges = [0, ...shares.map((_, index) => shares.slice(0, index + 1).reduce((sum, share) => sum + share, 0) * whole)];
    /** By column, for how many rows a cell from above still covers it. */
    const covered = new Array<number>(count).fill(0);
    for (const [index, row] of rows.entries()) {
      const type: Type = { family, size, bold: index === 0 };
      const cells: { lines: string[]; from: number; to: number; deep: number }[] = [];
      let column = 0;
      for (const cell of row) {
        while ((covered[column] ?? 0) > 0) column++;
        const { text, columns, rows: deep } = spanOf(cell);
        const [from = 0, to = whole] = [edges[column], edges[column + columns]];
        cells.push({ lines: breakLines(this.#ink, text, type, to - from - 8, 0), from, to, deep });
        for (let at = column; at < column + columns; at++) covered[at] = deep;
        column += columns;
      }
      for (const [at, left] of covered.entries()) covered[at] = Math.max(0, left - 1);
      const height = Math.max(1, ...cells.map(({ lines }) => lines.length)) * size * leading + 6;
      this.#room(height);
      const [left, top] = [this.#box.x0, this.y];
      if (table === "striped" && index % 2 === 1)
        this.#ink.area({ x0: left, y0: top, x1: left + whole, y1: top + height }, { fill: "#e6ecf2" });
      for (const { lines, from, to, deep } of cells) {
        const free = Math.max(...cells.map((cell) => cell.lines.length)) - lines.length;
        if (table === "ruled") this.#ink.area({ x0: left + from, y0: top, x1: left + to, y1: top + height * deep }, { stroke: true });
        for (const [line, text] of lines.entries())
          drawLine(this.#ink, text, {
            x: left + from + 4,
            baseline: top + 3 + size + (line + (this.#look.cells === "middle" ? free / 2 : 0)) * size * leading,
            width: to - from,
            type,
            align: "left",
          });
      }
      if (table === "lines") this.#ink.rule(left, top + height, left + whole, top + height);
      this.y += height;
    }
  }
}

function spanOf(cell: TrueCell): { text: string; columns: number; rows: number } {
  return typeof cell === "string"
    ? { text: cell, columns: 1, rows: 1 }
    : { text: cell.text, columns: cell.columns ?? 1, rows: cell.rows ?? 1 };
}

interface LinePlace {
  readonly x: number;
  readonly baseline: number;
  readonly width: number;
  readonly type: Type;
  readonly align: "left" | "justify" | "center";
}

/** Marks of notes (`{^1}`) are raised and small. */
function drawLine(ink: Ink, line: string, { x, baseline, width, type, align }: LinePlace): void {
  const free = width - measure(ink, line, type);
  const spaces = line.split(" ").length - 1;
  const wordSpacing = align === "justify" && spaces > 0 ? free / spaces : 0;
  if (align === "center") x += free / 2;
  for (const [index, run] of line.split(/\{\^([^}]*)\}/).entries()) {
    if (run === "") continue;
    const isMark = index % 2 === 1;
    const runType = isMark ? { ...type, size: type.size * 0.62 } : type;
    ink.text(run, x, isMark ? baseline - type.size * 0.36 : baseline, runType, isMark ? 0 : wordSpacing);
    x += ink.measure(run, runType) + (isMark ? 0 : wordSpacing * (run.split(" ").length - 1));
  }
}

function measure(ink: Ink, text: string, type: Type): number {
  return text
    .split(/\{\^([^}]*)\}/)
    .reduce(
      (sum, run, index) => sum + (run === "" ? 0 : ink.measure(run, index % 2 === 1 ? { ...type, size: type.size * 0.62 } : type)),
      0,
    );
}

function breakLines(ink: Ink, text: string, type: Type, width: number, indent: number, hyphen?: string): string[] {
  const lines: string[] = [];
  let line = "";
  const room = () => width - (lines.length === 0 ? indent : 0);
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (!line || measure(ink, longer, type) <= room()) {
      line = longer;
      continue;
    }
    const cut =
      hyphen === undefined ? 0 : cutsOf(word).findLast((at) => measure(ink, `${line} ${word.slice(0, at)}${hyphen}`, type) <= room());
    lines.push(cut ? `${line} ${word.slice(0, cut)}${hyphen}` : line);
    line = cut ? word.slice(cut) : word;
  }
  return line ? [...lines, line] : lines;
}

/** Where a long word can be broken: before a consonant with a vowel on either side, well inside. */
function cutsOf(word: string): number[] {
  if (!/^\p{L}{8,}[.,;:]?$/u.test(word)) return [];
  return Array.from({ length: word.length - 6 }, (_, index) => index + 3).filter(
    (at) => /^\p{L}*[aeiou]$/iu.test(word.slice(0, at)) && /^[^aeiou.,]{1}[aeiou]/i.test(word.slice(at)),
  );
}
