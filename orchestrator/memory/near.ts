import { createHash } from "node:crypto";
import { distance } from "fastest-levenshtein";

/** Texts below are not near enough to be of help. The field's usual threshold for fuzzy matches is 75 to 85 %. */
export const LEAST_SIMILARITY = 0.85;
/** Of shorter ones all are near; of longer ones it takes too long to tell. */
const MIN_LETTERS = 12;
const MAX_LETTERS = 1000;
/**
 * A text and one that shares 65 % of its trigrams, as does one with every seventh word replaced, share a band in 92 of 100 cases:
 * 1 - (1 - .65³)⁸; texts that share 10 % in 1 of 100.
 */
const BANDS = 8;
const ROWS = 3;
const BAND_LETTERS = 11;

/**
 * By what near texts of one pair of languages are found: the least hashes of its trigrams (A. Broder, On the resemblance and containment
 * of documents, 1997), in bands of a few (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4). None of a text that is too
 * short or too long.
 */
export function bandsOf(text: string, pair: string): string[] {
  if (text.length < MIN_LETTERS || text.length > MAX_LETTERS) return [];
  const least = leastHashes(text.toLowerCase());
  return Array.from({ length: BANDS }, (_, band) => {
    const rows = least.subarray(band * ROWS, (band + 1) * ROWS);
    return createHash("sha256")
      .update(`${pair} ${band} ${rows.join(" ")}`)
      .digest("base64url")
      .slice(0, BAND_LETTERS);
  });
}

/** How much of the longer text is the same in both, 0 to 1: 1 - distance / length (V. Levenshtein, 1966). 0 for what cannot be near enough. */
export function similarity(one: string, other: string): number {
  const [short, long] = [Math.min(one.length, other.length), Math.max(one.length, other.length)];
  if (long === 0 || long > MAX_LETTERS || short / long < LEAST_SIMILARITY) return 0;
  return 1 - distance(one, other) / long;
}

function leastHashes(text: string): Uint32Array {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (let at = 0; at + 3 <= text.length; at++) {
    const trigram = Math.imul(Math.imul(text.charCodeAt(at), 0x1000193) ^ text.charCodeAt(at + 1), 0x1000193) ^ text.charCodeAt(at + 2);
    for (let row = 0; row < least.length; row++) {
      const hash = mixed(trigram + Math.imul(row + 1, 0x9e3779b9));
      if (hash < (least[row] as number)) least[row] = hash;
    }
  }
  return least;
}

/** The end of MurmurHash3 (A. Appleby), which spreads near numbers over all of 32 bits. */
function mixed(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
