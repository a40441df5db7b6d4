import type { Inline, Span, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { KEPT_IN_TEXT, parted, unwrapped } from "../inline_text.ts";
import type { SubtitleKind } from "./cues.ts";

/** A piece of a cue's text. Marks are what has no end: times within a cue, overrides as "{\an8}". */
export interface Token {
  readonly kind: "text" | "open" | "close" | "mark" | "line";
  /** Of a tag, in lower case. */
  readonly name: string;
  readonly range: Range;
}

/** Of spans: their tags; of atoms: all of them. */
export interface SpanAnchor {
  readonly open: Range;
  readonly close: Range;
}

export interface AtomAnchor {
  readonly range: Range;
}

const SRT = /<(\/?)(i|b|u|s|em|strong|font|span|c|v|lang|ruby|rt)(?=[\s.>])[^<>\r\n]{0,200}>|\{\\[^{}\r\n]{0,200}\}|\r\n|\n|\r/gi;
const VTT = /<(\/?)([a-z]{0,10})[^<>\r\n]{0,500}>|\r\n|\n|\r/gi;

export function tokensOf(source: string, [from, to]: Range, kind: SubtitleKind): Token[] {
  const text = source.slice(from, to);
  const tokens: Token[] = [];
  const add = (token: Omit<Token, "range">, start: number, end: number) => {
    if (end > start) tokens.push({ ...token, range: [from + start, from + end] });
  };
  let at = 0;
  for (const match of text.matchAll(kind === "srt" ? SRT : VTT)) {
    const [raw, slash, name = ""] = match;
    add({ kind: "text", name: "" }, at, match.index);
    at = match.index + raw.length;
    add({ kind: kindOf(raw, slash, name), name: name.toLowerCase() }, match.index, at);
  }
  add({ kind: "text", name: "" }, at, text.length);
  return tokens;
}

function kindOf(raw: string, slash: string | undefined, name: string): Token["kind"] {
  if (/^[\r\n]/.test(raw)) return "line";
  if (name === "") return "mark";
  return slash ? "close" : "open";
}

/** So far back a tag that is open is looked for. */
const DEPTH = 16;

/** Which tag closes which of `tokens`, by their indexes. What opens within another and does not end there has no pair. */
export function pairsOf(tokens: readonly Token[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, name }] of tokens.entries()) {
    if (kind === "open") open.push(index);
    if (kind !== "close") continue;
    const found = open.slice(-DEPTH).findLastIndex((from) => tokens[from]?.name === name);
    if (found < 0) continue;
    const depth = Math.max(0, open.length - DEPTH) + found;
    pairs.set(open[depth] as number, index);
    open.length = depth;
  }
  return pairs;
}

export function decoded(text: string, kind: SubtitleKind): string {
  if (kind === "srt") return text;
  return text.replace(/&(amp|lt|gt|lrm|rlm|nbsp|quot|apos|#39);/g, (_, name: keyof typeof REFERENCES) => REFERENCES[name]);
}

const REFERENCES = { amp: "&", lt: "<", gt: ">", lrm: "\u200e", rlm: "\u200f", nbsp: "\u00a0", quot: '"', apos: "'", "#39": "'" } as const;

/** `text` so that a player shows it as it is, and takes it for no times. */
export function encoded(text: string, kind: SubtitleKind): string {
  if (kind === "srt") return text.replaceAll("-->", "→");
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\u00a0", "&nbsp;");
}

/** What `tokens` say, their lines as one. */
export function contentOf(tokens: readonly Token[], source: string, kind: SubtitleKind): Inline[] {
  const pairs = pairsOf(tokens);
  const between = (from: number, to: number): Inline[] => {
    const content: Inline[] = [];
    let text = "";
    const flush = () => {
      content.push(...wordsOf(unwrapped(text.replace(/(?<=\p{L}-)[ \t]*(?:\r\n|\n|\r)[ \t]*(?=\p{Ll})/gu, ""))));
      text = "";
    };
    for (let index = from; index < to; index++) {
      const token = tokens[index] as Token;
      const close = pairs.get(index);
      if (token.kind === "text" || token.kind === "line") {
        const raw = source.slice(...token.range);
        text += token.kind === "text" ? decoded(raw, kind) : raw;
        continue;
      }
      flush();
      if (close === undefined) content.push({ kind: "atom", as: "html", text: "", anchor: { range: token.range } satisfies AtomAnchor });
      else {
        content.push(spanOf(token, tokens[close] as Token, between(index + 1, close), source));
        index = close;
      }
    }
    flush();
    return content;
  };
  return between(0, tokens.length);
}

function spanOf(open: Token, close: Token, content: Inline[], source: string): Span {
  const style = styleOf(open.name, source.slice(...open.range));
  const anchor: SpanAnchor = { open: open.range, close: close.range };
  return { kind: "span", ...(style && { style }), content, anchor };
}

function styleOf(name: string, tag: string): TextStyle | undefined {
  if (name === "i" || name === "em") return { italic: true };
  if (name === "b" || name === "strong") return { bold: true };
  if (name === "u") return { underline: true };
  if (name === "s") return { strike: true };
  const color = name === "font" ? /color=["']?(#[\da-f]{6})\b/i.exec(tag)?.[1] : undefined;
  return color === undefined ? undefined : { color: color.toLowerCase() };
}

/** Addresses go along with the words around them. */
function wordsOf(text: string): Inline[] {
  return parted(text, KEPT_IN_TEXT, (found) => ({ kind: "atom", as: "field", text: found }));
}
