import type { Remark } from "../../document/remarks.ts";
import type { Book } from "./book.ts";
import { type CellText, placeKey } from "./survey.ts";
import type { Table } from "./tables.ts";

/** No column's name is longer (Excel's limits). */
const MAX_NAME = 255;

/**
 * What the columns of tables are called once their heads are translated. Programs call a file damaged whose columns are not
 * named as their heads, or two of whose are named alike: such a head is kept.
 */
export class HeadNames {
  readonly remarks: Remark[] = [];
  readonly #book: Book;
  readonly #textOf: (head: CellText, sheet: number) => string | undefined;

  /** `textOf`: what a head says now, if it was translated; `keep` takes that back. */
  constructor(book: Book, textOf: (head: CellText, sheet: number) => string | undefined, keep: (head: CellText, sheet: number) => void) {
    this.#book = book;
    this.#textOf = textOf;
    // A head that is kept may be one of another table's as well.
    for (let kept = -1; kept !== this.remarks.length; ) {
      kept = this.remarks.length;
      for (const [index, { tables }] of book.sheets.entries()) for (const table of tables) this.#settle(table, index, keep);
    }
  }

  #settle(table: Table, sheet: number, keep: (head: CellText, sheet: number) => void): void {
    const heads = this.#book.sheets[sheet]?.heads;
    const taken = new Set<string>();
    const said = table.columns.map((column) => {
      const head = heads?.get(placeKey(column.row, column.column));
      return { column, head, text: head && this.#textOf(head, sheet) };
    });
    // Those that stay have their names first.
    for (const { column, text } of said) if (text === undefined) taken.add(column.name.toLowerCase());
    for (const { head, text } of said) {
      if (text === undefined || !head) continue;
      const isFree = text.length <= MAX_NAME && !taken.has(text.toLowerCase());
      if (isFree) taken.add(text.toLowerCase());
      else {
        keep(head, sheet);
        const message = "The head of a table's column is kept: its translation is another column's, or too long for a name.";
        this.remarks.push({ page: 0, code: "TEXT_KEPT", message });
      }
    }
  }

  of(table: Table, sheet: number): ReadonlyMap<number, string> {
    const heads = this.#book.sheets[sheet]?.heads;
    const names = new Map<number, string>();
    for (const [index, { row, column }] of table.columns.entries()) {
      const head = heads?.get(placeKey(row, column));
      const text = head && this.#textOf(head, sheet);
      if (text !== undefined) names.set(index, text);
    }
    return names;
  }
}
