import { detectAll } from "tinyld";

const MIN_LETTERS = 20;
/** More of a document tells its language no better. */
export const SAMPLE_LETTERS = 5000;

/** The language of `text` as ISO 639-1, among `candidates`; undefined if there is too little text to tell. */
export function detectLanguage(text: string, candidates: readonly string[]): string | undefined {
  const letters = text.replace(/[^\p{L}\s]/gu, " ");
  if (letters.replace(/\s/g, "").length < MIN_LETTERS) return undefined;
  return detectAll(letters.slice(0, SAMPLE_LETTERS), { only: [...candidates] })[0]?.lang;
}
