import { LatestMap } from "../../../platform/async/latest_map.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Term } from "../order.ts";
import { type Forms, formsOf, type GrammaticalNumber, startOf } from "./forms.ts";
import { headLength } from "./plural.ts";
import { addressesIn, isPart, type Token, tokensOf } from "./words.ts";

/** Where a term stands in a text. */
export interface Occurrence {
  readonly term: Term;
  readonly from: number;
  readonly to: number;
  readonly number: GrammaticalNumber;
}

interface PatternWord {
  readonly token: Token;
  /** Made when they are first needed: of thousands of terms few stand in a document. */
  readonly forms: () => Forms;
}

/** A term as it is looked for. */
export interface Pattern {
  readonly term: Term;
  readonly words: readonly PatternWord[];
  readonly isExactCase: boolean;
  readonly joiners: string;
}

/** They make one word of two; what is not to be translated stands in such words too. */
const JOINERS = "-‐‑_@.";
const JOINERS_OF_NAMES = "_@.";
const MAX_WORDS = 2_000;
const LONG_WORD = 10;

/** How `text` is looked for, in a language by its ISO 639 code; undefined where nothing is in it. `isLoose`: to see whether it stands somewhere. */
export function patternOf(term: Term, text: string, language: string, isLoose = false): Pattern | undefined {
  const isExactCase = term.caseSensitive;
  const tokens = tokensOf({ text, tags: [] });
  // A translation is looked for as it agrees with what is around it, of which its end is no part ("servidores de correo").
  const changing = isLoose
    ? headLength(
        tokens.map(({ word }) => word),
        language,
      )
    : tokens.length;
  const words = tokens.map((token, index): PatternWord => {
    const own = term.exact || !token.isWord || index >= changing ? "" : language;
    let forms: Forms | undefined;
    return {
      token,
      forms: () => {
        forms ??= formsOf(cased(token.word, isExactCase), own, isLoose);
        return forms;
      },
    };
  });
  const joiners = isLoose ? "" : term.target === "" ? JOINERS_OF_NAMES : JOINERS;
  return words.length === 0 ? undefined : { term, words, isExactCase, joiners };
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

/** Terms by how their first words begin; of one text each the first. */
export class TermIndex {
  readonly #byStart = new Map<string, Pattern[]>();
  /** Those that begin with a word, by it, as it was met: documents say the same words again and again. */
  readonly #byWord = new LatestMap<string, readonly Pattern[]>(MAX_WORDS);
  readonly #language: string;

  /** `language`: an ISO 639 code. */
  constructor(terms: readonly Term[], language: string) {
    this.#language = language;
    for (const term of terms) {
      const pattern = patternOf(term, term.source, language);
      for (const start of pattern ? startsOf(pattern, language) : []) {
        const same = this.#byStart.get(start);
        if (!pattern) continue;
        if (same) same.push(pattern);
        else this.#byStart.set(start, [pattern]);
      }
    }
    // Sorting is stable: of equals the first one goes before.
    for (const patterns of this.#byStart.values()) patterns.sort((one, other) => other.words.length - one.words.length);
  }

  get isEmpty(): boolean {
    return this.#byStart.size === 0;
  }

  /** The longest term that begins at the token `at`. */
  matchAt({ text, tokens, isAddress }: Reading, at: number): Match | undefined {
    const first = tokens[at] as Token;
    for (const pattern of this.#beginningWith(first.word)) {
      const number = matches(pattern, tokens, at);
      if (!number) continue;
      const range = { from: first.from, to: (tokens[at + pattern.words.length - 1] as Token).to };
      const isInAddress = pattern.term.target !== "" && isAddress(range.from, range.to);
      if (isInAddress || isPart(text, range, pattern.joiners)) continue;
      return { occurrence: { term: pattern.term, ...range, number }, length: pattern.words.length };
    }
    return undefined;
  }

  #beginningWith(word: string): readonly Pattern[] {
    const known = this.#byWord.get(word);
    if (known) return known;
    const near = this.#byStart.get(startOf(word.toLowerCase(), this.#language)) ?? [];
    const found = near.filter(({ words: [first], isExactCase }) => first?.forms().of(cased(word, isExactCase)) !== undefined);
    this.#byWord.set(word, found);
    return found;
  }
}

/** How often each of `patterns` stands in `text`; they may overlap others, but not themselves. */
export function countsOf(patterns: readonly Pattern[], text: string, language: string): ReadonlyMap<Pattern, number> {
  const byStart = new Map<string, Pattern[]>();
  for (const pattern of patterns)
    for (const start of startsOf(pattern, language)) byStart.set(start, [...(byStart.get(start) ?? []), pattern]);
  const counts = new Map<Pattern, number>();
  const ends = new Map<Pattern, number>();
  const tokens = tokensOf({ text, tags: [] });
  for (const [at, { word }] of tokens.entries())
    for (const pattern of byStart.get(startOf(word.toLowerCase(), language)) ?? []) {
      if (at < (ends.get(pattern) ?? 0) || !matches(pattern, tokens, at)) continue;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
      ends.set(pattern, at + pattern.words.length);
    }
  return counts;
}

/** Whether the tokens from `at` on are forms of the pattern's words; of several if any of them is. */
function matches({ words, isExactCase }: Pattern, tokens: readonly Token[], at: number): GrammaticalNumber | undefined {
  let number: GrammaticalNumber = "same";
  for (const [index, { token, forms }] of words.entries()) {
    const here = tokens[at + index];
    if (!here || (index > 0 && here.spaced !== token.spaced)) return undefined;
    const said = forms().of(cased(here.word, isExactCase));
    if (!said) return undefined;
    if (said === "many") number = "many";
  }
  return number;
}

function startsOf({ words: [first], term }: Pattern, language: string): ReadonlySet<string> {
  if (!first) return new Set();
  // No ending is so long that it reaches back to the beginning of such a word.
  const isLong = first.token.word.length >= LONG_WORD && language !== "de";
  const starts = isLong || term.exact ? [first.token.word] : first.forms().starts;
  return new Set([...starts].map((start) => startOf(start.toLowerCase(), language)));
}

function cased(word: string, isExact: boolean): string {
  return isExact ? word : word.toLowerCase();
}
