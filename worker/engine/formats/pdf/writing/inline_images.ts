import { operandsOf } from "./operands.ts";
import { BEGINNINGS, commentEnd, hexEnd, isNumeric, isRegular, isSpace, literalEnd, OPERATORS, regularEnd } from "./syntax.ts";

/** How much behind an "EI" must look like content for it to be the end: pdf.js looks at as many bytes. */
const LOOKED_AT = 15;
const LOOKED_AHEAD = 75;

interface InlineImage {
  /** Where "BI" stands, with what was before it. */
  readonly start: number;
  /** Of "ID". */
  readonly at: number;
  readonly end: number;
}

/** Where an inline image ends, behind its "EI": by its encoding where that tells, else where what follows looks like content. */
export function inlineImageEnd(bytes: Uint8Array, { start, at, end }: InlineImage): number {
  const filter = filterOf(bytes, start, at);
  if (filter === "A85" || filter === "ASCII85Decode")
    return behindMark(bytes, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf("~>", end), 2);
  if (filter === "AHx" || filter === "ASCIIHexDecode") return behindMark(bytes, bytes.indexOf(0x3e, end), 1);
  let last = -1;
  for (let i = end; i < bytes.length - 1; i++) {
    if (bytes[i] !== 0x45 || bytes[i + 1] !== 0x49) continue;
    const after = bytes[i + 2];
    if (after !== undefined && !isSpace(after)) continue;
    last = i + 2;
    if (looksLikeContent(bytes, i + 3)) return last;
  }
  return last < 0 ? bytes.length : last;
}

function behindMark(bytes: Uint8Array, mark: number, length: number): number {
  if (mark < 0) return bytes.length;
  let i = mark + length;
  while (i < bytes.length && isSpace(bytes[i] as number)) i++;
  return bytes[i] === 0x45 && bytes[i + 1] === 0x49 ? i + 2 : i;
}

function filterOf(bytes: Uint8Array, start: number, at: number): string | undefined {
  const entries = operandsOf(bytes, start, at);
  const key = entries.findIndex((one) => one.kind === "name" && (one.value === "F" || one.value === "Filter"));
  const value = key < 0 ? undefined : entries[key + 1];
  const first = value?.kind === "array" ? value.items[0] : value;
  return first?.kind === "name" ? first.value : undefined;
}

/** Whether the bytes from `from` are letters, and their first word in place of an operator is one. */
function looksLikeContent(bytes: Uint8Array, from: number): boolean {
  for (const byte of bytes.subarray(from, from + LOOKED_AT))
    if (byte !== 10 && byte !== 13 && byte !== 9 && (byte < 32 || byte > 126)) return false;
  const end = Math.min(bytes.length, from + LOOKED_AHEAD);
  for (let i = from; i < end; ) {
    const byte = bytes[i] as number;
    if (byte === 0x25) i = commentEnd(bytes, i);
    else if (byte === 0x2f) i = regularEnd(bytes, i + 1);
    else if (byte === 0x28) i = literalEnd(bytes, i);
    else if (byte === 0x3c && bytes[i + 1] !== 0x3c) i = hexEnd(bytes, i);
    else if (!isRegular(byte) || isNumeric(byte)) i++;
    else {
      const word = Buffer.from(bytes.subarray(i, Math.min(end, regularEnd(bytes, i)))).toString("latin1");
      return BEGINNINGS.has(word) || [...OPERATORS].some((operator) => word.startsWith(operator));
    }
  }
  return true;
}
