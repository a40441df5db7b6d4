import { type Block, type Cell, type Inline, type Leaf, leavesOf, type Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { signatureOf } from "../signature.ts";
import type { LeafAnchor } from "./anchors.ts";
import { readBeside, readProperties } from "./beside.ts";
import type { Book, SurveyedSheet } from "./book.ts";
import { openPart } from "./chunks.ts";
import { plainNumber } from "./number_format.ts";
import { inlinesOf, type RichText, readRich } from "./rich_text.ts";
import { readRunning } from "./running.ts";
import { type ScannedCell, SheetScanner } from "./scan.ts";
import { cellText, hasValue } from "./survey.ts";
import { hasPivots } from "./tables.ts";

/** So many cells, and no more rows, are shown in one section of a small workbook, and so many sections of a large one there are at most. */
const SECTION_CELLS = 2000;
const SECTION_ROWS = 200;
const MANY_SECTIONS = 1000;
/** A table is shown with a place for each column while so many of its places are filled. */
const MIN_FILLED = 0.05;

/** How many of its rows each section of each sheet has; a sheet without any is one section. */
export function sectionRows({ sheets }: Book): number[][] {
  const total = sheets.reduce((sum, { rows }) => sum + rows.reduce((all, cells) => all + cells, 0), 0);
  const totalRows = sheets.reduce((sum, { rows }) => sum + rows.length, 0);
  const cells = Math.max(SECTION_CELLS, Math.ceil(total / MANY_SECTIONS));
  const rowCount = Math.max(SECTION_ROWS, Math.ceil(totalRows / MANY_SECTIONS));
  return sheets.map(({ rows }) => {
    const lengths: number[] = [];
    let [taken, filled] = [0, 0];
    for (const row of rows) {
      taken++;
      filled += row;
      if (taken < rowCount && filled < cells) continue;
      lengths.push(taken);
      [taken, filled] = [0, 0];
    }
    return taken > 0 || lengths.length === 0 ? [...lengths, taken] : lengths;
  });
}

export interface Showing {
  readonly book: Book;
  readonly lengths: readonly (readonly number[])[];
  /** Names of sheets are translated. */
  readonly sheetNames: boolean;
  readonly comments: boolean;
  /** What leaves say that stand beside cells, by their ids: filled as they are read. */
  readonly signatures: Map<string, string>;
}

/** All sections in order: of each sheet its name, then its cells as a table, then what stands beside them. */
export async function* sectionsOf(showing: Showing): AsyncGenerator<Page> {
  const { book, lengths } = showing;
  /** The first leaf of each shared string that several cells show. */
  const first = new Map<number, string>();
  let number = 0;
  for (const [index, sheet] of book.sheets.entries()) {
    const rows = sheet.sheet.kind === "worksheet" ? rowsOf(book, sheet) : undefined;
    for (const [at, length] of (lengths[index] ?? []).entries()) {
      const section = new SectionMaker(showing, { number: ++number, sheet: index }, first);
      if (at === 0) section.begin(sheet);
      const taken: ScannedCell[][] = [];
      while (rows && taken.length < length) {
        const next = await rows.next();
        if (next.done) break;
        taken.push(next.value);
      }
      section.table(taken);
      if (at === (lengths[index]?.length ?? 0) - 1) await section.end(sheet);
      if (number === 1) await section.properties();
      yield section.done();
    }
  }
}

/** Those rows of a sheet that have a cell with a value, with these cells. */
async function* rowsOf({ office }: Book, { sheet }: SurveyedSheet): AsyncGenerator<ScannedCell[]> {
  let row: ScannedCell[] = [];
  let ready: ScannedCell[][] = [];
  const scanner = new SheetScanner({
    cell(cell) {
      if (hasValue(cell)) row.push(cell);
    },
    rowEnd() {
      if (row.length > 0) ready.push(row);
      row = [];
    },
  });
  for await (const chunk of (await openPart(office.archive, sheet.part)).chunks) {
    scanner.write(chunk);
    yield* ready;
    ready = [];
  }
}

class SectionMaker {
  readonly #showing: Showing;
  readonly #number: number;
  readonly #sheet: number;
  readonly #first: Map<number, string>;
  readonly #blocks: Block[] = [];
  readonly #remarks: Remark[] = [];
  /** Texts of cells that are kept for formulas. */
  readonly #kept: string[] = [];
  #ids = 0;

  constructor(showing: Showing, { number, sheet }: { number: number; sheet: number }, first: Map<number, string>) {
    this.#showing = showing;
    this.#number = number;
    this.#sheet = sheet;
    this.#first = first;
  }

  #id = () => `p${this.#number}b${++this.#ids}`;

  begin({ sheet: { name }, running }: SurveyedSheet): void {
    const anchor: LeafAnchor = { at: "name", sheet: this.#sheet };
    const { sheetNames } = this.#showing;
    const content: Inline[] = sheetNames ? [{ kind: "text", text: name }] : [{ kind: "atom", as: "field", text: name }];
    this.#blocks.push({ id: this.#id(), kind: "heading", level: 1, content, ...(sheetNames && { anchor }) });
    for (const [number, { element, text }] of running.entries())
      for (const [part, { content: said }] of readRunning(text).entries()) {
        if (!said.some((inline) => inline.kind === "text" && /\p{L}/u.test(inline.text))) continue;
        const place: LeafAnchor = { at: "running", sheet: this.#sheet, number, part };
        const layer = element.endsWith("Header") ? "header" : "footer";
        this.#blocks.push({ id: this.#id(), kind: "paragraph", layer, content: said, anchor: place });
      }
  }

  table(rows: readonly (readonly ScannedCell[])[]): void {
    if (rows.length === 0) return;
    const id = this.#id();
    const columns = [...new Set(rows.flatMap((row) => row.map(({ column }) => column)))].sort((one, other) => one - other);
    const filled = rows.reduce((sum, { length }) => sum + length, 0);
    const isGrid = filled > MIN_FILLED * columns.length * rows.length;
    const table = rows.map((row): Cell[] => {
      if (!isGrid) return row.map((cell) => this.#cell(cell));
      const byColumn = new Map(row.map((cell) => [cell.column, cell]));
      return columns.map((column) => {
        const cell = byColumn.get(column);
        return cell ? this.#cell(cell) : { blocks: [] };
      });
    });
    this.#blocks.push({ id, kind: "table", rows: table });
  }

  #cell(cell: ScannedCell): Cell {
    const leaf = this.#leaf(cell);
    return { blocks: leaf ? [leaf] : [] };
  }

  #leaf(cell: ScannedCell): Leaf | undefined {
    const place = cellText(cell);
    const { strings } = this.#showing.book;
    if (place === undefined) return this.#shown(this.#attributeOf(cell));
    if ("inline" in place) {
      const rich = readRich(cell.inline?.raw ?? "", this.#root);
      return this.#text(rich, { at: "inline", sheet: this.#sheet, number: place.inline });
    }
    if (place.shared >= strings.count) return undefined;
    const leaf = this.#text(strings.at(place.shared), { at: "shared", index: place.shared });
    return leaf?.anchor === undefined ? leaf : this.#once(leaf, place.shared);
  }

  /** A shared string is translated where it stands first. */
  #once(leaf: Leaf, index: number): Leaf {
    const { uses } = this.#showing.book;
    if ((uses[index] ?? 0) < 2) return leaf;
    const sameAs = this.#first.get(index);
    if (sameAs !== undefined) {
      const { anchor: _, ...others } = leaf;
      return { ...others, sameAs };
    }
    this.#first.set(index, leaf.id);
    return { ...leaf, sameAs: leaf.id };
  }

  #text({ plain, content, look }: RichText, anchor: LeafAnchor): Leaf | undefined {
    if (content.length === 0) return undefined;
    if (this.#showing.book.texts.has(plain)) {
      this.#kept.push(plain);
      return this.#shown(plain);
    }
    return { id: this.#id(), kind: "paragraph", content, ...(look && { look }), anchor };
  }

  /** What is kept as it is. */
  #shown(text: string): Leaf | undefined {
    return text === "" ? undefined : { id: this.#id(), kind: "paragraph", content: [{ kind: "atom", as: "field", text }] };
  }

  #attributeOf({ type, value, style, inline }: ScannedCell): string {
    const { workbook, strings } = this.#showing.book;
    if (type === "n") return (workbook.formats[style] ?? plainNumber)(value);
    if (type === "b") return value.trim() === "1" || value === "true" ? "TRUE" : "FALSE";
    if (type === "s") return strings.at(Number(value)).plain;
    return inline ? readRich(inline.raw, this.#root).plain : value;
  }

  get #root(): string {
    return this.#showing.book.sheets[this.#sheet]?.root ?? "<worksheet>";
  }

  /** Of the workbook. */
  async properties(): Promise<void> {
    this.#beside(await readProperties(this.#showing.book.office, this.#id));
  }

  #beside(blocks: readonly Block[]): void {
    for (const { id, content } of leavesOf(blocks)) this.#showing.signatures.set(id, signatureOf(content));
    this.#blocks.push(...blocks);
  }

  async end({ prompts, computed, hasChoices, sheet }: SurveyedSheet): Promise<void> {
    for (const { tag, attribute, text } of prompts) {
      const anchor: LeafAnchor = { at: "prompt", sheet: this.#sheet, tag, attribute };
      this.#blocks.push({ id: this.#id(), kind: "paragraph", layer: "unseen", content: inlinesOf(text), anchor });
    }
    const beside = await readBeside(this.#showing.book.office, sheet, { ids: this.#id, comments: this.#showing.comments });
    this.#beside(beside.blocks);
    const remark = (code: Remark["code"], message: string) => this.#remarks.push({ page: this.#number, code, message });
    if (computed > 0)
      remark(
        "TEXT_KEPT",
        `${computed} ${computed === 1 ? "cell shows a text" : "cells show texts"} that a formula makes: words within formulas are kept.`,
      );
    if (hasChoices)
      remark("TEXT_KEPT", "A list of choices is written out in a rule for cells: its words are kept, as cells and formulas have them.");
    const { comments, copies, pictures, labels } = beside;
    const number = (count: number, what: string) => (count === 1 ? `One ${what}` : `${count} ${what}s`);
    if (comments > 0) remark("CONTENT_DROPPED", `${number(comments, "comment")} of readers: not translated, as was not asked for.`);
    if (copies > 0 && this.#showing.comments)
      remark(
        "TEXT_KEPT",
        `${number(copies, "thread")} of comments, written out for older programs: kept as in the source, and not translated.`,
      );
    if (pictures > 0) remark("PICTURE_NOT_READ", `${number(pictures, "picture")}: words on them are not translated.`);
    if (labels > 0) remark("TEXT_KEPT", `${number(labels, "label")} of controls: kept as in the source, and not translated.`);
    if (hasPivots(sheet)) remark("TEXT_KEPT", "A pivot table keeps what it was made of until it is refreshed.");
  }

  done(): Page {
    if (this.#kept.length > 0) {
      const words = [...new Set(this.#kept)].filter((text) => !/\s/.test(text.trim())).slice(0, 5);
      const said = words.length > 0 ? `: ${words.join(", ")}` : "";
      const count = this.#kept.length === 1 ? "A cell keeps its text" : `${this.#kept.length} cells keep their texts`;
      const message = `${count}, which formulas, rules or filters find by ${this.#kept.length === 1 ? "it" : "them"}${said}.`;
      this.#remarks.push({ page: this.#number, code: "TEXT_KEPT", message });
    }
    return { number: this.#number, blocks: this.#blocks, remarks: this.#remarks };
  }
}
