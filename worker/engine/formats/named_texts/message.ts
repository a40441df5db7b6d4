import type { Atom, Inline, Span, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { decodeText } from "../markup/references.ts";
import { type IcuPlural, type IcuText, isStructured, readIcu } from "./icu.ts";
import { referencesIn } from "./references.ts";
import { type Quoting, type Tag, type Token, tokensOf } from "./tokens.ts";

/** Where an atom stands in its value, or the marks of a span do. */
export type MarkAnchor = { readonly range: Range } | { readonly open: Range; readonly close: Range };

/** A text of a message. Those within a branch or a tag of another come after it. */
export interface MessagePart {
  readonly content: readonly Inline[];
  /** In the value. */
  readonly range: Range;
  /** A value in a tag, which stands in these quotes. */
  readonly quote?: string | undefined;
}

/** A value that programs show to people, taken apart into what is translated. */
export interface Message {
  readonly parts: readonly MessagePart[];
  readonly plurals: readonly IcuPlural[];
  readonly quoting: Quoting;
  /** It selects between texts, but in no way that ICU knows: it has no parts. */
  readonly isBroken: boolean;
}

/** What the files of a format write values by. */
export interface Dialect {
  /** Java's MessageFormat, wherever a value has an argument of a number: apostrophes are doubled. */
  readonly isJava?: boolean;
  /** ICU, wherever a value has an argument: an apostrophe before one would quote it ("l'{name}"). */
  readonly isIcu?: boolean;
}

/** Deeper marks are atoms. */
const MAX_DEPTH = 40;

export function readMessage(value: string, dialect: Dialect = {}): Message {
  const structured = isStructured(value);
  const icu = structured ? readIcu(value) : undefined;
  if (structured && !icu) return { parts: [], plurals: [], quoting: "none", isBroken: true };
  const quoting = icu ? "icu" : quotingOf(value, dialect);
  const references = referencesIn(value);
  const byReference = new Set(references.values());
  // Letters may be written as they are: words stay whole.
  const isText = (reference: string) => byReference.has(reference) || /^\p{L}$/u.test(decodeText(reference));
  const parts: MessagePart[] = [];
  const read = (text: IcuText) => {
    const tokens = text.parts.flatMap(({ kind, range }): Token[] =>
      kind === "literal" ? tokensOf(value, range, quoting, isText) : [{ kind: "atom", range }],
    );
    const said = withoutEnds(tokens);
    const content = contentOf(said, value);
    if (hasLetters(content)) parts.push({ content, range: [said[0]?.range[0] ?? 0, said.at(-1)?.range[1] ?? 0] });
    for (const token of tokens) {
      if (token.kind === "text" || token.kind === "atom" || token.kind === "break") continue;
      for (const range of token.read) {
        const words = contentOf(tokensOf(value, range, quoting, isText), value);
        if (hasLetters(words)) parts.push({ content: words, range, quote: value[range[1]] });
      }
    }
    for (const { branches } of text.parts) for (const branch of branches) read(branch);
  };
  const whole: Range = [0, value.length];
  read(icu?.text ?? { range: whole, parts: [{ kind: "literal", range: whole, branches: [] }] });
  return { parts, plurals: icu?.plurals ?? [], quoting, isBroken: false };
}

/** Without the line ends before and behind all of it. */
function withoutEnds(tokens: readonly Token[]): readonly Token[] {
  const from = tokens.findIndex(({ kind }) => kind !== "break");
  return from < 0 ? [] : tokens.slice(from, tokens.findLastIndex(({ kind }) => kind !== "break") + 1);
}

function quotingOf(value: string, { isJava = false, isIcu = false }: Dialect): Quoting {
  if (isIcu && /\{\s{0,9}[\w.-]{1,60}\s{0,9}[,}]/.test(value) && !value.includes("{{")) return "icu";
  if (isJava && /\{\d+\s*[,}]/.test(value)) return /\p{L}'\p{L}/u.test(value) ? "none" : "doubled";
  return value.includes("{") && /\p{L}''\p{L}/u.test(value) ? "doubled" : "none";
}

export function hasLetters(content: readonly Inline[]): boolean {
  return content.some((inline) =>
    inline.kind === "span" ? hasLetters(inline.content) : inline.kind === "text" && /\p{L}/u.test(inline.text),
  );
}

/** Elements that end what stands before them. */
const PARTING = new Set(
  "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p section select summary table tbody td tfoot th thead title tr ul".split(
    " ",
  ),
);
/** What stands in them is not read as words. */
const KEPT = new Set("code kbd math pre samp script style svg textarea tt var".split(" "));
const STYLES: Readonly<Record<string, TextStyle>> = {
  b: { bold: true },
  strong: { bold: true },
  i: { italic: true },
  em: { italic: true },
  u: { underline: true },
  s: { strike: true },
  del: { strike: true },
  sub: { script: "sub" },
  sup: { script: "super" },
};

function contentOf(tokens: readonly Token[], value: string): Inline[] {
  const ends = pairsOf(tokens);
  const root: Inline[] = [];
  const open: { readonly content: Inline[]; readonly end: number }[] = [];
  let content = root;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const end = ends.get(at);
    if (token.kind === "text") addText(content, token.text);
    else if (open.at(-1)?.end === at) {
      open.pop();
      content = open.at(-1)?.content ?? root;
    } else if (token.kind === "break" || token.kind === "atom")
      content.push(atomOf(token.kind === "break" ? "break" : "field", token.range, value));
    else if (PARTING.has(token.name)) content.push(atomOf("break", token.range, value));
    else if (end === undefined || open.length >= MAX_DEPTH)
      content.push(atomOf(token.name === "img" ? "image" : "html", token.range, value));
    else if (KEPT.has(token.name) || token.isKept) {
      content.push(atomOf("code", [token.range[0], (tokens[end] as Tag).range[1]], value));
      at = end;
    } else {
      const inner: Inline[] = [];
      content.push(spanOf(token, (tokens[end] as Tag).range, inner));
      open.push({ content: inner, end });
      content = inner;
    }
  }
  return root;
}

/** Neighbouring texts are one. */
function addText(content: Inline[], text: string): void {
  const last = content.at(-1);
  if (last?.kind === "text") content[content.length - 1] = { kind: "text", text: last.text + text };
  else content.push({ kind: "text", text });
}

function atomOf(as: Atom["as"], range: Range, value: string): Atom {
  const anchor: MarkAnchor = { range };
  return { kind: "atom", as, text: as === "break" ? "" : shownOf(value.slice(...range)), anchor };
}

/** Of a plural or a selection its name: its texts stand beside it. */
function shownOf(mark: string): string {
  const [, name] = /^\{\s*([\w.-]{1,100})\s*,\s*(?:plural|select|selectordinal)\s*,/.exec(mark) ?? [];
  return name === undefined ? mark : `{${name}}`;
}

function spanOf(tag: Tag, close: Range, content: Inline[]): Span {
  const anchor: MarkAnchor = { open: tag.range, close };
  const style = STYLES[tag.name];
  const link = tag.name === "a" ? tag.href : undefined;
  return { kind: "span", ...(style && { style }), ...(link && { link }), content, anchor };
}

/** Which tags close which, by their index: the nearest of the same name, so that pairs nest. What parts lines pairs with nothing. */
function pairsOf(tokens: readonly Token[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: { readonly name: string; readonly at: number }[] = [];
  const counts = new Map<string, number>();
  for (const [at, token] of tokens.entries()) {
    if ((token.kind !== "open" && token.kind !== "close") || PARTING.has(token.name)) continue;
    const count = counts.get(token.name) ?? 0;
    if (token.kind === "open") {
      open.push({ name: token.name, at });
      counts.set(token.name, count + 1);
    } else if (count > 0) {
      for (let last = open.pop(); last; last = open.pop()) {
        counts.set(last.name, (counts.get(last.name) ?? 1) - 1);
        if (last.name !== token.name) continue;
        pairs.set(last.at, at);
        break;
      }
    }
  }
  return pairs;
}
