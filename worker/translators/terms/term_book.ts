import { createHash } from "node:crypto";
import { baseOf } from "../../engine/document/language_code.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, Translation } from "../../engine/ports/translator.ts";
import type { Term } from "../order.ts";
import { native, opaque, type PreparedUnit } from "./prepared.ts";
import { findTerms, TermIndex } from "./term_index.ts";

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
  /** Its glossaries that are of none of `pairs`. */
  unused(pairs: readonly LanguagePair[]): readonly TermSource[];
  /** `native`: the engine keeps to terms by itself. */
  prepare(unit: Tagged, pair: LanguagePair, native: boolean): PreparedUnit;
}

/** Terms, and the languages that they are of; those of a job alone are of all that its document is in. */
export interface TermSource {
  /** Of a glossary, for people: its id and version. */
  readonly name?: string;
  readonly pair?: LanguagePair;
  readonly terms: readonly Term[];
}

const same = (translation: Translation) => translation;

export const NO_TERMS: TermBook = {
  hash: "",
  terms: [],
  of: () => ({ hash: "", terms: [] }),
  unused: () => [],
  prepare: (unit) => ({ unit, terms: [], isAllTerms: false, restored: same, checked: same, again: () => undefined }),
};

/** The terms of `sources`; where two say the same text, the first one's. */
export function termBook(sources: readonly TermSource[]): TermBook {
  const all = sources.flatMap(({ terms }) => terms);
  if (all.length === 0) return NO_TERMS;
  const lists = new Map<string, TermList>();
  return {
    hash: hashOf(sources.map(writtenOf)),
    terms: all,
    of(pair) {
      const key = `${pair.source} ${pair.target}`;
      const made = lists.get(key) ?? listOf(sources.filter((source) => isOf(source, pair)));
      lists.set(key, made);
      return made;
    },
    unused: (pairs) => sources.filter((source) => source.pair !== undefined && !pairs.some((pair) => isOf(source, pair))),
    prepare(unit, pair, isNative) {
      const language = baseOf(pair.source);
      const indexes = sources.filter((source) => isOf(source, pair)).map((source) => indexOf(source, language));
      const found = findTerms(indexes, unit);
      if (found.length === 0) return NO_TERMS.prepare(unit, pair, isNative);
      return isNative ? native(unit, found, pair) : opaque(unit, found, pair);
    },
  };
}

function listOf(sources: readonly TermSource[]): TermList {
  const terms = new Map<string, Term>();
  for (const term of sources.flatMap((source) => source.terms)) if (!terms.has(keyOf(term))) terms.set(keyOf(term), term);
  return { terms: [...terms.values()], hash: terms.size > 0 ? hashOf(sources.map(writtenOf)) : "" };
}

/** A glossary is used by many documents; what is made of it is forgotten with it. */
const INDEXES = new WeakMap<TermSource, Map<string, TermIndex>>();
const WRITTEN = new WeakMap<TermSource, string>();

function indexOf(source: TermSource, language: string): TermIndex {
  const known = INDEXES.get(source) ?? new Map<string, TermIndex>();
  INDEXES.set(source, known);
  const index = known.get(language) ?? new TermIndex(source.terms, language);
  known.set(language, index);
  return index;
}

function writtenOf(source: TermSource): string {
  const { pair, terms } = source;
  const said = terms.map((term) => [term.source, term.target, term.caseSensitive, term.exact]);
  const written = WRITTEN.get(source) ?? hashOf([pair?.source ?? "", pair?.target ?? "", said]);
  WRITTEN.set(source, written);
  return written;
}

/** A glossary of a language is for all of its regions; one of a region for that one alone. */
function isOf({ pair: own }: TermSource, { source, target }: LanguagePair): boolean {
  const fits = (mine: string, asked: string) => mine === asked || mine === baseOf(asked);
  return own === undefined || (fits(own.source, source) && fits(own.target, target));
}

function keyOf({ source, caseSensitive }: Term): string {
  return caseSensitive ? `=${source}` : source.toLowerCase();
}

function hashOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
