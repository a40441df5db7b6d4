import { baseOf } from "../../../document/language_code.ts";
import { otherLanguage, seemsForeign } from "../language.ts";
import { type Check, doubt, failed, plainWords, UNSPACED, withAtoms } from "./check.ts";
import { withoutAddresses } from "./verbatim.ts";

const MIN_WORDS_LEFT = 4;
const LEFT_SHARE = 0.6;
const RUN_WORDS = 4;
/** Names and what programs are called may stay; a word beside others that no capital begins is part of a text. */
const MIN_SAME_WORDS = 2;
const SMALL_WORD = /(?<![\p{L}\p{M}\p{N}_-])\p{Ll}[\p{L}\p{M}]{2,}(?![\p{L}\p{M}\p{N}_-])/u;
const MIN_FOREIGN_LETTERS = 6;

/** It is the source, or most of its words are and it sounds like it: between near languages many words are the same. */
export const leftAsItWas: Check = ({ source, target, pair, detect }) => {
  const [from, to] = [baseOf(pair.source), baseOf(pair.target)];
  if (isLeftAsItWas(source.text, target.text) && otherLanguage(target.text, { source: to, target: from }, detect) === from)
    return failed("most of it was left as it is");
  if (source.text !== target.text) return undefined;
  if (seemsForeign(target.text, to, detect) === from) return failed("it was left as it is");
  const isText = wordsOf(source.text).length >= MIN_SAME_WORDS && SMALL_WORD.test(source.text);
  return isText ? doubt("it is the same as the source") : undefined;
};

/** Whether most of the words that are no names stand in the translation as they did in the source. */
function isLeftAsItWas(source: string, target: string): boolean {
  const words = plainWords(source);
  if (words.length < MIN_WORDS_LEFT) return false;
  const given = new Set(plainWords(target));
  return words.filter((word) => given.has(word)).length > words.length * LEFT_SHARE;
}

/** It is in another language than the target, and not because the source was. */
export const language: Check = ({ source, target, pair, detect }) => {
  const [from, to] = [baseOf(pair.source), baseOf(pair.target)];
  const found = seemsForeign(withoutAddresses(target.text), to, detect);
  if (found === undefined) return undefined;
  if (found === from) return doubt("it seems to be in the source's language");
  return seemsForeign(source.text, from, detect) === found ? undefined : doubt("it seems to be in another language");
};

/** Small words in a row, with nothing but a space between them. */
const RUN = /(?<![\p{L}\p{M}\p{N}_-])\p{Ll}[\p{L}\p{M}]*(?: \p{Ll}[\p{L}\p{M}]*){3,}(?![\p{L}\p{M}\p{N}_-])/gu;

/** A part of it was not translated. */
export const leftInPart: Check = ({ source, target }) => {
  const given = runsOf(withAtoms(target));
  return [...runsOf(withAtoms(source))].some((run) => given.has(run)) ? doubt("a part of it was left as it is") : undefined;
};

function runsOf(text: string): ReadonlySet<string> {
  const runs = new Set<string>();
  for (const [run] of text.matchAll(RUN)) {
    const words = run.split(" ");
    for (let from = 0; from + RUN_WORDS <= words.length; from++) runs.add(words.slice(from, from + RUN_WORDS).join(" "));
  }
  return runs;
}

/** What stands beside a foreign name without a space is a word by itself. */
const WORD = new RegExp(`[${UNSPACED}]+|[[\\p{L}\\p{M}\\p{N}]--[${UNSPACED}]]+`, "gv");

function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** What ISO 15924 calls several scripts together. */
const TOGETHER: Readonly<Record<string, string>> = {
  Jpan: "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}",
  Kore: "\\p{sc=Hangul}\\p{sc=Han}",
  Hans: "\\p{sc=Han}",
  Hant: "\\p{sc=Han}",
};
/** Languages that are written in Latin script as well as in the usual one of theirs. */
const ALSO_LATIN: ReadonlySet<string> = new Set(["sr", "uz", "az", "kk", "ku", "mn", "pa", "ms", "tg"]);
const scripts = new Map<string, RegExp | undefined>();

/** Most of what was not taken from the source is in letters that the target is not written in. */
export const script: Check = ({ source, target, pair }) => {
  const expected = scriptOf(pair.target);
  if (!expected) return undefined;
  const taken = new Set(wordsOf(source.text));
  const letters = wordsOf(target.text)
    .filter((word) => !taken.has(word))
    .join("")
    .match(/\p{L}/gu);
  if (!letters || letters.length < MIN_FOREIGN_LETTERS) return undefined;
  const own = letters.filter((letter) => expected.test(letter)).length;
  return own < letters.length / 2 ? failed("it is not in the target's script") : undefined;
};

function scriptOf(code: string): RegExp | undefined {
  if (!scripts.has(code)) scripts.set(code, makeScript(code));
  return scripts.get(code);
}

function makeScript(code: string): RegExp | undefined {
  try {
    const { script: named, language: base } = new Intl.Locale(code).maximize();
    if (!named) return undefined;
    const latin = ALSO_LATIN.has(base) && !code.includes(named) ? "\\p{sc=Latn}" : "";
    return new RegExp(`[${TOGETHER[named] ?? `\\p{sc=${named}}`}${latin}]`, "u");
  } catch {
    return undefined;
  }
}
