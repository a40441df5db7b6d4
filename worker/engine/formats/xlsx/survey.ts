import type { Archive } from "../zip/archive.ts";
import { openPart } from "./chunks.ts";
import type { FormulaTexts } from "./formula_texts.ts";
import { type ScannedCell, type ScannedTag, scanSheet } from "./scan.ts";
import type { Sheet } from "./workbook.ts";

/** What is known of a sheet before its cells are read one section after another. */
export interface Survey {
  /** The start tag of its root, as it stands there. */
  readonly root: string;
  /** How many cells with a value each of its rows has that has any. */
  readonly rows: readonly number[];
  /** Heads and feet of print, in the order of the part. */
  readonly running: readonly { readonly element: string; readonly text: string }[];
  /** What validations say to who types, and links to who points at them, by the number of the tag in the part. */
  readonly prompts: readonly { readonly tag: number; readonly attribute: string; readonly text: string }[];
  /** Cells whose text a formula made. */
  readonly computed: number;
  /** The strings of the cells that head a table's columns, by `placeKey`. */
  readonly heads: ReadonlyMap<string, CellText>;
  /** A list of choices that is written out has words in it. */
  readonly hasChoices: boolean;
}

/** Where a cell's text is written. */
export type CellText = { readonly shared: number } | { readonly inline: number };

export function placeKey(row: number, column: number): string {
  return `${row}:${column}`;
}

const PROMPTS = ["promptTitle", "prompt", "errorTitle", "error"];

export interface Surveying {
  readonly archive: Archive;
  /** How many cells show each shared string. */
  readonly uses: Uint32Array;
  readonly texts: FormulaTexts;
}

/** Goes through a sheet once. Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export async function survey(sheet: Sheet, wanted: ReadonlySet<string>, { archive, uses, texts }: Surveying): Promise<Survey> {
  const rows: number[] = [];
  const running: { element: string; text: string }[] = [];
  const prompts: { tag: number; attribute: string; text: string }[] = [];
  const heads = new Map<string, CellText>();
  let [cells, tags, computed, hasChoices, root] = [0, 0, 0, false, ""];
  const tag = ({ element, attributes }: ScannedTag) => {
    const number = tags++;
    if (element === "dataValidation")
      for (const attribute of PROMPTS) {
        const text = attributes[attribute];
        if (text) prompts.push({ tag: number, attribute, text });
      }
    else if (element === "hyperlink" && attributes["tooltip"])
      prompts.push({ tag: number, attribute: "tooltip", text: attributes["tooltip"] });
    else if (element === "filter" || element === "customFilter") texts.literal(attributes["val"] ?? "");
    else if (element === "cfRule" && attributes["text"]) texts.within(attributes["text"]);
  };
  await scanSheet((await openPart(archive, sheet.part)).chunks, {
    root(raw) {
      root = raw;
    },
    cell(cell) {
      if (!hasValue(cell)) return;
      cells++;
      const text = cellText(cell);
      if (text && "shared" in text && text.shared < uses.length) uses[text.shared] = (uses[text.shared] ?? 0) + 1;
      if (cell.type === "str" && cell.hasFormula) computed++;
      const key = wanted.size > 0 ? placeKey(cell.row, cell.column) : "";
      if (text && wanted.has(key)) heads.set(key, text);
    },
    rowEnd() {
      if (cells > 0) rows.push(cells);
      cells = 0;
    },
    formula({ text, inCell }) {
      texts.formula(text);
      // A list of choices is one text with commas.
      const [, list] = inCell ? [] : (/^\s*"([^"]*)"\s*$/.exec(text) ?? []);
      if (list === undefined) return;
      for (const choice of list.split(",")) texts.whole(choice);
      hasChoices ||= /\p{L}{2}/u.test(list);
    },
    running({ element, text }) {
      running.push({ element, text });
    },
    tag,
  });
  return { root, rows, running, prompts, computed, heads, hasChoices };
}

export function hasValue({ value, inline }: ScannedCell): boolean {
  return value !== "" || inline !== undefined;
}

/** Where a cell's own text is written; undefined for numbers, and for what a formula made. */
export function cellText({ type, value, inline, hasFormula }: ScannedCell): CellText | undefined {
  if (hasFormula) return undefined;
  if (type === "s") return /^\d{1,9}$/.test(value.trim()) ? { shared: Number(value) } : undefined;
  return inline && (type === "inlineStr" || inline.isBare) ? { inline: inline.number } : undefined;
}
