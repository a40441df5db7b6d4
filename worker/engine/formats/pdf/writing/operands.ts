import { commentEnd, hexEnd, isDelimiter, isNumeric, isSpace, literalEnd, numberEnd, regularEnd } from "./syntax.ts";

/** What an operator works on. */
export type Operand =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly bytes: Uint8Array; readonly start: number; readonly end: number }
  | { readonly kind: "name"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly Operand[] }
  /** Keys and values in turn. */
  | { readonly kind: "dictionary"; readonly items: readonly Operand[] }
  /** true, false, null, and what is no operand. */
  | { readonly kind: "word"; readonly value: string };

/** Deeper ones are no content that anyone wrote. */
const MAX_DEPTH = 32;
const [LESS, GREATER, OPEN, SLASH, OPEN_ARRAY, CLOSE_ARRAY, PERCENT] = [0x3c, 0x3e, 0x28, 0x2f, 0x5b, 0x5d, 0x25];

/** The operands that stand in `bytes` from `start` to `end`. */
export function operandsOf(bytes: Uint8Array, start: number, end: number): readonly Operand[] {
  return new Reader(bytes.subarray(0, end), start).items(undefined, 0);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Up to `closer`, or all of them. */
  items(closer: number | undefined, depth: number): Operand[] {
    const bytes = this.#bytes;
    const items: Operand[] = [];
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at] as number;
      if (isSpace(byte)) this.#at++;
      else if (byte === PERCENT) this.#at = commentEnd(bytes, this.#at);
      else if (byte === closer) {
        this.#at += byte === GREATER && bytes[this.#at + 1] === GREATER ? 2 : 1;
        return items;
      } else {
        const item = this.#item(byte, depth);
        if (item) items.push(item);
      }
    }
    return items;
  }

  #item(byte: number, depth: number): Operand | undefined {
    const [bytes, start] = [this.#bytes, this.#at];
    const text = (end: number) => Buffer.from(bytes.subarray(start, end)).toString("latin1");
    if (byte === OPEN) {
      this.#at = literalEnd(bytes, start);
      return { kind: "string", bytes: literalBytes(bytes.subarray(start + 1, this.#at - 1)), start, end: this.#at };
    }
    if (byte === LESS && bytes[start + 1] !== LESS) {
      this.#at = hexEnd(bytes, start);
      return { kind: "string", bytes: hexBytes(text(this.#at)), start, end: this.#at };
    }
    if (byte === SLASH) {
      this.#at = regularEnd(bytes, start + 1);
      return { kind: "name", value: nameOf(text(this.#at).slice(1)) };
    }
    if ((byte === OPEN_ARRAY || byte === LESS) && depth < MAX_DEPTH) {
      this.#at += byte === LESS ? 2 : 1;
      return byte === LESS
        ? { kind: "dictionary", items: this.items(GREATER, depth + 1) }
        : { kind: "array", items: this.items(CLOSE_ARRAY, depth + 1) };
    }
    if (isNumeric(byte)) {
      this.#at = numberEnd(bytes, start);
      return { kind: "number", value: numberOf(text(this.#at)) };
    }
    if (isDelimiter(byte)) {
      this.#at++;
      return undefined;
    }
    this.#at = regularEnd(bytes, start);
    return { kind: "word", value: text(this.#at) };
  }
}

/** As lenient readers have it: "--5" is -5, "1.2.3" is 1.2, and "5-3" is 5. */
function numberOf(text: string): number {
  const value = Number.parseFloat(text.replace(/^[+-]*(?=[+-])/, ""));
  return Number.isFinite(value) ? value : 0;
}

function nameOf(text: string): string {
  return text.includes("#") ? text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;
}

const ESCAPES: Readonly<Record<number, number>> = { 110: 10, 114: 13, 116: 9, 98: 8, 102: 12 };

/**
 * What is between the parentheses of a literal string (ISO 32000-2, 7.3.4.2). A carriage return is one, though it should be
 * read as a line feed: writers forget to escape what is half of a code, and readers take it as it stands.
 */
function literalBytes(inner: Uint8Array): Uint8Array {
  const made = new Uint8Array(inner.length);
  let length = 0;
  for (let i = 0; i < inner.length; i++) {
    let byte = inner[i] as number;
    if (byte === 0x5c) {
      i++;
      byte = inner[i] ?? 0x5c;
      if (byte >= 0x30 && byte <= 0x37) {
        const [octal = "0"] = /^[0-7]{1,3}/.exec(String.fromCharCode(...inner.subarray(i, i + 3))) ?? [];
        i += octal.length - 1;
        byte = Number.parseInt(octal, 8) & 0xff;
      } else if (byte === 13 || byte === 10) {
        if (byte === 13 && inner[i + 1] === 10) i++;
        continue;
      } else byte = ESCAPES[byte] ?? byte;
    }
    made[length++] = byte;
  }
  return made.subarray(0, length);
}

function hexBytes(text: string): Uint8Array {
  const digits = text.replace(/[^0-9a-fA-F]/g, "");
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, "hex");
}
