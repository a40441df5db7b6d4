import { createHash } from "node:crypto";
import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair } from "../../engine/ports/translator.ts";
import type { Term } from "../order.ts";
import { languageOf, native, opaque, type PreparedUnit } from "./prepared.ts";
import { TermIndex } from "./term_index.ts";

/** Terms of one pair of languages. */
export interface TermList {
  /** Of everything in it; empty for none: what was translated by other terms is another translation. */
  readonly hash: string;
  readonly terms: readonly Term[];
}

/** All terms that one document is held to. */
export interface TermBook extends TermList {
  /** Those of `pair`. */
  of(pair: LanguagePair): TermList;
  /** `native`: the engine keeps to terms by itself. */
  prepare(unit: Tagged, pair: LanguagePair, native: boolean): PreparedUnit;
}

/** Terms, and the languages that they are of; those of a job alone are of all that its document is in. */
export interface TermSource {
  readonly pair?: LanguagePair;
  readonly terms: readonly Term[];
}

export const NO_TERMS: TermBook = {
  hash: "",
  terms: [],
  of: () => ({ hash: "", terms: [] }),
  prepare: (unit) => ({ unit, terms: [], isAllTerms: false, restored: (translation) => translation }),
};

/** What one pair needs to find its terms. */
interface PairBook extends TermList {
  readonly index: TermIndex;
}

/** The terms of `sources`; where two say the same text, the first one's. */
export function termBook(sources: readonly TermSource[]): TermBook {
  const all = sources.flatMap(({ terms }) => terms);
  if (all.length === 0) return NO_TERMS;
  const books = new Map<string, PairBook>();
  const bookOf = (pair: LanguagePair): PairBook => {
    const key = `${pair.source} ${pair.target}`;
    const made = books.get(key) ?? pairBook(sources, pair);
    books.set(key, made);
    return made;
  };
  return {
    hash: hashOf(sources.map(({ pair, terms }) => [pair?.source ?? "", pair?.target ?? "", ...terms.map(written)])),
    terms: all,
    of: bookOf,
    prepare(unit, pair, isNative) {
      const found = bookOf(pair).index.find(unit);
      if (found.length === 0) return NO_TERMS.prepare(unit, pair, isNative);
      return isNative ? native(unit, found, pair) : opaque(unit, found, pair);
    },
  };
}

function pairBook(sources: readonly TermSource[], pair: LanguagePair): PairBook {
  const terms = new Map<string, Term>();
  for (const source of sources)
    if (isOf(source, pair)) for (const term of source.terms) if (!terms.has(keyOf(term))) terms.set(keyOf(term), term);
  const list = [...terms.values()];
  return { terms: list, hash: list.length > 0 ? hashOf(list.map(written)) : "", index: new TermIndex(list, languageOf(pair.source)) };
}

/** A glossary of a language is for all of its regions; one of a region for that one alone. */
function isOf({ pair: own }: TermSource, { source, target }: LanguagePair): boolean {
  const fits = (mine: string, asked: string) => mine === asked || mine === languageOf(asked);
  return own === undefined || (fits(own.source, source) && fits(own.target, target));
}

function keyOf({ source, caseSensitive, target }: Term): string {
  return caseSensitive || target === "" ? `=${source}` : source.toLowerCase();
}

function written({ source, target, caseSensitive, exact }: Term) {
  return [source, target, caseSensitive, exact];
}

function hashOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
