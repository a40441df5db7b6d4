import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, Translation } from "../../engine/ports/translator.ts";
import type { Term } from "../order.ts";

/** A text as it goes to an engine, with what it is held to. */
export interface PreparedUnit {
  /** With the terms as atoms of their own ids, where the engine does not keep to them by itself. */
  readonly unit: Tagged;
  /** Those that stand in it, each once. */
  readonly terms: readonly Term[];
  /** What the engine made of `unit`, with its terms in place, and what of them is missing. */
  restored(translation: Translation): Translation;
}

/** All terms that one document is held to. */
export interface TermBook {
  /** Of everything in it; empty for none: what was translated by other terms is another translation. */
  readonly hash: string;
  readonly terms: readonly Term[];
  /** `native`: the engine keeps to terms by itself. */
  prepare(unit: Tagged, pair: LanguagePair, native: boolean): PreparedUnit;
}

export const NO_TERMS: TermBook = {
  hash: "",
  terms: [],
  prepare: (unit) => ({ unit, terms: [], restored: (translation) => translation }),
};
