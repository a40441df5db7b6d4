import { pdfNumber } from "../../../setting/pdf_numbers.ts";
import type { TracedGlyph } from "../marks.ts";
import { codesOf } from "./codes.ts";
import type { ContentOperator } from "./lexer.ts";
import { type Operand, operandsOf } from "./operands.ts";
import { Uneditable } from "./uneditable.ts";

/**
 * A text operator without some of its glyphs: each is replaced by a move of its own length, so that those that stay keep
 * their places, and what follows goes on where it did. Throws Uneditable if the operator does not show `glyphs`.
 */
export function blanked(
  bytes: Uint8Array,
  operator: ContentOperator,
  glyphs: readonly TracedGlyph[],
  isGone: (glyph: TracedGlyph) => boolean,
): string {
  const operands = operandsOf(bytes, operator.start, operator.at);
  const items = shownIn(operands);
  const codes = codesOf(bytesIn(items), glyphs);
  const made = new Shown();
  let next = 0;
  for (const item of items) {
    if (item.kind === "number") made.move(item.value);
    if (item.kind !== "string") continue;
    for (let left = item.bytes.length; left > 0; next++) {
      const [code, glyph] = [codes[next], glyphs[next]];
      if (!code || !glyph) throw new Uneditable("A text operator has another number of letters.");
      if (isGone(glyph)) made.move(glyph.move);
      else made.show(code);
      left -= code.length;
    }
  }
  return `${before(operator.name, operands.slice(-3, -1))}${made.text}`;
}

/** The bytes that a text operator shows, one string after the other. */
export function shownBytes(bytes: Uint8Array, operator: ContentOperator): Uint8Array {
  return bytesIn(shownIn(operandsOf(bytes, operator.start, operator.at)));
}

function shownIn(operands: readonly Operand[]): readonly Operand[] {
  const shown = operands.at(-1);
  return shown?.kind === "array" ? shown.items : shown ? [shown] : [];
}

function bytesIn(items: readonly Operand[]): Uint8Array {
  return Buffer.concat(items.flatMap((item) => (item.kind === "string" ? [item.bytes] : [])));
}

/** What ' and " do before they show their text (ISO 32000-2, table 107). */
function before(name: string, [word, letter]: ReturnType<typeof operandsOf>): string {
  if (name === "'") return "T* ";
  if (name !== '"' || word?.kind !== "number" || letter?.kind !== "number") return "";
  return `${pdfNumber(word.value)} Tw ${pdfNumber(letter.value)} Tc T* `;
}

class Shown {
  #made = "[";
  #moved = 0;
  #codes = "";

  move(by: number): void {
    this.#flushCodes();
    this.#moved += by;
  }

  show(code: Uint8Array): void {
    this.#flushMove();
    this.#codes += Buffer.from(code).toString("hex");
  }

  get text(): string {
    this.#flushCodes();
    this.#flushMove();
    return `${this.#made}]TJ`;
  }

  #flushMove(): void {
    // Numbers of PDF have no exponent.
    const moved = Number(this.#moved.toFixed(3));
    if (moved !== 0) this.#made += `${this.#made.endsWith(">") || this.#made === "[" ? "" : " "}${moved}`;
    this.#moved = 0;
  }

  #flushCodes(): void {
    if (this.#codes) this.#made += `<${this.#codes}>`;
    this.#codes = "";
  }
}
