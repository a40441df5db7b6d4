import { decodeBytes } from "./charset.ts";

const WORD = /=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bq])\?([^?\s]{0,1000})\?=/gi;

/** Whether `value` has words that are encoded. */
export function hasEncodedWords(value: string): boolean {
  return new RegExp(WORD.source, "i").test(value);
}

/** A header's text as people read it (RFC 2047): unfolded, its encoded words decoded, those side by side as one. */
export function decodeWords(value: string): string {
  const text = value.replace(/\r?\n(?=[ \t])/g, "").trim();
  const joined = text.replace(/(\?=)\s+(?==\?[\w.:*-]{1,60}\?[bq]\?)/gi, "$1");
  let [result, at] = ["", 0];
  let pending: { readonly charset: string; readonly bytes: Buffer[] } | undefined;
  const flush = () => {
    if (pending) result += decodeBytes(Buffer.concat(pending.bytes), pending.charset).text;
    pending = undefined;
  };
  for (const match of joined.matchAll(WORD)) {
    const [word, charset = "", kind = "", data = ""] = match;
    const bytes = kind.toLowerCase() === "b" ? Buffer.from(data, "base64") : qBytes(data);
    const between = joined.slice(at, match.index);
    at = match.index + word.length;
    // A letter may lie over two words of the same charset.
    if (pending && between === "" && pending.charset.toLowerCase() === charset.toLowerCase()) pending.bytes.push(bytes);
    else {
      flush();
      result += bare(between);
      pending = { charset, bytes: [bytes] };
    }
  }
  flush();
  return (result + bare(joined.slice(at))).replace(/[ \t]+/g, " ");
}

/** Bytes beyond ASCII that nobody encoded are UTF-8 (RFC 6532), or else Latin. */
function bare(text: string): string {
  return /[\u0080-\u00ff]/.test(text) ? decodeBytes(Buffer.from(text, "latin1"), "utf-8").text : text;
}

function qBytes(data: string): Buffer {
  const text = data.replaceAll("_", " ").replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

const MAX_LINE = 76;
/** Bytes of an encoded word of 75 letters: "=?utf-8?B?" and "?=" are 12, and base64 makes four of three. */
const MAX_BYTES = 45;

/** `text` as a header's value, behind "Name:" of `name` letters, folded at 76 letters. */
export function encodeWords(text: string, name: number, lineEnd: string): string {
  return folded(/^[\x20-\x7e]*$/.test(text) && !text.includes("=?") ? text.split(" ") : encodedWords(text), name, lineEnd);
}

/** Words of a header's value, behind "Name:" of `name` letters, as they are. */
export function folded(words: readonly string[], name: number, lineEnd: string): string {
  let [result, column] = ["", name + 1];
  for (const word of words) {
    const isLate = column + 1 + word.length > MAX_LINE && result !== "" && word !== "";
    result += `${isLate ? lineEnd : ""} ${word}`;
    column = (isLate ? 0 : column) + 1 + word.length;
  }
  return result;
}

function encodedWords(text: string): string[] {
  const words: string[] = [];
  let piece = "";
  const end = () => words.push(`=?utf-8?B?${Buffer.from(piece).toString("base64")}?=`);
  for (const letter of text) {
    if (piece !== "" && Buffer.byteLength(piece + letter) > (words.length === 0 ? MAX_BYTES - 8 : MAX_BYTES)) {
      end();
      piece = "";
    }
    piece += letter;
  }
  end();
  return words;
}
