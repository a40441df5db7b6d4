import { brokenAt } from "../named_texts/broken.ts";
import type { NamedText } from "../named_texts/texts.ts";

/** A value of Apple's strings. */
export interface StringsText extends NamedText {
  /** As it stands there, with its quotes. */
  readonly raw: string;
}

const BLANK = /(?:\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
const QUOTED = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
const WORD = /[\w.$/:-]+/y;

/**
 * The values of `source`: Apple's strings, `"key" = "value";` with comments between them (old property lists). Throws
 * DOCUMENT_CORRUPT, which says where it breaks.
 */
export function readStrings(source: string): StringsText[] {
  const texts: StringsText[] = [];
  const match = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(source);
  };
  const skip = (from: number) => from + (match(BLANK, from)?.[0].length ?? 0);
  const word = (from: number, what: string) => {
    const found = match(QUOTED, from) ?? match(WORD, from);
    if (!found) throw brokenAt("file of strings", source, from, what);
    return found;
  };
  // A dictionary may stand in braces.
  let at = skip(0);
  const isBraced = source[at] === "{";
  if (isBraced) at = skip(at + 1);
  while (at < source.length && !(isBraced && source[at] === "}")) {
    const key = word(at, "a key is missing");
    const path = [unescaped(inner(key))];
    at = skip(at + key[0].length);
    if (source[at] === "=") {
      at = skip(at + 1);
      const value = word(at, "a value is missing");
      const end = at + value[0].length;
      texts.push({ path, value: unescaped(inner(value)), range: [at, end], raw: value[0] });
      at = skip(end);
    }
    if (source[at] !== ";") throw brokenAt("file of strings", source, at, "a semicolon is missing");
    at = skip(at + 1);
  }
  if (isBraced && skip(at + 1) < source.length) throw brokenAt("file of strings", source, at, "it goes on behind its end");
  return texts;
}

function inner([whole, double, single]: RegExpExecArray): string {
  return double ?? single ?? whole;
}

const ESCAPE = /\\(?:[Uu]([\da-fA-F]{4})|([0-7]{1,3})|([\s\S]))/g;
const SIGNS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", a: "\u0007", b: "\b", v: "\v" };

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, code?: string, octal?: string, sign = "") => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return octal === undefined ? (SIGNS[sign] ?? sign) : String.fromCharCode(Number.parseInt(octal, 8));
  });
}

/** `value` in quotes; its line ends are escaped unless those of the text that stood there were not. */
export function stringsValue(value: string, { raw }: StringsText): string {
  const quote = raw[0] === "'" ? "'" : '"';
  const keepsLines = /[\r\n]/.test(raw) && !/\\n/.test(raw);
  const text = value
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replaceAll("\t", raw.includes("\t") ? "\t" : "\\t");
  return `${quote}${keepsLines ? text : text.replaceAll("\n", "\\n").replaceAll("\r", "\\r")}${quote}`;
}
