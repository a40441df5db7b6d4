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
  /** What is between its tags, as it stands there; of one that is bare, that within an element of text. */
  readonly raw: string;
  readonly range: Range;
  /** It is a value of its cell (`t="str"`): what some programs write for every text, and all for what formulas make. */
  readonly isBare?: true;
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

/** Rows and columns, the last ones with them. */
interface Results {
  readonly rows: Range;
  readonly columns: Range;
}

/** No sheet has so many side by side. */
const MAX_RESULTS = 200;

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
  /** Where formulas of several cells give their results, as far as that is not above what was read. */
  #results: Results[] = [];
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
    const unfinished = Math.max(this.#window.length, this.#text?.length ?? 0);
    if (unfinished > MAX_HELD) throw new EngineError("DOCUMENT_TOO_COMPLEX", "A sheet has a cell or a tag without end.");
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
    else if (element === "v" && this.#cell) {
      this.#text = "";
      if (this.#isBare() && !isSelfClosing) this.#held = end;
    } else if (element === "is" && this.#cell && !isSelfClosing) this.#held = end;
    else if (FORMULAS.has(element) || RUNNING.has(element)) {
      if (this.#cell && attributes["t"] === "array" && attributes["ref"]) this.#addResults(attributes["ref"]);
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

  /** Whether the cell's value is a text of its own. */
  #isBare(): boolean {
    return this.#cell?.type === "str" && !this.#cell.hasFormula && !this.#isResult();
  }

  /** Whether a formula in another cell gave the cell what it says. */
  #isResult(): boolean {
    return this.#results.some(
      ({ rows, columns }) => rows[0] <= this.#row && this.#row <= rows[1] && columns[0] <= this.#column && this.#column <= columns[1],
    );
  }

  #addResults(reference: string): void {
    const [, from = "", first = "0", to = from, last = first] = /^([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?$/i.exec(reference) ?? [];
    if (to === from && last === first) return;
    this.#results = this.#results.filter(({ rows }) => rows[1] >= this.#row);
    if (this.#results.length < MAX_RESULTS)
      this.#results.push({ rows: [Number(first), Number(last)], columns: [columnOf(from), columnOf(to)] });
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
      if (this.#held !== undefined && this.#isBare()) {
        const range: Range = [this.#held, this.#tagStart(end)];
        const tag = `${name.slice(0, -1)}t`;
        const raw = `<${tag} xml:space="preserve">${this.#raw(range)}</${tag}>`;
        this.#cell.inline = { number: this.#inlines++, raw, range, isBare: true };
      }
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
    if (!cell) return;
    const hasFormula = cell.hasFormula || (cell.type === "str" && this.#isResult());
    this.#listener.cell?.({ row: this.#row, column: this.#column, ...cell, hasFormula });
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
