import { type Check, type Compared, doubt, failed, isDense } from "./check.ts";

/** Shorter ones tell nothing of it. */
const MIN_LETTERS = 10;
/** Headings and labels have other forms in other languages, and abbreviations. */
const SHORT = 30;
const RUNAWAY = { letters: 1_000, ratio: 10 };
const ABSOLUTE = { least: 0.4, most: 3 };
/** What is known before a document says more: that the letters' variance is 6.8 for each letter of the source (Gale and Church 1993). */
const USUAL_VARIANCE = 6.8;
const USUAL_WEIGHT = 10;
/** So many were right before their lengths are a measure. */
const MIN_UNITS = 20;
/** In standard deviations. */
const MAX_DEVIATION = 4;

/**
 * How long translations are in one document, by Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora" (1993): each
 * letter of a source gives so many of its translation on average, and what they differ from that grows with the square root of the length.
 */
export class Lengths {
  #units = 0;
  #source = 0;
  #target = 0;
  #squares = 0;

  /** Learns from a translation that is right. */
  observe(source: number, target: number): void {
    if (source < MIN_LETTERS) return;
    // Of what was expected before it: what is usual is learned as well as how far things are from it.
    this.#squares += this.#source > 0 ? (target - source * this.#ratio) ** 2 / source : USUAL_VARIANCE;
    this.#units += 1;
    this.#source += source;
    this.#target += target;
  }

  /** How far a translation is from what is usual in the document, in standard deviations; 0 while too little is known. */
  deviation(source: number, target: number): number {
    if (this.#units < MIN_UNITS || source < MIN_LETTERS) return 0;
    const variance = (this.#squares + USUAL_WEIGHT * USUAL_VARIANCE) / (this.#units + USUAL_WEIGHT);
    return (target - source * this.#ratio) / Math.sqrt(source * variance);
  }

  get #ratio(): number {
    return this.#target / this.#source;
  }
}

/** No translation at all: nothing else need be looked at. */
export const runaway: Check = ({ source, target }) =>
  target.text.length > RUNAWAY.letters + RUNAWAY.ratio * source.text.length ? failed("its length does not fit the source") : undefined;

export const length: Check = ({ source: { text: source }, target: { text }, lengths }: Compared) => {
  const ratio = text.length / source.length;
  if (source.length > MIN_LETTERS && (ratio < ABSOLUTE.least || ratio > ABSOLUTE.most) && !isDense(source + text))
    return (source.length > SHORT ? failed : doubt)("its length does not fit the source");
  const deviation = lengths.deviation(source.length, text.length);
  if (deviation < -MAX_DEVIATION) return doubt("it is shorter than such texts are in this document");
  return deviation > MAX_DEVIATION ? doubt("it is longer than such texts are in this document") : undefined;
};
