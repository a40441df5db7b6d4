import type { Tagged } from "../../engine/document/segment.ts";

/** A word of a text, or a sign between words. */
export interface Token {
  /** As words are compared: composed, without what only says where a line may break, apostrophes as one sign. */
  readonly word: string;
  readonly from: number;
  readonly to: number;
  /** Whether space, or an atom, stands before it. */
  readonly spaced: boolean;
  readonly isWord: boolean;
}

/** Scripts that leave no space between words: each letter is taken for a word. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
/** Besides letters: soft hyphens and (non-)joiners, which stand within words. */
const TOKEN = new RegExp(
  String.raw`[${UNSPACED}]\p{M}*|(?:(?![${UNSPACED}])[\p{L}\p{M}\p{N}\u00ad\u200c\u200d])+|[^\s\p{L}\p{M}\p{N}]`,
  "gu",
);
const IN_WORD = /^[\p{L}\p{M}\p{N}]/u;
/** Bounded, so that a long run of letters is not read once for each of its letters. Scripts without spaces go on right behind it. */
const ADDRESS = new RegExp(
  String.raw`(?:https?://|www\.)[^\s<>"${UNSPACED}]+|[\w.+\-]{1,64}@[\w\-]+\.[\w.\-]{1,200}|\x60[^\x60]{1,400}\x60`,
  "gu",
);

/** The words of `text`; one that an atom stands in is two. */
export function tokensOf({ text, tags }: Tagged): Token[] {
  const atoms = new Set(tags.flatMap(({ kind, at }) => (kind === "atom" ? [at] : [])));
  const tokens: Token[] = [];
  const add = (from: number, to: number) => {
    const raw = text.slice(from, to);
    const spaced = from === 0 || /\s/.test(text[from - 1] ?? "") || atoms.has(from);
    tokens.push({ word: plain(raw), from, to, spaced, isWord: IN_WORD.test(raw) });
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    let from = index;
    for (let at = index + 1; at < index + token.length; at++) {
      if (!atoms.has(at)) continue;
      add(from, at);
      from = at;
    }
    add(from, index + token.length);
  }
  return tokens;
}

function plain(word: string): string {
  return word
    .normalize("NFC")
    .replace(/[\u00ad\u200c\u200d]/g, "")
    .replace(/[’ʼ]/g, "'");
}

/** Whether any of a text from `from` to `to` is of an address or of code, which no term is looked for in. */
export function addressesIn(text: string): (from: number, to: number) => boolean {
  const before = new Uint32Array(text.length + 1);
  let found = false;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    found = true;
    before.fill(1, index + 1, index + address.length + 1);
  }
  if (!found) return () => false;
  for (let at = 1; at <= text.length; at++) before[at] = (before[at] ?? 0) + (before[at - 1] ?? 0);
  return (from, to) => before[to] !== before[from];
}

/** Whether `text` goes on as one word, name or address beyond `from` or `to`, by one of `joiners` ("sub-", ".example"). */
export function isPart(text: string, { from, to }: { readonly from: number; readonly to: number }, joiners: string): boolean {
  const joins = (at: number, beyond: number) => joiners.includes(text[at] ?? " ") && IN_WORD.test(codePointAt(text, beyond));
  return joins(from - 1, from - 2) || joins(to, to + 1);
}

function codePointAt(text: string, at: number): string {
  const unit = text.charCodeAt(at);
  // The second half of a letter beyond the basic plane.
  const start = unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
  return at < 0 || at >= text.length ? "" : String.fromCodePoint(text.codePointAt(start) ?? 0x20);
}
