import { SaxesParser, type SaxesTagPlain } from "saxes";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { malformed } from "../xml/parse.ts";

const MAX_DEPTH = 500;
/** No cell, no formula and no tag is as long as this, in UTF-16 units. */
const MAX_HELD = 16 * 1024 * 1024;
/** ISO/IEC 29500-1, 18.3.1.73 and Excel's limits. */
const MAX_ROW = 1_048_576;
const MAX_COLUMN = 16_384;

/** A cell as it is written: what its value means its type says (ISO/IEC 29500-1, 18.3.1.4). */
export interface ScannedCell {
  /** From 1. */
  readonly row: number;
  readonly column: number;
  /** "s", "str", "inlineStr", "b", "e", "n", "d". */
  readonly type: string;
  /** Into the styles' list of formats. */
  readonly style: number;
  /** Empty if it has none. */
  readonly value: string;
  readonly hasFormula: boolean;
  readonly inline: InlineString | undefined;
}

/** What stands in a cell itself. */
export interface InlineString {
  /** Of all inline strings of the sheet, from 0. */
  readonly number: number;
  /** What is between its tags, as it stands there. */
  readonly raw: string;
  readonly range: Range;
}

/** Between the tags of an element. */
export interface ScannedText {
  readonly element: string;
  /** Decoded. */
  readonly text: string;
  readonly range: Range;
  /** Of a cell, and not of a rule. */
  readonly inCell: boolean;
}

/** A start tag with attributes that are text for people, or refer to something. */
export interface ScannedTag {
  readonly element: string;
  /** As it stands there. */
  readonly raw: string;
  readonly range: Range;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Who hears of what a sheet holds, in order. Ranges are in UTF-16 units from the part's beginning. */
export interface SheetListener {
  /** The root's start tag, as it stands there. */
  root?(tag: string): void;
  cell?(cell: ScannedCell): void;
  rowEnd?(): void;
  /** Of a cell, a rule, a validation. */
  formula?(formula: ScannedText): void;
  /** Heads and feet of print. */
  running?(text: ScannedText): void;
  tag?(tag: ScannedTag): void;
}

const FORMULAS = new Set(["f", "formula", "formula1", "formula2"]);
const RUNNING = new Set(["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"]);
const TAGS = new Set(["dataValidation", "hyperlink", "filter", "customFilter", "cfRule", "sheetView"]);

/**
 * Reads a sheet in pieces and keeps nothing of it. Throws DOCUMENT_CORRUPT for what is not well-formed, DOCUMENT_TOO_COMPLEX
 * for what nests or goes on without end.
 */
export class SheetScanner {
  readonly #parser = new SaxesParser({ position: true });
  readonly #listener: SheetListener;
  /** What may still be asked for of what was written, and where it begins. */
  #window = "";
  #windowAt = 0;
  /** Where the last tag ended. */
  #told = 0;
  /** Where an element begins that is handed on whole. */
  #held: number | undefined;
  #depth = 0;
  #text: string | undefined;
  #row = 0;
  #column = 0;
  #inlines = 0;
  #cell: { type: string; style: number; value: string; hasFormula: boolean; inline: InlineString | undefined } | undefined;

  constructor(listener: SheetListener) {
    this.#listener = listener;
    this.#parser.on("error", (error) => {
      throw malformed(error);
    });
    this.#parser.on("opentag", (tag) => this.#open(tag as SaxesTagPlain));
    this.#parser.on("closetag", (tag) => this.#close((tag as SaxesTagPlain).name));
    const text = (piece: string) => {
      if (this.#text !== undefined) this.#text += piece;
    };
    this.#parser.on("text", text);
    this.#parser.on("cdata", text);
  }

  /** What is before this place will not be spoken of again. */
  get settled(): number {
    return this.#held ?? this.#told;
  }

  write(chunk: string): void {
    this.#window += chunk;
    this.#parser.write(chunk);
    const from = this.settled;
    this.#window = this.#window.slice(from - this.#windowAt);
    this.#windowAt = from;
    if (this.#window.length > MAX_HELD) throw new EngineError("DOCUMENT_TOO_COMPLEX", "A sheet has a cell or a tag without end.");
  }

  close(): void {
    this.#parser.close();
  }

  #raw([from, to]: Range): string {
    return this.#window.slice(from - this.#windowAt, to - this.#windowAt);
  }

  /** Of the tag that ends at `end`: no "<" can stand in one. */
  #tagStart(end: number): number {
    return this.#windowAt + this.#window.lastIndexOf("<", end - 1 - this.#windowAt);
  }

  #open({ name, attributes, isSelfClosing }: SaxesTagPlain): void {
    if (++this.#depth > MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The XML nests too deeply.");
    const end = this.#parser.position;
    this.#told = end;
    const element = localOf(name);
    if (this.#depth === 1) this.#listener.root?.(this.#raw([this.#tagStart(end), end]));
    if (element === "c") this.#openCell(attributes);
    else if (element === "row") this.#openRow(attributes);
    else if (element === "v" && this.#cell) this.#text = "";
    else if (element === "is" && this.#cell && !isSelfClosing) this.#held = end;
    else if (FORMULAS.has(element) || RUNNING.has(element)) {
      if (isSelfClosing) {
        if (this.#cell) this.#cell.hasFormula = true;
        return;
      }
      this.#held = end;
      this.#text = "";
    } else if (TAGS.has(element) && this.#listener.tag) {
      const range: Range = [this.#tagStart(end), end];
      this.#listener.tag({ element, raw: this.#raw(range), range, attributes });
    }
  }

  #openRow({ r }: Record<string, string>): void {
    const row = r === undefined ? this.#row + 1 : Number(r);
    this.#row = row >= 1 && row <= MAX_ROW ? row : MAX_ROW;
    this.#column = 0;
  }

  #openCell({ r, t = "n", s }: Record<string, string>): void {
    const column = r === undefined ? this.#column + 1 : columnOf(r);
    this.#column = column >= 1 && column <= MAX_COLUMN ? column : MAX_COLUMN;
    this.#cell = { type: t, style: Number(s ?? 0) || 0, value: "", hasFormula: false, inline: undefined };
  }

  #close(name: string): void {
    this.#depth--;
    const end = this.#parser.position;
    const element = localOf(name);
    if (element === "c") this.#closeCell();
    else if (element === "row") this.#listener.rowEnd?.();
    else if (element === "v" && this.#cell && this.#text !== undefined) {
      this.#cell.value = this.#text;
      this.#text = undefined;
    } else if (element === "is" && this.#cell && this.#held !== undefined) {
      const range: Range = [this.#held, this.#tagStart(end)];
      // Held until the cell's end, when it is told of.
      this.#cell.inline = { number: this.#inlines++, raw: this.#raw(range), range };
    } else if (this.#held !== undefined && this.#text !== undefined) this.#closeText(element, end);
    this.#told = end;
  }

  #closeText(element: string, end: number): void {
    const isFormula = FORMULAS.has(element);
    if (!isFormula && !RUNNING.has(element)) return;
    const found: ScannedText = {
      element,
      text: this.#text ?? "",
      range: [this.#held ?? end, this.#tagStart(end)],
      inCell: this.#cell !== undefined,
    };
    [this.#held, this.#text] = [undefined, undefined];
    if (isFormula) {
      if (this.#cell) this.#cell.hasFormula = true;
      this.#listener.formula?.(found);
    } else this.#listener.running?.(found);
  }

  #closeCell(): void {
    const cell = this.#cell;
    [this.#cell, this.#held] = [undefined, undefined];
    if (cell) this.#listener.cell?.({ row: this.#row, column: this.#column, ...cell });
  }
}

function localOf(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
}

/** Of "AB12": 28. */
export function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const code = reference.charCodeAt(at) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column;
}

/** All of a sheet, piece by piece, at once. */
export async function scanSheet(chunks: AsyncIterable<string>, listener: SheetListener): Promise<void> {
  const scanner = new SheetScanner(listener);
  for await (const chunk of chunks) scanner.write(chunk);
  scanner.close();
}
