import { writeFile } from "node:fs/promises";
import type { DocumentContext } from "../../context.ts";
import type { Block, Cell, Leaf, Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { type Edit, edited, inOrder, type Range } from "../edits.ts";
import { type Decoded, encode, encodingRemark, readTextFile } from "../encoding.ts";
import type { DocumentWriter, OpenDocument } from "../format.ts";
import { readMessage } from "../named_texts/message.ts";
import { writeMessage } from "../named_texts/write_message.ts";
import { changedLeaves, MOST_SECTIONS, SECTION_BLOCKS } from "../sectioned.ts";
import { type Choice, Columns, keptReason } from "./columns.ts";
import { dialectOf } from "./dialect.ts";
import { type Dialect, encodeField, type Field, fieldAt, recordsOf } from "./records.ts";

/** What spreadsheets take for one (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+@\t\r-]/;

interface LeafAnchor {
  /** Of its field. */
  readonly range: Range;
  /** Which of the field's texts it is. */
  readonly part: number;
}

/** Throws EngineError: DOCUMENT_CORRUPT with the line, TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE, DOCUMENT_TOO_COMPLEX. */
export async function openCsv(file: string, context: Pick<DocumentContext, "selection">): Promise<OpenDocument> {
  return csvDocument(await readTextFile(file), context);
}

/** A table that was read whole as text; its cells are made section by section, and again for writing: they take more room than it. */
export function csvDocument(decoded: Decoded, { selection }: Pick<DocumentContext, "selection">): OpenDocument {
  const table = new CsvTable(decoded.text, selection);
  const encoding = encodingRemark(decoded);
  return {
    flow: "continuous",
    pageCount: table.sectionCount,
    remarks: [...(encoding ? [encoding] : []), ...table.choice.remarks],
    async page(number) {
      return { kind: "blocks", page: { number, blocks: table.blocks(number), remarks: [] } };
    },
    writer: () => new CsvWriter(decoded, table),
    async [Symbol.asyncDispose]() {},
  };
}

class CsvTable {
  readonly source: string;
  readonly dialect: Dialect;
  readonly choice: Choice;
  /** Where each section begins. */
  readonly #starts: number[] = [];
  #size = SECTION_BLOCKS;

  constructor(source: string, selection: DocumentContext["selection"]) {
    this.source = source;
    this.dialect = dialectOf(source);
    const columns = new Columns();
    let count = 0;
    for (const record of recordsOf(source, this.dialect)) {
      columns.add(record);
      if (count % this.#size === 0) this.#begin(record.from);
      count += 1;
    }
    this.choice = columns.choice(selection);
  }

  get sectionCount(): number {
    return Math.max(1, this.#starts.length);
  }

  /** With too many sections every second goes, and they are twice as long from then on. */
  #begin(from: number): void {
    this.#starts.push(from);
    if (this.#starts.length <= MOST_SECTIONS) return;
    const kept = this.#starts.filter((_, index) => index % 2 === 0);
    this.#starts.splice(0, this.#starts.length, ...kept);
    this.#size *= 2;
  }

  blocks(section: number): Block[] {
    const [from, to = this.source.length] = [this.#starts[section - 1], this.#starts[section]];
    if (from === undefined) return [];
    let ids = 1;
    const id = () => `p${section}b${++ids}`;
    const rows: Cell[][] = [];
    for (const record of recordsOf(this.source, this.dialect, from)) {
      if (record.from >= to) break;
      if (record.fields.length === 1 && record.fields[0]?.value === "") continue;
      const isHeader = this.choice.hasHeader && section === 1 && rows.length === 0;
      rows.push(
        record.fields.map((field, column) =>
          this.#cell(field, { isHeader, isTranslated: !isHeader && this.choice.isTranslated(column), id }),
        ),
      );
    }
    return rows.length > 0 ? [{ id: `p${section}b1`, kind: "table", rows }] : [];
  }

  #cell(field: Field, about: { readonly isHeader: boolean; readonly isTranslated: boolean; readonly id: () => string }): Cell {
    const { value, range } = field;
    const header = about.isHeader && { header: true };
    if (value.trim() === "") return { blocks: [], ...header };
    const { parts } = about.isTranslated && keptReason(value, this.choice.isChosen) === undefined ? readMessage(value) : { parts: [] };
    const leaves = parts.map(({ content }, part): Leaf => {
      const anchor: LeafAnchor = { range, part };
      return { id: about.id(), kind: "paragraph", content, anchor };
    });
    // What is not translated is shown.
    const kept: Leaf = { id: about.id(), kind: "paragraph", content: [{ kind: "atom", as: "field", text: value }] };
    return { blocks: leaves.length > 0 ? leaves : [kept], ...header };
  }

  /** The field that begins where one was found before. */
  field([from]: Range): Field {
    return fieldAt(this.source, from, this.dialect).field;
  }
}

class CsvWriter implements DocumentWriter {
  readonly #decoded: Decoded;
  readonly #table: CsvTable;
  readonly #edits: Edit[] = [];
  #formulas = 0;
  charset: string;

  constructor(decoded: Decoded, table: CsvTable) {
    this.#decoded = decoded;
    this.#table = table;
    this.charset = decoded.encoding;
  }

  get type() {
    if (this.#table.dialect.separator !== "\t") return undefined;
    return { mediaType: "text/tab-separated-values", extension: ".tsv" };
  }

  async page({ number, blocks }: Page): Promise<void> {
    const changed = changedLeaves(this.#table.blocks(number), blocks).filter(({ anchor }) => anchor !== undefined);
    for (const leaves of Map.groupBy(changed, ({ anchor }) => (anchor as LeafAnchor).range[0]).values()) {
      const { range } = (leaves[0] as Leaf).anchor as LeafAnchor;
      const field = this.#table.field(range);
      const contents = new Map(leaves.map(({ anchor, content }) => [(anchor as LeafAnchor).part, content]));
      const said = writeMessage(field.value, contents);
      const isNewFormula = FORMULA.test(said) && !FORMULA.test(field.value);
      if (isNewFormula) this.#formulas += 1;
      const text = encodeField(isNewFormula ? `'${said}` : said, field, this.#table.dialect);
      this.#edits.push({ from: field.range[0], to: field.range[1], text });
    }
  }

  async finish(file: string): Promise<readonly Remark[]> {
    const { bytes, remark } = encode(edited(this.#decoded.text, inOrder(this.#edits)), this.#decoded);
    await writeFile(file, bytes);
    if (remark) this.charset = "utf-8";
    return [...(remark ? [remark] : []), ...this.#formulaRemarks()];
  }

  #formulaRemarks(): Remark[] {
    if (this.#formulas === 0) return [];
    const message = `Spreadsheets would take a translation for a formula: an apostrophe stands before it (${this.#formulas}).`;
    return [{ page: 0, code: "TEXT_KEPT", message }];
  }
}
