import type { Tagged } from "../../engine/document/segment.ts";
import type { Term } from "../order.ts";
import type { GrammaticalNumber } from "./forms.ts";
import { type Pattern, patternOf } from "./pattern.ts";
import { TermTrie } from "./term_trie.ts";
import { addressesIn, isPart, type Token, tokensOf } from "./words.ts";

/** Where a term stands in a text. */
export interface Occurrence {
  readonly term: Term;
  readonly from: number;
  readonly to: number;
  readonly number: GrammaticalNumber;
}

/** A text as terms are looked for in it. */
interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly isAddress: (from: number, to: number) => boolean;
}

interface Match {
  readonly occurrence: Occurrence;
  /** In words. */
  readonly length: number;
}

/**
 * The terms of `indexes` that stand in `tagged`, from its beginning, of those that begin at one word the longest, among equals that
 * of the first index; none overlap.
 */
export function findTerms(indexes: readonly TermIndex[], tagged: Tagged): Occurrence[] {
  const filled = indexes.filter(({ isEmpty }) => !isEmpty);
  if (filled.length === 0) return [];
  const { text } = tagged;
  const reading = { text, tokens: tokensOf(tagged), isAddress: addressesIn(text) };
  const found: Occurrence[] = [];
  for (let at = 0; at < reading.tokens.length; ) {
    let longest: Match | undefined;
    for (const index of filled) {
      const match = index.matchAt(reading, at);
      if (match && match.length > (longest?.length ?? 0)) longest = match;
    }
    if (longest) found.push(longest.occurrence);
    at += longest?.length ?? 1;
  }
  return found;
}

/** Terms as they are looked for; of one text each the first. */
export class TermIndex {
  readonly #trie: TermTrie;
  /** Their places among each other. */
  readonly #order = new Map<Pattern, number>();

  /** `language`: an ISO 639 code. */
  constructor(terms: readonly Term[], language: string) {
    const patterns = terms.flatMap((term) => patternOf(term, term.source, language) ?? []);
    for (const [index, pattern] of patterns.entries()) this.#order.set(pattern, index);
    this.#trie = new TermTrie(patterns);
  }

  get isEmpty(): boolean {
    return this.#trie.isEmpty;
  }

  /** The longest term that begins at the token `at`, of equals the first. */
  matchAt({ text, tokens, isAddress }: Reading, at: number): Match | undefined {
    const { from } = tokens[at] as Token;
    let best: (Match & { readonly order: number }) | undefined;
    for (const { pattern, number } of this.#trie.findAt(tokens, at)) {
      const { term, words, joiners } = pattern;
      const order = this.#order.get(pattern) ?? 0;
      if (best && (words.length < best.length || (words.length === best.length && order > best.order))) continue;
      const range = { from, to: (tokens[at + words.length - 1] as Token).to };
      if ((term.target !== "" && isAddress(range.from, range.to)) || isPart(text, range, joiners)) continue;
      best = { occurrence: { term, ...range, number }, length: words.length, order };
    }
    return best;
  }
}

/** How often each of `patterns` stands in `text`; they may overlap others, but not themselves. */
export function countsOf(patterns: readonly Pattern[], text: string): ReadonlyMap<Pattern, number> {
  const trie = new TermTrie(patterns);
  const counts = new Map<Pattern, number>();
  const ends = new Map<Pattern, number>();
  const tokens = tokensOf({ text, tags: [] });
  for (const at of tokens.keys())
    for (const { pattern } of trie.findAt(tokens, at)) {
      if (at < (ends.get(pattern) ?? 0)) continue;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
      ends.set(pattern, at + pattern.words.length);
    }
  return counts;
}
