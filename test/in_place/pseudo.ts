import type { Tag, Tagged } from "../../worker/engine/document/segment.ts";
import type { Translator } from "../../worker/engine/ports/translator.ts";

/** What words are made of, by the language they pass for: none that is found in real texts. */
const SYLLABLES: Readonly<Record<string, readonly string[]>> = {
  latin: ["zor", "vá", "ke", "ñu", "plé", "dri", "mo", "xal", "tí", "bru", "se", "gú", "wén", "qui", "fa", "lod"],
  ar: ["زا", "كت", "نو", "بل", "غير", "تا", "مش", "ري"],
  he: ["זו", "כת", "נב", "של", "גיר", "תא", "מש", "רי"],
};
const SOURCES = ["en", "es", "fr", "de", "pt", "it", "zh", "he", "ar"];
const TARGETS = ["es", "en", "ar", "he"];
/** Numbers, addresses and Roman numerals are not translated. */
const KEPT = /[\p{N}@/\\]|^[IVXLCDM]+$/u;
const WORD = /[\p{L}\p{M}\p{N}@/\\]+(?:['’.][\p{L}\p{M}\p{N}@/\\]+)*/gu;

/**
 * A translator of a language that nobody speaks: each word becomes a fixed other one, some longer, some shorter, on the whole a
 * tenth longer as Spanish is than English. So what is left of a source, and what is there of a translation, can be told exactly.
 */
export const pseudo: Translator = {
  pairs: async () => SOURCES.flatMap((source) => TARGETS.filter((target) => target !== source).map((target) => ({ source, target }))),
  unitOf: async () => "sentence",
  translate: async (batch, { target }) =>
    batch.map((source) => ({ kind: "translated", target: pseudoTagged(source, target), unknown: [] })),
  async [Symbol.asyncDispose]() {},
};

function pseudoTagged({ text, tags }: Tagged, language: string): Tagged {
  let made = "";
  let from = 0;
  const tagsMade: Tag[] = [];
  const waiting = [...tags];
  // A tag within a word goes before it.
  const place = (until: number) => {
    while (waiting[0] && waiting[0].at < until) tagsMade.push({ ...(waiting.shift() as Tag), at: made.length });
  };
  for (const match of text.matchAll(WORD)) {
    for (let at = from; at < match.index; at++) {
      place(at + 1);
      made += text[at];
    }
    place(match.index + match[0].length);
    made += pseudoWord(match[0], language);
    from = match.index + match[0].length;
  }
  for (let at = from; at < text.length; at++) {
    place(at + 1);
    made += text[at];
  }
  place(Number.POSITIVE_INFINITY);
  return { text: made, tags: tagsMade };
}

/** The same for the same word, whatever its capitals. */
export function pseudoWord(word: string, language: string): string {
  if (KEPT.test(word)) return word;
  // Two signs of Chinese are about a word.
  if (/\p{sc=Han}/u.test(word)) return (word.match(/..?/gu) ?? []).map((signs) => wordFor(signs, signs.length * 3, language)).join(" ");
  const made = wordFor(word, [...word].length, language);
  if (word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase()) return made.toUpperCase();
  return /^\p{Lu}/u.test(word) ? made.charAt(0).toUpperCase() + made.slice(1) : made;
}

/** Of about so many letters. */
function wordFor(word: string, letters: number, language: string): string {
  const syllables = (SYLLABLES[language] ?? SYLLABLES["latin"]) as readonly string[];
  let hash = 7;
  for (const letter of word.toLowerCase()) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  const length = Math.max(2, Math.round(letters * (0.8 + (hash % 7) * 0.1)));
  let made = "";
  for (let seed = hash; made.length < length; seed = (Math.imul(seed, 1103515245) + 12345) >>> 0)
    made += syllables[(seed >>> 16) % syllables.length];
  return made.slice(0, length);
}
