import type { LanguagePair } from "../../ports/translator.ts";
import type { Asking } from "./asking.ts";
import { type Detect, otherLanguage } from "./language.ts";
import { sameNumbers } from "./numbers.ts";

/** Shorter ones tell nothing of it. */
const MIN_LETTERS_FOR_LENGTH = 20;
const MIN_WORDS_LEFT = 4;

/** What a translator made of a segment. */
export interface Answer {
  readonly text: string;
  readonly unknown: readonly string[];
}

/** What is surely wrong fails a translation, a term that is missing makes it doubtful. */
export function judgeBy(detect: Detect): Asking["judge"] {
  return ({ text: source }, { target: { text }, unknown, terms }, pair) => {
    const defect = defectOf(source, { text, unknown }, pair) ?? leftOver(source, text, pair, detect);
    if (defect) return { verdict: "failed", reasons: [defect] };
    if (terms && terms.missed.length > 0) return { verdict: "doubt", reasons: ["a term has not the translation that it should have"] };
    return { verdict: "ok", reasons: [] };
  };
}

/** Between near languages many words are the same: it must sound like the source as well. */
function leftOver(source: string, target: string, pair: LanguagePair, detect: Detect): string | undefined {
  if (!isLeftAsItWas(source, target)) return undefined;
  const reversed = { source: pair.target, target: pair.source };
  return otherLanguage(target, reversed, detect) === pair.source ? "most of it was left as it is" : undefined;
}

/** What speaks against a translation, or undefined. A doubtful one is never passed off as done. */
export function defectOf(source: string, { text, unknown }: Answer, pair: LanguagePair): string | undefined {
  const words = source.match(/\p{L}+/gu)?.length ?? 0;
  if (text.trim() === "") return "the translator gave nothing back";
  if (!sameNumbers({ text: source, language: pair.source }, { text, language: pair.target })) return "the numbers differ";
  if (words > 3 && unknown.length > words / 2) return "most words are unknown to the translator";
  const ratio = text.length / source.length;
  if (source.length > MIN_LETTERS_FOR_LENGTH && (ratio < 0.4 || ratio > 3) && !isDense(source + text))
    return "its length does not fit the source";
  return undefined;
}

/** Chinese, Japanese and Korean say in few letters what others say in many. */
function isDense(text: string): boolean {
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(text);
}

/** Whether most of the words that are no names stand in the translation as they did in the source. */
export function isLeftAsItWas(source: string, target: string): boolean {
  const words = plainWords(source);
  if (words.length < MIN_WORDS_LEFT) return false;
  const given = new Set(plainWords(target));
  return words.filter((word) => given.has(word)).length > words.length * 0.6;
}

function plainWords(text: string): string[] {
  return text.match(/(?<![\p{L}\p{M}])\p{Ll}[\p{L}\p{M}]{3,}/gu) ?? [];
}
