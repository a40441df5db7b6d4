import bidiFactory from "bidi-js";

/** ISO 639 codes of languages that are written from right to left. */
const RIGHT_TO_LEFT = new Set([
  "ar",
  "arc",
  "az-arab",
  "ckb",
  "dv",
  "fa",
  "he",
  "iw",
  "ks",
  "ku-arab",
  "ps",
  "sd",
  "syr",
  "ug",
  "ur",
  "yi",
]);
const RIGHT_LETTERS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const MARKS = /[\u200F\u202B\u202E\u2067]/;

// Its types speak of an ES module; what Node loads is CommonJS.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

export function isRightToLeft(language: string): boolean {
  const [code = ""] = language.toLowerCase().split("-");
  return RIGHT_TO_LEFT.has(code) || RIGHT_TO_LEFT.has(language.toLowerCase());
}

/** The direction of a passage in a document of a language: text without a letter of the other kind than the language's is as its letters are. */
export function baseDirection(text: string, language: string): "ltr" | "rtl" {
  const hasRight = RIGHT_LETTERS.test(text);
  if (isRightToLeft(language)) return hasRight || !/\p{L}/u.test(text) ? "rtl" : "ltr";
  return hasRight && !/\p{L}/u.test(text.replace(new RegExp(RIGHT_LETTERS, "gu"), "")) ? "rtl" : "ltr";
}

/** The embedding level of each UTF-16 unit of `text` (UAX 9): odd ones run from right to left. */
export function levelsOf(text: string, base: "ltr" | "rtl"): Uint8Array {
  if (base === "ltr" && !RIGHT_LETTERS.test(text) && !MARKS.test(text)) return new Uint8Array(text.length);
  return bidi.getEmbeddingLevels(text, base).levels;
}

/** `items` of one line, given in the order that they are read in, in the order that they stand in from left to right (UAX 9, L2). */
export function visualOrder<Item extends { readonly level: number }>(items: readonly Item[]): Item[] {
  const ordered = [...items];
  const highest = Math.max(0, ...items.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < ordered.length; from++) {
      if ((ordered[from]?.level ?? 0) < level) continue;
      let to = from;
      while ((ordered[to + 1]?.level ?? -1) >= level) to++;
      ordered.splice(from, to - from + 1, ...ordered.slice(from, to + 1).reverse());
      from = to;
    }
  }
  return ordered;
}
