/** What begins a part that does not change with the noun before it ("motor de traducción"). */
const PREPOSITIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(["of", "in", "on", "for", "to", "with", "by", "at", "from"]),
  es: new Set(["de", "del", "a", "al", "en", "con", "sin", "por", "para", "sobre", "entre"]),
  pt: new Set(["de", "do", "da", "dos", "das", "a", "ao", "em", "no", "na", "com", "sem", "por", "para", "sobre"]),
  fr: new Set(["de", "du", "des", "à", "au", "aux", "en", "sur", "sous", "avec", "sans", "par", "pour"]),
};
const PLURALS: Readonly<Record<string, (word: string) => string | undefined>> = {
  en: (word) => {
    if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
    return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
  },
  es: (word) => {
    if (/[aeoáéó]$/.test(word)) return `${word}s`;
    if (/z$/.test(word)) return `${word.slice(0, -1)}ces`;
    const [, stem, vowel, last] = /^(.+)([áéíóú])([ns])$/.exec(word) ?? [];
    if (stem && vowel && last) return `${stem}${"aeiou"["áéíóú".indexOf(vowel)]}${last}es`;
    if (/[aeiouáéíóú][lrdjy]$|[aeiou]n$/.test(word)) return `${word}es`;
    return /[sx]$/.test(word) ? word : undefined;
  },
  pt: (word) => {
    if (/ção$|são$/.test(word)) return `${word.slice(0, -2)}ões`;
    if (/[aeiouáéêíóôú]$/.test(word)) return `${word}s`;
    if (/m$/.test(word)) return `${word.slice(0, -1)}ns`;
    if (/[au]l$/.test(word)) return `${word.slice(0, -1)}is`;
    return /[rz]$/.test(word) ? `${word}es` : undefined;
  },
  fr: (word) => {
    if (/[sxz]$/.test(word)) return word;
    if (/(eau|eu)$/.test(word)) return `${word}x`;
    return /al$/.test(word) ? `${word.slice(0, -2)}aux` : `${word}s`;
  },
};
/** Nouns beside nouns and names, which stay. */
const UNCHANGED = /^(web|wifi|online|offline|software|hardware)$|\p{Lu}|\p{N}/u;
const ARTICLE = /^(el|la|los|las|un|una|o|os|as|um|uma|le|les|une|des|l|the|an?)$/i;

/** How many of a phrase's words change with it: those before the first preposition. */
export function headLength(words: readonly string[], language: string): number {
  const cut = words.findIndex((word, index) => index > 0 && PREPOSITIONS[language]?.has(word.toLowerCase()));
  return cut < 0 ? words.length : cut;
}

/**
 * Several of `phrase`, in a language by its ISO 639 code; undefined where no rule is sure of it. In English the last word
 * changes, in Romance languages the noun and what agrees with it; both up to the first preposition.
 */
export function pluralOf(phrase: string, language: string): string | undefined {
  const plural = PLURALS[language];
  if (!plural || !/^[\p{L}\p{M}\p{N} ]+$/u.test(phrase)) return undefined;
  const words = phrase.split(" ");
  if (words.includes("") || ARTICLE.test(words[0] ?? "")) return undefined;
  const head = words.slice(0, headLength(words, language));
  const changed = head.map((word, index) => {
    const stays = UNCHANGED.test(language === "en" ? "" : word) || (language === "en" && index < head.length - 1);
    return stays ? word : plural(word);
  });
  return changed.includes(undefined) ? undefined : [...changed, ...words.slice(head.length)].join(" ");
}
