import type { Range } from "../edits.ts";

/** A field of a part's head; ranges are bytes of the mail. */
export interface Header {
  /** In lower case. */
  readonly name: string;
  /** Folded as it is, without the line end behind it. */
  readonly value: string;
  /** Of the value, behind the colon. */
  readonly range: Range;
}

/** More fields than these have no mail, and no list's. */
const MAX_HEADERS = 2_000;

/** The fields at `from`, and where the body begins. `source` has a byte a letter (RFC 5322, 2.2; bare line feeds are taken, too). */
export function headersAt(source: string, from: number, to: number): { readonly headers: Header[]; readonly body: number } {
  const headers: Header[] = [];
  let at = from;
  while (at < to) {
    const end = lineEnd(source, at, to);
    if (end.line === at) return { headers, body: end.next };
    const colon = source.slice(at, Math.min(end.line, at + 1000)).indexOf(":");
    const name = source.slice(at, at + Math.max(0, colon)).trim();
    // What is no field ends the head: some mails have no blank line behind it.
    if (colon <= 0 || /[\s\u007f-\u00ff]/.test(name)) {
      if (headers.length > 0 || !source.startsWith("From ", at)) return { headers, body: at };
      at = end.next;
      continue;
    }
    let { line, next } = end;
    while (next < to && (source[next] === " " || source[next] === "\t")) ({ line, next } = lineEnd(source, next, to));
    const start = at + colon + 1;
    if (headers.length < MAX_HEADERS) headers.push({ name: name.toLowerCase(), value: source.slice(start, line), range: [start, line] });
    at = next;
  }
  return { headers, body: to };
}

function lineEnd(source: string, at: number, to: number): { readonly line: number; readonly next: number } {
  const feed = source.indexOf("\n", at);
  if (feed < 0 || feed >= to) return { line: to, next: to };
  return { line: feed > at && source[feed - 1] === "\r" ? feed - 1 : feed, next: feed + 1 };
}

/** A value with parameters: "text/plain; charset=utf-8" (RFC 2045, 5.1; RFC 2231). */
export interface Parameterised {
  /** In lower case. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g;

export function parameterised(header: string | undefined): Parameterised {
  const text = (header ?? "").slice(0, 100_000).replace(/\r?\n[ \t]/g, " ");
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, bare = ""] of text.matchAll(PARAMETER)) {
    const key = name.toLowerCase().replace(/\*\d*\*?$/, "");
    const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1");
    parameters.set(key, (parameters.get(key) ?? "") + value);
  }
  return { value: (text.split(";", 1)[0] ?? "").trim().toLowerCase(), parameters };
}
