import { baseOf } from "../../document/language_code.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair } from "../../ports/translator.ts";

/** Fewer letters tell no language, but for a script that is mostly one language's. */
const MIN_LETTERS = 20;
/** More of a document tells its language no better. */
export const SAMPLE_LETTERS = 5000;
/** What is asked of at once: shorter lines are joined, so that a cell of a table is not taken for another language. */
const CHUNK_LETTERS = 60;
/** Of all letters, for a language that is served to be worth a job in a document that is mostly in another. */
const MIN_SERVED_SHARE = 0.3;
/** A sentence needs this many words, names not counted, and letters before its own language is trusted over the document's. */
const MIN_WORDS = 6;
const MIN_SENTENCE_LETTERS = 25;
/** How near the document's language may come to a sentence's own. Of English prose and five of its neighbours' none came nearer. */
const NEAR_TARGET = 0.93;
const NEAR_OTHER = 0.8;

/** What is enough to doubt that a translation is in its language: of five languages' sentences nine in ten were told from the others, and one in a hundred was not told as its own. */
const DOUBT = { words: 3, letters: 15, near: 0.85 };

/** Scripts, and the language that short texts in them are taken for. */
const SCRIPTS: readonly [script: RegExp, language: string][] = [
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/gu, "ja"],
  [/\p{sc=Hangul}/gu, "ko"],
  [/\p{sc=Han}/gu, "zh"],
  [/\p{sc=Arabic}/gu, "ar"],
  [/\p{sc=Hebrew}/gu, "he"],
  [/\p{sc=Greek}/gu, "el"],
  [/\p{sc=Cyrillic}/gu, "ru"],
  [/\p{sc=Devanagari}/gu, "hi"],
  [/\p{sc=Thai}/gu, "th"],
  [/\p{sc=Armenian}/gu, "hy"],
  [/\p{sc=Georgian}/gu, "ka"],
];
/** What the detector calls a language, and what translators may call it, or what it can't tell it from. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { no: ["nb", "nn"], hr: ["sh"], sr: ["sh"], ms: ["id"] };

/** A few words of one may be a few words of another. */
const NEIGHBOURS: readonly ReadonlySet<string>[] = [
  new Set(["hr", "sr", "bs", "sh"]),
  new Set(["da", "no", "nb", "nn"]),
  new Set(["ms", "id"]),
];

/** All that eld 2.1.0 knows. */
const DETECTED =
  "am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh".split(
    " ",
  );

/** How much a text is like each language, 0 to 1, best first; `reliable` by the detector's own measure. */
interface Likeness {
  readonly languages: readonly (readonly [language: string, score: number])[];
  readonly reliable: boolean;
}

/** Tells languages. Made once; what it knows of them takes 150 MB and a third of a second to load. */
export type Detect = (text: string) => Likeness;

let detector: Promise<Detect> | undefined;

/** eld, over all languages that it knows: of five detectors the best on sentences and on single words. */
export function openDetector(): Promise<Detect> {
  detector ??= import("eld/small").then(({ eld }) => (text: string) => {
    const result = eld.detect(text);
    const languages = Object.entries(result.getScores()).sort(([, one], [, other]) => other - one);
    return { languages, reliable: result.isReliable() };
  });
  return detector;
}

/** ISO 639-1, or undefined if there is too little text to tell. */
export function detectLanguage(text: string, detect: Detect): string | undefined {
  const letters = lettersOf(text);
  if (letters < MIN_LETTERS) return languageOfScript(text, letters);
  return detect(onlyWords(text).slice(0, SAMPLE_LETTERS)).languages[0]?.[0] ?? languageOfScript(text, letters);
}

/** What a document asks for: ISO 639-1; `source` is empty to detect it. */
export interface Wanted {
  readonly source: string;
  readonly target: string;
}

/**
 * Between which languages a document is translated, by a sample of its text, one line a block. Of a document in several
 * languages the one that is served and has most of it, if it is a good part. Throws EngineError LANGUAGE_NOT_DETECTED,
 * SAME_LANGUAGE, UNSUPPORTED_LANGUAGE_PAIR.
 */
export async function choosePair(sample: string, { source, target }: Wanted, pairs: readonly LanguagePair[]): Promise<LanguagePair> {
  if (source !== "") return served(source, target, pairs, `No translator serves ${source}→${target}.`);
  const found = languagesIn(sample, await openDetector());
  const [most] = found;
  if (!most) throw new EngineError("LANGUAGE_NOT_DETECTED", "There is too little text to tell the source language.");
  const total = found.reduce((sum, { letters }) => sum + letters, 0);
  for (const { language, letters } of found) {
    const name = servedName(language, target, pairs);
    if (name !== undefined && letters >= total * MIN_SERVED_SHARE) return { source: name, target };
  }
  const { language } = most;
  return served(language, target, pairs, `The document is in ${nameOf(language)}; no translator serves ${language}→${target}.`);
}

/** Which language a sentence is in, if surely another than the document's: the target, or a third one. */
export function otherLanguage(text: string, { source, target }: LanguagePair, detect: Detect): string | undefined {
  const words = plainWords(text);
  const plain = words.join(" ");
  const dense = DENSE.test(plain);
  if (!dense && (words.length < MIN_WORDS || lettersOf(plain) < MIN_SENTENCE_LETTERS)) return undefined;
  if (dense && lettersOf(plain) < MIN_LETTERS / 2) return undefined;
  const { languages, reliable } = detect(plain);
  const [best, score] = languages[0] ?? ["", 0];
  if (!reliable || best === "" || isNamed(source, best)) return undefined;
  // Of a source that the detector does not know, every sentence seems to be in another.
  if (!DETECTED.some((language) => isNamed(source, language))) return undefined;
  const own = languages.find(([language]) => isNamed(source, language))?.[1] ?? 0;
  const isTarget = isNamed(target, best);
  if (own > score * (isTarget ? NEAR_TARGET : NEAR_OTHER)) return undefined;
  return isTarget ? target : best;
}

/** Which language a text is in, if it seems to be another than `language`; of less text, and less surely, than `otherLanguage`. */
export function seemsForeign(text: string, language: string, detect: Detect): string | undefined {
  const words = plainWords(text);
  const plain = words.join(" ");
  if (!DENSE.test(plain) && words.length < DOUBT.words) return undefined;
  if (lettersOf(plain) < DOUBT.letters || !DETECTED.some((known) => isNamed(language, known))) return undefined;
  const { languages } = detect(plain);
  const [best, score] = languages[0] ?? ["", 0];
  if (best === "" || isNamed(language, best) || NEIGHBOURS.some((near) => near.has(language) && near.has(best))) return undefined;
  const own = languages.find(([known]) => isNamed(language, known))?.[1] ?? 0;
  return own < score * DOUBT.near ? best : undefined;
}

/** Whether `known` is what the detector calls the language of this name. */
function isNamed(name: string, known: string): boolean {
  const base = baseOf(name);
  return name === known || base === known || (ALIASES[known]?.includes(base) ?? false);
}

/** "French". */
export function nameOf(language: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** What of `language` is served as into `target`: itself, or a name that translators have for it. */
export function servedName(language: string, target: string, pairs: readonly LanguagePair[]): string | undefined {
  const names = [language, baseOf(language), ...(ALIASES[language] ?? [])];
  return names.find((name) => name !== target && pairs.some((pair) => pair.source === name && pair.target === target));
}

function served(language: string, target: string, pairs: readonly LanguagePair[], message: string): LanguagePair {
  const name = language === target ? undefined : servedName(language, target, pairs);
  if (name !== undefined) return { source: name, target };
  if (baseOf(language) === baseOf(target))
    throw new EngineError("SAME_LANGUAGE", `The document is in the target language (${target}) already.`);
  const from = pairs.filter((pair) => pair.source === language).map((pair) => `${language}→${pair.target}`);
  const others = from.length > 0 ? ` From ${nameOf(language)}: ${from.slice(0, 20).join(", ")}.` : "";
  throw new EngineError("UNSUPPORTED_LANGUAGE_PAIR", message + others);
}

/** The languages of a sample, most first. */
function languagesIn(sample: string, detect: Detect): { readonly language: string; readonly letters: number }[] {
  const counts = new Map<string, number>();
  for (const chunk of chunksOf(sample)) {
    const language = detectLanguage(chunk, detect);
    if (language) counts.set(language, (counts.get(language) ?? 0) + lettersOf(chunk));
  }
  const found = [...counts].map(([language, letters]) => ({ language, letters }));
  return found.sort((one, other) => other.letters - one.letters);
}

/** Lines, the short ones joined with what follows; the last with what was before it. */
function chunksOf(sample: string): string[] {
  const chunks: string[] = [];
  let chunk = "";
  for (const line of sample.slice(0, SAMPLE_LETTERS * 2).split("\n")) {
    chunk += `${line}\n`;
    if (lettersOf(chunk) < CHUNK_LETTERS) continue;
    chunks.push(chunk);
    chunk = "";
  }
  const last = chunks.pop() ?? "";
  return lettersOf(chunk) < MIN_LETTERS * 2 || last === "" ? [...chunks, last + chunk] : [...chunks, last, chunk];
}

function languageOfScript(text: string, letters: number): string | undefined {
  for (const [script, language] of SCRIPTS) {
    const count = text.match(script)?.length ?? 0;
    if (count >= 2 && count > letters / 2) return language;
    // Japanese is mostly Han, and has what no Chinese text has.
    if (language === "ja" && count > 0) return language;
  }
  return undefined;
}

/** Scripts without capitals and without spaces. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** All words but those that a capital marks as names, maybe. */
function plainWords(text: string): string[] {
  return (text.match(/\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}+)*/gu) ?? []).filter((word) => !/^\p{Lu}/u.test(word));
}

function onlyWords(text: string): string {
  return text.replace(/[^\p{L}\p{M}\s'’]/gu, " ");
}

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
