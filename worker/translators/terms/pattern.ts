import type { Term } from "../order.ts";
import { type Forms, formsOf, type GrammaticalNumber } from "./forms.ts";
import { headLength } from "./plural.ts";
import { type Token, tokensOf } from "./words.ts";

interface PatternWord {
  readonly token: Token;
  /** ISO 639, whose endings it may have; empty for none. */
  readonly language: string;
  readonly isLoose: boolean;
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
      ...{ token, language: own, isLoose },
      forms: () => {
        forms ??= formsOf(cased(token.word, isExactCase), own, isLoose);
        return forms;
      },
    };
  });
  const joiners = isLoose ? "" : term.target === "" ? JOINERS_OF_NAMES : JOINERS;
  return words.length === 0 ? undefined : { term, words, isExactCase, joiners };
}

/** Whether the tokens from `at` on are forms of the pattern's words; of several if any of them is. */
export function matches({ words, isExactCase }: Pattern, tokens: readonly Token[], at: number): GrammaticalNumber | undefined {
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

function cased(word: string, isExact: boolean): string {
  return isExact ? word : word.toLowerCase();
}
