import { createRequire } from "node:module";
import { baseOf } from "../document/language_code.ts";

const require = createRequire(import.meta.url);
const SHORTEST = 5;
/** What stays before and after a hyphen at the least. */
const LEAST_HEAD = 2;
const LEAST_TAIL = 3;
/** Patterns of languages whose package is named otherwise. */
const NAMES: Readonly<Record<string, string>> = { no: "nb", "zh-hans": "", zh: "", th: "" };

type Hyphenate = (text: string, options: { hyphenChar: string; minWordLength: number }) => string;

/** Positions in a word before which a hyphen may stand (Liang's patterns); none if the language's are not known. */
export type Hyphenator = (word: string) => readonly number[];

/** The patterns are read when the first word is asked for. */
export function openHyphenator(language: string): Hyphenator {
  let hyphenate: Hyphenate | undefined;
  const known = new Map<string, readonly number[]>();
  return (word) => {
    if (word.length < SHORTEST || !/^\p{L}+$/u.test(word)) return [];
    hyphenate ??= patternsOf(language);
    const positions = known.get(word) ?? positionsIn(hyphenate(word, { hyphenChar: "\u00AD", minWordLength: SHORTEST }));
    known.set(word, positions);
    return positions;
  };
}

function positionsIn(hyphenated: string): number[] {
  const parts = hyphenated.split("\u00AD");
  const length = hyphenated.length - parts.length + 1;
  return parts
    .slice(0, -1)
    .map((_, index) => parts.slice(0, index + 1).join("").length)
    .filter((position) => position >= LEAST_HEAD && length - position >= LEAST_TAIL);
}

function patternsOf(language: string): Hyphenate {
  const full = language.toLowerCase();
  for (const code of [full, baseOf(full)]) {
    const name = NAMES[code] ?? code;
    if (!/^[a-z]{2,3}(-[a-z0-9]+)*$/.test(name)) continue;
    try {
      return (require(`hyphen/${name}`) as { hyphenateSync: Hyphenate }).hyphenateSync;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    }
  }
  return (text) => text;
}
