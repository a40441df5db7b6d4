import type { NamedText } from "../named_texts/texts.ts";
import { lineStart } from "../setting.ts";

/** A value of a file of properties. */
export interface PropertyText extends NamedText {
  /** As it stands there. */
  readonly raw: string;
  /** Where its line began. */
  readonly column: number;
}

/**
 * The values of `source`, a file of properties as `java.util.Properties.load` reads it: a key ends at a blank, `=` or `:`, a
 * line that ends in a backslash goes on in the next, and lines that begin with `#` or `!` are comments. Whatever is text is that.
 */
export function readProperties(source: string): PropertyText[] {
  const texts: PropertyText[] = [];
  for (let at = 0; at < source.length; ) {
    const start = skipBlanks(source, at, source.length);
    const isComment = source[start] === "#" || source[start] === "!";
    const end = isComment ? lineEnd(source, start) : logicalEnd(source, start);
    if (!isComment && end > start) texts.push(propertyOf(source, start, end));
    at = end + (source.startsWith("\r\n", end) ? 2 : 1);
  }
  return texts;
}

function lineEnd(source: string, from: number): number {
  let end = from;
  while (end < source.length && source[end] !== "\n" && source[end] !== "\r") end++;
  return end;
}

/** Where the line ends that begins at `from`, those that it goes on in with it. */
function logicalEnd(source: string, from: number): number {
  let end = from;
  while (end < source.length && source[end] !== "\n" && source[end] !== "\r") end += signLength(source, end);
  return Math.min(end, source.length);
}

/** One, or that of an escape. */
function signLength(source: string, at: number): number {
  if (source[at] !== "\\") return 1;
  return source.startsWith("\r\n", at + 1) ? 3 : 2;
}

const BLANK = /[ \t\f]/;

/** Behind blanks, and line ends that only go on. */
function skipBlanks(source: string, from: number, to: number): number {
  let at = from;
  for (; at < to; at += signLength(source, at)) {
    const goesOn = source[at] === "\\" && /[\r\n]/.test(source[at + 1] ?? "");
    if (!goesOn && !BLANK.test(source[at] as string)) break;
  }
  return Math.min(at, to);
}

function propertyOf(source: string, from: number, to: number): PropertyText {
  let at = from;
  while (at < to && !/[ \t\f=:]/.test(source[at] as string)) at += signLength(source, at);
  const key = source.slice(from, at);
  at = skipBlanks(source, at, to);
  if (source[at] === "=" || source[at] === ":") at = skipBlanks(source, at + 1, to);
  at = Math.min(at, to);
  const raw = source.slice(at, to);
  return { path: [decoded(key)], value: decoded(raw), range: [at, to], raw, column: at - lineStart(source, at) };
}

const ESCAPE = /\\(?:u([\da-fA-F]{4})|(\r\n|\n|\r)[ \t\f]*|([\s\S]|$))/g;
const SIGNS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f" };

/** `raw` without escapes, on one line. */
function decoded(raw: string): string {
  return raw.replace(ESCAPE, (_, code?: string, end?: string, sign = "") => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return end === undefined ? (SIGNS[sign] ?? sign) : "";
  });
}
