import type { Range } from "../edits.ts";
import { decodeText, REFERENCE } from "../markup/references.ts";
import { isWrap } from "./wrapped_lines.ts";

export type Token =
  | { readonly kind: "text"; readonly range: Range; readonly text: string }
  /** A placeholder, an address, a sign in quotes: it goes along with the words. */
  | { readonly kind: "atom"; readonly range: Range }
  /** A line end that a reader sees, a tab. */
  | { readonly kind: "break"; readonly range: Range }
  | Tag;

export interface Tag {
  readonly kind: "open" | "close" | "void";
  /** In lower case. */
  readonly name: string;
  readonly range: Range;
  /** The values, without quotes, of its attributes that people read. */
  readonly read: readonly Range[];
  readonly href?: string | undefined;
  /** Marked as not for translating. */
  readonly isKept: boolean;
}

/**
 * How apostrophes quote: not at all; doubled wherever one is meant, as in Java's MessageFormat; or as ICU has it, where one
 * alone is itself unless a brace stands behind it.
 */
export type Quoting = "none" | "doubled" | "icu";

/** What programs put values in place of, most particular first. A blank is no flag of printf's here: "100% sure". */
const PLACEHOLDERS = [
  /\$t\([^()\n]{1,200}\)/,
  /\{\{\{?[^{}\n]{1,200}\}\}\}?/,
  /[$#%]\{[^{}\n]{1,200}\}/,
  /\{\s{0,9}[\w.$@-]{0,60}\s{0,9}(?:[,:!|[][^{}\n]{0,120})?\}/,
  /%[(<][\w.-]{1,60}[)>](?:[-+#0]*\d*(?:\.\d+)?[a-zA-Z])?/,
  /%(?!(?:ll?|hh?|[zjt])?[diouxs]%)[a-zA-Z_][\w.]{1,40}%/,
  /(?<!\d)%(?:\d{1,2}\$)?[-+#0']*(?:\*(?:\d\$)?|\d{1,3})?(?:\.(?:\*|\d{1,3}))?(?:hh|h|ll|l|L|q|j|z|t)?[@diouxXeEfFgGaAcCsSpn](?![a-z]{3})/,
  /%#@\w{1,60}@/,
  /(?<![\p{L}\p{N}])@(?:\.[a-z]{1,20})?:(?:\([\w.-]{1,100}\)|[\w-]{1,60}(?:\.[\w-]{1,60}){0,10})/u,
  /%%|%\d{1,2}(?![\d\s%])/,
  /(?<![\p{L}\p{N}:;/.)\]])::?[a-z][a-zA-Z\d_]{1,60}\b:?/u,
  /\[\[[^[\]\n]{1,100}\]\]/,
];
const ADDRESSES = [
  /(?:https?|ftp|HTTPS?):\/\/[^\s<>"'`]{0,2000}[^\s<>"'`.,;:!?)\]}*_~|]/,
  /\bwww\.[^\s<>"'`]{0,500}[^\s<>"'`.,;:!?)\]}*_~|]/,
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/,
];
const ATTRIBUTE = /\s+([^\s"'<>/=]{1,60})(?:\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'<>]{1,2000})))?/dg;
const TAG = new RegExp(`<(?<slash>/?)(?<name>[a-zA-Z\\d][\\w:.-]{0,60})(?<attributes>(?:${ATTRIBUTE.source})*)\\s{0,9}(?<closed>/?)>`);
const QUOTED: Readonly<Record<Quoting, readonly RegExp[]>> = {
  none: [],
  doubled: [/(?<apostrophe>'')/, /'[^']{1,2000}(?:'|$)/],
  icu: [/(?<apostrophe>'')/, /'[{}<>#|][^']*(?:''[^']*)*(?:'|$)/],
};
/** Attributes of tags that people read or hear. */
const READ = new Set(["alt", "title", "placeholder", "aria-label"]);

const scanners = new Map<Quoting, RegExp>();

function scannerOf(quoting: Quoting): RegExp {
  const known = scanners.get(quoting);
  if (known) return known;
  const source = (patterns: readonly RegExp[]) => patterns.map((pattern) => pattern.source);
  const parts = [
    ...source(QUOTED[quoting]),
    "(?<break>\\r\\n|[\\p{Cc}\\u2028\\u2029])",
    TAG.source,
    `(?<reference>${REFERENCE.source})`,
    `(?<atom>${[...source(PLACEHOLDERS), ...source(ADDRESSES)].join("|")})`,
  ];
  const made = new RegExp(parts.join("|"), "gu");
  scanners.set(quoting, made);
  return made;
}

/** Those of `value` within a range, in order; together they cover it. `isText` says which character references are text of it. */
export function tokensOf(value: string, [from, to]: Range, quoting: Quoting, isText: (reference: string) => boolean): Token[] {
  const part = value.slice(from, to);
  const tokens: Token[] = [];
  let at = 0;
  const textTo = (end: number) => {
    if (end > at) tokens.push({ kind: "text", range: [from + at, from + end], text: part.slice(at, end) });
  };
  for (const match of part.matchAll(scannerOf(quoting))) {
    textTo(match.index);
    at = match.index + match[0].length;
    const range: Range = [from + match.index, from + at];
    const isBreak = match.groups?.["break"] !== undefined;
    tokens.push(isBreak ? breakOf(value, range) : tokenOf(match, range, isText));
  }
  textTo(part.length);
  return tokens;
}

function breakOf(value: string, range: Range): Token {
  return isWrap(value, range) ? { kind: "text", range, text: " " } : { kind: "break", range };
}

function tokenOf(match: RegExpExecArray, range: Range, isText: (reference: string) => boolean): Token {
  const groups = match.groups as Record<string, string | undefined>;
  if (groups["apostrophe"] !== undefined) return { kind: "text", range, text: "'" };
  if (groups["name"] !== undefined) return tagOf(groups, range);
  const reference = groups["reference"];
  if (reference !== undefined && isText(reference)) return { kind: "text", range, text: decodeText(reference) };
  return { kind: "atom", range };
}

/** Elements that hold nothing. */
const VOID = new Set("area base br col embed hr img input link meta source track wbr x".split(" "));

function tagOf(groups: Record<string, string | undefined>, range: Range): Tag {
  const { slash = "", name = "", attributes = "", closed = "" } = groups as Record<"slash" | "name" | "attributes" | "closed", string>;
  const start = range[0] + 1 + slash.length + name.length;
  const found = [...attributes.matchAll(ATTRIBUTE)].map((match) => {
    const place = match.indices?.[2] ?? match.indices?.[3];
    return { name: match[1]?.toLowerCase() ?? "", value: match[2] ?? match[3] ?? match[4] ?? "", place };
  });
  const read = found.flatMap(({ name: of, value, place }): Range[] =>
    place && READ.has(of) && /\p{L}/u.test(value) ? [[start + place[0], start + place[1]]] : [],
  );
  const lower = name.toLowerCase();
  const kind = slash ? "close" : closed || VOID.has(lower) ? "void" : "open";
  const href = found.find(({ name: of }) => of === "href")?.value;
  const isKept = found.some(({ name: of, value }) => of === "translate" && value.toLowerCase() === "no");
  return { kind, name: lower, range, read, href, isKept };
}
