import type { Selection } from "../../context.ts";
import type { Remark } from "../../document/remarks.ts";
import { programsReason } from "../named_texts/prose.ts";
import type { CsvRecord } from "./records.ts";

/** So many values of a column are compared to tell whether they are names that a program gives. */
const MAX_DIFFERENT = 100;
const MAX_CODE = 24;
/** So often a code comes up on average before it is taken for one. */
const REPEATS = 2;

/** So much longer than its head is what a column says. */
const LONGER = 1.5;

/** What was seen of a column, beside its head. */
interface Column {
  head: string;
  filled: number;
  words: number;
  letters: number;
  numbers: number;
  /** Undefined once there are too many, or one is no code. */
  codes: Set<string> | undefined;
}

/** What of a table is translated. */
export interface Choice {
  readonly hasHeader: boolean;
  readonly isTranslated: (column: number) => boolean;
  /** Cells that look like codes are translated all the same: the column was chosen. */
  readonly isChosen: boolean;
  readonly remarks: readonly Remark[];
}

/** Looks at every record once. */
export class Columns {
  readonly #columns: Column[] = [];
  #records = 0;
  #first: readonly string[] = [];

  add({ fields }: CsvRecord): void {
    if (fields.length === 1 && fields[0]?.value === "") return;
    this.#records += 1;
    for (const [index, { value }] of fields.entries()) {
      this.#columns[index] ??= {
        head: this.#records === 1 ? value.trim() : "",
        filled: 0,
        words: 0,
        letters: 0,
        numbers: 0,
        codes: new Set(),
      };
      if (this.#records > 1) seen(this.#columns[index] as Column, value.trim());
    }
    if (this.#records === 1) this.#first = fields.map(({ value }) => value.trim());
  }

  choice({ columns, header }: Selection = {}): Choice {
    const hasHeader = header ?? this.#looksHeaded();
    const own = this.#columns;
    if (columns && columns.length > 0) {
      const { chosen, missing } = this.#chosen(columns, hasHeader);
      const remarks = missing.map((name): Remark => ({ page: 0, code: "TEXT_KEPT", message: `The table has no column "${name}".` }));
      return { hasHeader, isTranslated: (column) => chosen.has(column), isChosen: true, remarks };
    }
    const kept = new Set(own.flatMap((column, index) => (isEnum(column) ? [index] : [])));
    const names = [...kept].map((index) => index + 1);
    const message = `Columns of codes are left as they are: ${names.slice(0, 20).join(", ")}${names.length > 20 ? " and others" : ""}.`;
    const remarks: Remark[] = names.length > 0 ? [{ page: 0, code: "TEXT_KEPT", message }] : [];
    return { hasHeader, isTranslated: (column) => !kept.has(column), isChosen: false, remarks };
  }

  /** The first record has a short name for each column, and says something else than what is below. */
  #looksHeaded(): boolean {
    const names = this.#first;
    if (this.#records < 2 || names.some((name) => name === "" || name.length > 40 || /[.!?]$|^[\d.,+-]+$/.test(name))) return false;
    if (new Set(names).size < names.length || !names.some((name) => /\p{L}/u.test(name))) return false;
    const differs = this.#columns.some(({ numbers, filled }) => filled > 0 && numbers >= filled * 0.8);
    const isNamed = names.some(
      (name) => programsReason(name, "") !== undefined || /^(?:id|key|name|type|lang|text|value|title)$/i.test(name),
    );
    const isShort = names.every((name) => name.split(/\s+/).length <= 3);
    return differs || isNamed || (isShort && this.#columns.some(({ head, letters, filled }) => letters > head.length * filled * LONGER));
  }

  #chosen(wanted: readonly string[], hasHeader: boolean): { chosen: ReadonlySet<number>; missing: string[] } {
    const chosen = new Set<number>();
    const missing: string[] = [];
    for (const name of wanted) {
      const plain = name.trim().toLowerCase();
      const found = hasHeader ? this.#columns.findIndex(({ head }) => head.toLowerCase() === plain) : -1;
      const index = found >= 0 ? found : /^\d{1,6}$/.test(plain) ? Number(plain) - 1 : -1;
      if (index >= 0 && index < this.#columns.length) chosen.add(index);
      else missing.push(name);
    }
    return { chosen, missing };
  }
}

function seen(column: Column, value: string): void {
  if (value === "") return;
  column.filled += 1;
  column.letters += value.length;
  if (/\p{L}/u.test(value)) column.words += 1;
  else column.numbers += 1;
  if (!column.codes || !/\p{L}/u.test(value)) return;
  if (value.length > MAX_CODE || !/^(?:[\p{Ll}\d_.-]+|[\p{Lu}\d_.-]+)$/u.test(value)) column.codes = undefined;
  else column.codes.add(value);
  if ((column.codes?.size ?? 0) > MAX_DIFFERENT) column.codes = undefined;
}

/** A few words of one case, again and again: "open", "closed", "EUR". */
function isEnum({ codes, words }: Column): boolean {
  return codes !== undefined && codes.size > 0 && words >= codes.size * REPEATS;
}

/** Why a cell is left as it is, or undefined if it is translated. */
export function keptReason(value: string, isChosen: boolean): string | undefined {
  const text = value.trim();
  if (/^[=+@-](?=[A-Z$(])[^\s]*[(\d]/.test(text) || /^=/.test(text)) return "a formula";
  if (isChosen) return /\p{L}/u.test(text) ? undefined : "no letters";
  return programsReason(text, "") ?? (isCode(text) ? "a code" : undefined);
}

/** Letters and figures without a space ("AB-12/3"), capitals ("EUR"). */
function isCode(text: string): boolean {
  if (/\s/.test(text) || text.length > 60) return false;
  return /^(?=.*\d)(?=.*\p{Lu})[\p{Lu}\d._/#-]+$/u.test(text) || /^\p{Lu}{2,5}$/u.test(text);
}
