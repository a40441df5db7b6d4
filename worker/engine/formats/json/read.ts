import { createScanner, type JSONScanner } from "jsonc-parser";
import { EngineError } from "../../errors.ts";
import type { Edit, Range } from "../edits.ts";
import { brokenAt } from "../named_texts/broken.ts";
import type { NamedText } from "../named_texts/texts.ts";

/** jsonc-parser's enums, which are erased from its types. */
const KIND = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, colon: 6, text: 10, end: 17 } as const;
/** null, true, false and numbers. */
const PLAIN: ReadonlySet<number> = new Set([7, 8, 9, 11]);
/** Comments, line ends, blanks. */
const TRIVIA: ReadonlySet<number> = new Set([12, 13, 14, 15]);
/** People's data does not nest this deep. */
const MAX_DEPTH = 256;

interface Open {
  readonly isObject: boolean;
  /** The key that was read last, or the number of the next item. */
  key: string | number;
}

/** A string value of a JSON file. */
export interface JsonText extends NamedText {
  /** As it stands there, with its quotes. */
  readonly raw: string;
}

/**
 * The string values of `source`: JSON (RFC 8259), with comments and commas at the end as editors' settings have them, or
 * several values one behind the other. Throws DOCUMENT_CORRUPT, which says where it breaks; DOCUMENT_TOO_COMPLEX.
 */
export function readJson(source: string): JsonText[] {
  const scanner = createScanner(source);
  const texts: JsonText[] = [];
  const open: Open[] = [];
  const path = () => open.map(({ key }) => String(key));
  let values = 0;
  for (let kind = next(scanner); kind !== KIND.end; kind = next(scanner)) {
    let within = open.at(-1);
    if (within && kind === (within.isObject ? KIND.closeBrace : KIND.closeBracket)) {
      open.pop();
      separate(scanner, source, open);
      continue;
    }
    if (within?.isObject) {
      if (kind !== KIND.text) throw broken(scanner, source, "a name in quotes is missing");
      within.key = scanner.getTokenValue();
      if (next(scanner) !== KIND.colon) throw broken(scanner, source, "a colon is missing");
      kind = next(scanner);
    }
    if (kind === KIND.openBrace || kind === KIND.openBracket) {
      if (open.length >= MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The JSON nests too deeply.");
      within = { isObject: kind === KIND.openBrace, key: kind === KIND.openBrace ? "" : 0 };
      open.push(within);
      continue;
    }
    if (kind === KIND.text) {
      if (scanner.getTokenError() !== 0) throw broken(scanner, source, "a text is not written as JSON has it");
      const [from, to] = rangeOf(scanner);
      texts.push({ path: path(), value: scanner.getTokenValue(), range: [from, to], raw: source.slice(from, to) });
    } else if (!PLAIN.has(kind)) throw broken(scanner, source, "a value is missing");
    values++;
    separate(scanner, source, open);
  }
  if (open.length > 0) throw broken(scanner, source, "it ends before everything is closed");
  if (values === 0 && texts.length === 0 && source.trim() === "") throw new EngineError("DOCUMENT_CORRUPT", "The JSON has no value.");
  return texts;
}

/** After a value: a comma, or the end of what it stands in; between values that stand in nothing, nothing. */
function separate(scanner: JSONScanner, source: string, open: readonly Open[]): void {
  const within = open.at(-1);
  if (!within) return;
  if (typeof within.key === "number") within.key++;
  const before = scanner.getPosition();
  const kind = next(scanner);
  if (kind === KIND.comma) return;
  const closes = kind === (within.isObject ? KIND.closeBrace : KIND.closeBracket);
  if (!closes) throw broken(scanner, source, "a comma is missing");
  scanner.setPosition(before);
}

function next(scanner: JSONScanner): number {
  let kind: number = scanner.scan();
  while (TRIVIA.has(kind)) kind = scanner.scan();
  return kind;
}

function rangeOf(scanner: JSONScanner): Range {
  const from = scanner.getTokenOffset();
  return [from, from + scanner.getTokenLength()];
}

function broken(scanner: JSONScanner, source: string, what: string): EngineError {
  return brokenAt("JSON", source, scanner.getTokenOffset(), what);
}

/** Signs that some write escaped for the sake of HTML, though JSON does not ask for it. */
const ESCAPED = /\\u[\da-fA-F]{4}|\\\//g;

/** How a file writes signs that it could write as they are. */
export interface JsonManner {
  /** All beyond ASCII are escaped. */
  readonly isAscii: boolean;
}

export function mannerOf(source: string): JsonManner {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
  return { isAscii: /\\u(?:00[89a-f]|0[1-9a-f]|[1-9a-f])/i.test(source) && /^[\u0000-\u007f]*$/.test(source) };
}

/** `value` in quotes, its signs escaped where JSON asks for it and where the text that stood there, or the whole file, does so. */
export function jsonString(value: string, { raw }: JsonText, { isAscii }: JsonManner): string {
  let text = JSON.stringify(value.toWellFormed());
  const bare = raw.replace(ESCAPED, "");
  const codes = new Map<string, string>();
  for (const code of new Set(raw.match(ESCAPED) ?? [])) {
    const sign = code === "\\/" ? "/" : String.fromCharCode(Number.parseInt(code.slice(2), 16));
    // Of quotes and backslashes JSON has its own.
    if (sign >= " " && sign !== '"' && sign !== "\\" && !bare.includes(sign)) codes.set(sign, code);
  }
  // The letters of escapes are none of the text.
  if (codes.size > 0) text = text.replace(/\\u[\da-f]{4}|\\.|[^\\]/g, (sign) => codes.get(sign) ?? sign);
  if (!isAscii) return text;
  const isUpper = /\\u[\da-f]*[A-F]/.test(raw);
  return text.replace(/[\u0080-\uffff]/g, (sign) => {
    const code = sign.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${isUpper ? code.toUpperCase() : code}`;
  });
}

/** What sets the value of a key of the file itself, as `@@locale`. */
export function setting(text: JsonText | undefined, value: string): Edit[] {
  return text ? [{ from: text.range[0], to: text.range[1], text: JSON.stringify(value) }] : [];
}
