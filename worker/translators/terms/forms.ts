/**
 * Forms of words by light stemming: the endings by which nouns and adjectives change, and nothing that makes another word of
 * one ("general", "generic") as Snowball's stemmers do. After the light stemmers of J. Savoy, "Light stemming approaches for the
 * French, Portuguese, German and Hungarian languages" (SAC 2006), and D. Harman's for English, "How effective is suffixing?" (1991).
 */

/** Endings that change places: each of `one` says one thing, each of `many` several. */
interface Endings {
  readonly one: readonly string[];
  readonly many: readonly string[];
  /** What stands before them. */
  readonly after?: RegExp;
  /** Of adjectives, which agree with words that no one knows: too much to find a term by, and right to see that it stands there. */
  readonly agreeing?: true;
}

/** What a form says, beside the word: the same, or several of it where the word is one. */
export type GrammaticalNumber = "same" | "many";

const list = (of: string) => (of === "" ? [] : of.split(" ").map((ending) => (ending === "-" ? "" : ending)));
const pair = (one: string, many = "", after?: RegExp): Endings => ({ one: list(one), many: list(many), ...(after && { after }) });
const agreeing = (one: string, many: string): Endings => ({ one: list(one), many: list(many), agreeing: true });

const IBERIAN = [pair("-", "s", /[aeiouáéíóú]$/), pair("-", "es", /[^aeiou]$/), pair("z", "ces"), agreeing("o a", "os as")];
const SPANISH = [...IBERIAN, pair("ión", "iones"), pair("án", "anes"), pair("én", "enes"), pair("ón", "ones"), pair("és", "eses")];
const PORTUGUESE = [
  ...IBERIAN,
  ...[pair("ão", "ões ães ãos"), pair("m", "ns"), pair("al", "ais"), pair("el", "éis"), pair("il", "is eis"), pair("ol", "óis")],
];
const CATALAN = [pair("-", "s"), pair("a", "es"), pair("ó", "ons"), pair("à", "ans"), agreeing("- a", "s es")];
const NORDIC = [pair("- en et n t a ens ets s", "er ar or r e ene erne ene ar na en ers ernes arna orna")];
const SOUTH_SLAVIC = [pair("- a u o e om em i om", "i a e ima ama ovi evi ova eva ov ev"), agreeing("- i a o e og om", "i e a ih im ima")];
const RUSSIAN = [
  pair("- а у ом е", "ы и а ов ам ами ах ей"),
  pair("а я у ю ой ей е", "ы и ам ям ами ями ах ях"),
  pair("ь й я ю ем ём и ью", "и ей ев ям ями ях"),
  pair("ия ию ии ией ие ием", "ии ия ий иям иями иях"),
  agreeing("ый ий ой ая яя ое ее ого его ому ему ую юю ым им ом ем", "ые ие ых их ым им ыми ими"),
];
const CZECH = [
  pair("- a u e i em om ovi", "y i é a e ů ům ám ím ech ách ích ami emi ou ov och"),
  pair("a e o í y u ou ě i em", "y e a í ám ím ách ích ami emi"),
  agreeing("ý í á é ého ého ému ou ým ém", "í é á ých ým ými ích ím ími"),
];
const POLISH = [
  pair("- a u owi em ie e i y", "y i e ów om ami ach owie"),
  pair("a ę ą y i e ie o", "y i e om ami ach"),
  agreeing("y i a e ego emu ą ej ym im", "i y e ych ich ym im ymi imi"),
];

const ENDINGS: Readonly<Record<string, readonly Endings[]>> = {
  en: [
    ...[pair("-", "s"), pair("-", "es", /(s|x|z|ch|sh|o)$/), pair("y", "ies", /[^aeiou]$/), pair("f fe", "ves"), pair("is", "es")],
    ...[pair("man", "men"), pair("um", "a", /..$/), pair("ex ix", "ices"), pair("us", "i", /...$/)],
  ],
  ...{ es: SPANISH, gl: PORTUGUESE, ast: SPANISH, pt: PORTUGUESE, ca: CATALAN, oc: CATALAN },
  fr: [
    pair("-", "s"),
    pair("al ail", "aux"),
    pair("au eu eau ou", "aux eux eaux oux"),
    pair("-", "x", /(au|eu|ou)$/),
    agreeing("- e", "s es"),
  ],
  it: [
    ...[
      pair("o e a", "i"),
      pair("a", "e"),
      pair("ca", "che"),
      pair("ga", "ghe"),
      pair("co", "chi ci"),
      pair("go", "ghi gi"),
      pair("io", "i"),
    ],
    agreeing("o a", "i e"),
  ],
  ro: [pair("- ul l lui ului a ei", "i e uri le ele urile ilor elor lor ii iile")],
  de: [pair("- s es", "e en er ern n em s"), pair("um us", "en")],
  nl: [pair("-", "s en n 's eren"), agreeing("- e", "e en")],
  ...{ sv: NORDIC, da: NORDIC, nb: NORDIC, nn: NORDIC, no: NORDIC, is: NORDIC },
  ...{ ru: RUSSIAN, uk: RUSSIAN, be: RUSSIAN },
  bg: [pair("- ът а ят я та то", "и ове ите овете а та"), agreeing("- ия ият а ата о ото", "и ите")],
  mk: [pair("- от та то", "и ови ите овите а та"), agreeing("- иот а ата о ото", "и ите")],
  ...{ pl: POLISH, cs: CZECH, sk: CZECH, hr: SOUTH_SLAVIC, sr: SOUTH_SLAVIC, bs: SOUTH_SLAVIC, sh: SOUTH_SLAVIC, sl: SOUTH_SLAVIC },
  eo: [pair("o on a an", "oj ojn aj ajn")],
};

/** Languages that put ending after ending: any few letters more may follow a word. */
const AGGLUTINATIVE: ReadonlySet<string> = new Set(["fi", "et", "hu", "tr", "az", "kk", "ky", "tt", "uz", "tk", "eu", "ko", "ka"]);
const COMPOUNDING: ReadonlySet<string> = new Set(["de", "nl", "sv", "da", "nb", "nn", "no", "is", "fi", "et", "hu", "af", "lb"]);
const MOST_ADDED = 8;
const LEAST_STEM = 2;
const LEAST_ADDED_TO = 2;
const UMLAUTS: Readonly<Record<string, string>> = { a: "ä", o: "ö", u: "ü" };

/** Words that are one and the same to a reader of one language. */
export interface Forms {
  /** What `word`, as `base` is written, says of it; undefined if it is another word. */
  of(word: string): GrammaticalNumber | undefined;
}

/** What the forms of a word begin with, before their endings; the word itself too. `isLoose` as of `formsOf`. */
export function stemsOf(base: string, language: string, isLoose = false): ReadonlySet<string> {
  const stems = new Set([base]);
  for (const { one, many, agreeing: agrees } of ENDINGS[language] ?? []) {
    if (agrees && !isLoose) continue;
    for (const ending of [...one, ...many])
      if (base.endsWith(ending) && base.length - ending.length >= LEAST_STEM) stems.add(base.slice(0, base.length - ending.length));
  }
  if (language === "de") for (const stem of [...stems]) stems.add(withUmlaut(stem, base));
  return stems;
}

/** All that `word` may be a form of, by its stem. */
export function beginningsOf(word: string): string[] {
  const least = Math.max(1, word.length - MOST_ADDED);
  return Array.from({ length: word.length - least + 1 }, (_, index) => word.slice(0, least + index));
}

/** Of one word, in a language by its ISO 639 code. With `isLoose` also those of adjectives that agree: to see whether it stands in a text. */
export function formsOf(base: string, language: string, isLoose = false): Forms {
  const many = new Set<string>();
  const same = new Set([base]);
  for (const endings of base.length > LEAST_STEM ? (ENDINGS[language] ?? []) : []) addForms(base, endings, isLoose, { same, many });
  if (language === "de") for (const form of [...many, base]) many.add(withUmlaut(form, base));
  const isAdded = (word: string) =>
    AGGLUTINATIVE.has(language) && base.length >= LEAST_ADDED_TO && word.length <= base.length + MOST_ADDED && word.startsWith(base);
  return { of: (word) => (same.has(word) || isAdded(word) ? "same" : many.has(word) ? "many" : undefined) };
}

function addForms(
  base: string,
  { one, many: several, after, agreeing: agrees }: Endings,
  isLoose: boolean,
  { same, many }: { readonly same: Set<string>; readonly many: Set<string> },
): void {
  if (agrees && !isLoose) return;
  for (const ending of [...one, ...several]) {
    const stem = base.slice(0, base.length - ending.length);
    if (!base.endsWith(ending) || stem.length < LEAST_STEM || (after && !after.test(stem))) continue;
    const isOne = one.includes(ending);
    for (const each of one) same.add(stem + each);
    for (const each of several) if (!same.has(stem + each)) (isOne ? many : same).add(stem + each);
  }
}

/** German nouns change their last full vowel with several: "Häuser", "Bäume", "Töchter". */
function withUmlaut(form: string, base: string): string {
  const at = Math.max(...["a", "o", "u"].map((vowel) => base.toLowerCase().lastIndexOf(vowel)));
  const turned = base.toLowerCase().slice(at - 1, at + 1) === "au" ? at - 1 : at;
  const vowel = UMLAUTS[form[turned]?.toLowerCase() ?? ""];
  return at <= 0 || vowel === undefined ? form : `${form.slice(0, turned)}${vowel}${form.slice(turned + 1)}`;
}

/** Whether the language, by its ISO 639 code, writes compounds as one word: a term stands in them too. */
export function isCompounding(language: string): boolean {
  return COMPOUNDING.has(language);
}
