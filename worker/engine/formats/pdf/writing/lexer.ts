import { inlineImageEnd } from "./inline_images.ts";
import {
  BEGINNINGS,
  commentEnd,
  hexEnd,
  isDelimiter,
  isNumeric,
  isRegular,
  isSpace,
  literalEnd,
  numberEnd,
  OPERATORS,
  regularEnd,
} from "./syntax.ts";

/** An operator of a content stream, by where it stands: its operands are the bytes from `start` to `at`. */
export interface ContentOperator {
  readonly name: string;
  readonly start: number;
  /** Where its name begins. */
  readonly at: number;
  readonly end: number;
}

const [PERCENT, OPEN, LESS, GREATER, SLASH] = [0x25, 0x28, 0x3c, 0x3e, 0x2f];
const [OPEN_ARRAY, CLOSE_ARRAY] = [0x5b, 0x5d];

/**
 * The operators of a content stream, one after the other, cut as pdf.js cuts them: an operator that is glued to the one
 * before ("Qq") is one of its own, unknown words are passed over. An inline image is one operator, "EI" (ISO 32000-2, 7.8.2 and 8.9.7).
 */
export function* operatorsOf(bytes: Uint8Array): Generator<ContentOperator> {
  let [i, start, depth] = [0, -1, 0];
  while (i < bytes.length) {
    const byte = bytes[i] as number;
    if (isSpace(byte)) {
      i++;
      continue;
    }
    if (byte === PERCENT) {
      i = commentEnd(bytes, i);
      continue;
    }
    if (start < 0) start = i;
    if (byte === OPEN) i = literalEnd(bytes, i);
    else if (byte === LESS && bytes[i + 1] !== LESS) i = hexEnd(bytes, i);
    else if (byte === SLASH) i = regularEnd(bytes, i + 1);
    else if (byte === OPEN_ARRAY || byte === LESS) {
      depth++;
      i += byte === LESS ? 2 : 1;
    } else if (byte === CLOSE_ARRAY || byte === GREATER) {
      depth = Math.max(0, depth - 1);
      i += byte === GREATER && bytes[i + 1] === GREATER ? 2 : 1;
    } else if (isDelimiter(byte)) i++;
    else if (isNumeric(byte)) i = numberEnd(bytes, i);
    else {
      const at = i;
      const name = wordAt(bytes, at);
      i += name.length;
      if (depth > 0 || !OPERATORS.has(name)) continue;
      if (name === "ID") {
        i = inlineImageEnd(bytes, { start, at, end: i });
        yield { name: "EI", start, at, end: i };
      } else if (name !== "BI") yield { name, start, at, end: i };
      else continue;
      start = -1;
    }
  }
}

/** The regular characters from `at`, cut where a known operator ends and what follows makes none of it. */
function wordAt(bytes: Uint8Array, at: number): string {
  let word = "";
  for (let i = at; i < bytes.length && isRegular(bytes[i] as number); i++) {
    const longer = word + String.fromCharCode(bytes[i] as number);
    if (OPERATORS.has(word) && !BEGINNINGS.has(longer)) break;
    word = longer;
    // No operator is longer, nor are true, false and null.
    if (word.length > 127) break;
  }
  return word;
}
