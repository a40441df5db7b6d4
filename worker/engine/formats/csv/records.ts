import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { brokenAt } from "../named_texts/broken.ts";

/** How a file of separated values is written. */
export interface Dialect {
  readonly separator: string;
  /** What a quotation mark in a quoted field is written with: itself (RFC 4180), or a backslash, as databases do. */
  readonly escapedBy: '"' | "\\";
  /** Where its first record begins: behind a line that names the separator ("sep=;"), as Excel's. */
  readonly from: number;
}

export interface Field {
  /** In the source, quotation marks with it. */
  readonly range: Range;
  readonly quoted: boolean;
  readonly value: string;
}

export interface CsvRecord {
  readonly from: number;
  readonly fields: readonly Field[];
}

/** No sheet is wider. */
const MAX_FIELDS = 20_000;

/**
 * The records of `source` from `from`, one at a time (RFC 4180, and what programs write beside it). csv-parse does not say
 * where in a file a field stands, and how it was quoted, without which no other byte could be kept. Throws EngineError:
 * DOCUMENT_CORRUPT with the line, DOCUMENT_TOO_COMPLEX.
 */
export function* recordsOf(source: string, dialect: Dialect, from = dialect.from): Generator<CsvRecord> {
  let at = from;
  while (at < source.length) {
    const start = at;
    const fields: Field[] = [];
    for (;;) {
      const field = fieldAt(source, at, dialect);
      fields.push(field.field);
      if (fields.length > MAX_FIELDS) throw new EngineError("DOCUMENT_TOO_COMPLEX", `A record has more than ${MAX_FIELDS} fields.`);
      at = field.end;
      if (source[at] !== dialect.separator) break;
      at += 1;
    }
    at += source.startsWith("\r\n", at) ? 2 : at < source.length ? 1 : 0;
    yield { from: start, fields };
  }
}

/** The field at `at`, and where it ends: at a separator, a line end, or the end of all. */
export function fieldAt(source: string, at: number, { separator, escapedBy }: Dialect): { readonly field: Field; readonly end: number } {
  let start = at;
  while (source[start] === " ") start += 1;
  if (source[start] !== '"') {
    let end = at;
    while (end < source.length && !isEnd(source, end, separator)) end += 1;
    return { field: { range: [at, end], quoted: false, value: source.slice(at, end) }, end };
  }
  const close = closingQuote(source, start, escapedBy);
  if (close < 0) throw brokenAt("table of separated values", source, start, "a field in quotation marks has no end");
  let end = close + 1;
  while (source[end] === " ") end += 1;
  if (end < source.length && !isEnd(source, end, separator))
    throw brokenAt("table of separated values", source, close, "a field goes on behind its quotation mark");
  const raw = source.slice(start + 1, close);
  const value = escapedBy === '"' ? raw.replaceAll('""', '"') : raw.replace(/\\(["\\])|""/g, (_, sign) => sign ?? '"');
  return { field: { range: [start, close + 1], quoted: true, value }, end };
}

function closingQuote(source: string, open: number, escapedBy: Dialect["escapedBy"]): number {
  for (let at = source.indexOf('"', open + 1); at >= 0; at = source.indexOf('"', at + 1)) {
    if (escapedBy === "\\" && isEscaped(source, at)) continue;
    if (source[at + 1] !== '"') return at;
    at += 1;
  }
  return -1;
}

function isEscaped(source: string, at: number): boolean {
  let first = at;
  while (source[first - 1] === "\\" && at - first < 100) first -= 1;
  return (at - first) % 2 === 1;
}

function isEnd(source: string, at: number, separator: string): boolean {
  const sign = source[at];
  return sign === separator || sign === "\n" || sign === "\r";
}

/** `value` as it is written in the place of `field`. */
export function encodeField(value: string, field: Field, { separator, escapedBy }: Dialect): string {
  const needs = field.quoted || value.includes(separator) || /["\r\n]/.test(value) || /^ | $/.test(value);
  if (!needs) return value;
  return `"${escapedBy === '"' ? value.replaceAll('"', '""') : value.replace(/["\\]/g, "\\$&")}"`;
}
