import { type Check, doubt, isDense } from "./check.ts";

/** Light stemming: endings come behind it. */
const STEM_LETTERS = 5;
const MIN_LETTERS = 3;
/** Of the document's words; later ones are not learned. */
const MAX_WORDS = 3_000;
const MAX_ANSWERS = 100;
/** A word is known when it was met in so many texts. */
const MIN_MET = 4;
/** What is in more than this share of all texts says nothing of one of them. */
const COMMON = 0.3;
/** How much one word can say, and how little the first few meetings do. */
const SUREST = 0.9;
const SMOOTHING = 1;
/** In natural logarithms: that it is e⁴, or 55, times likelier a translation of some other text. */
const ENOUGH = 4;
/** Halves of longer texts are looked at by themselves. */
const MIN_HALF_WORDS = 6;

interface Met {
  texts: number;
  readonly answers: Map<string, number>;
}

/**
 * What words of one document become. A translation that has nothing of what the words of its source became elsewhere is one of another
 * text, of a part, or in another language: by the likelihoods of both cases, each word of the source on its own (naive Bayes).
 */
export class Wording {
  #texts = 0;
  readonly #met = new Map<string, Met>();
  readonly #said = new Map<string, number>();

  /** Learns from a translation that is right. */
  observe(source: string, target: string): void {
    if (isDense(source + target)) return;
    this.#texts += 1;
    const answers = new Set(stemsOf(target));
    for (const answer of answers)
      if (this.#said.has(answer) || this.#said.size < MAX_WORDS) this.#said.set(answer, (this.#said.get(answer) ?? 0) + 1);
    for (const word of new Set(stemsOf(source))) {
      const met = this.#met.get(word) ?? { texts: 0, answers: new Map() };
      if (met.texts === 0 && this.#met.size >= MAX_WORDS) continue;
      this.#met.set(word, met);
      met.texts += 1;
      if (met.texts > MIN_MET && met.texts > this.#texts * COMMON) continue;
      for (const answer of answers)
        if (met.answers.has(answer) || met.answers.size < MAX_ANSWERS) met.answers.set(answer, (met.answers.get(answer) ?? 0) + 1);
    }
  }

  /** The logarithm of how much likelier `target` is if it is the translation of these words than if it is of others; 0 where nothing is known. */
  likelihood(words: readonly string[], target: ReadonlySet<string>): number {
    return [...new Set(words)].reduce((sum, word) => sum + this.#evidence(word, target), 0);
  }

  #evidence(word: string, target: ReadonlySet<string>): number {
    const met = this.#met.get(word);
    if (!met || met.texts < MIN_MET || met.texts > this.#texts * COMMON) return 0;
    let best = { answer: "", within: 0, elsewhere: 0, gain: 0 };
    for (const [answer, together] of met.answers) {
      if (together < MIN_MET) continue;
      const elsewhere = Math.min(SUREST, (this.#said.get(answer) ?? together) / this.#texts);
      const within = Math.min(SUREST, (together + SMOOTHING * elsewhere) / (met.texts + SMOOTHING));
      const gain = within * Math.log(within / elsewhere);
      if (gain > best.gain) best = { answer, within, elsewhere, gain };
    }
    const { answer, within, elsewhere } = best;
    if (answer === "" || within <= elsewhere) return 0;
    return target.has(answer) ? Math.log(within / elsewhere) : Math.log((1 - within) / (1 - elsewhere));
  }
}

export const wording: Check = ({ source, target, wording: known }) => {
  const words = stemsOf(source.text);
  const said = new Set(stemsOf(target.text));
  if (known.likelihood(words, said) < -ENOUGH) return doubt("its words are not those of other translations in this document");
  if (words.length < 2 * MIN_HALF_WORDS) return undefined;
  const half = Math.floor(words.length / 2);
  const isMissing = [words.slice(0, half), words.slice(half)].some((part) => known.likelihood(part, said) < -ENOUGH);
  return isMissing ? doubt("a part of the source seems to be missing") : undefined;
};

function stemsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.filter((word) => word.length >= MIN_LETTERS).map((word) => word.slice(0, STEM_LETTERS));
}
