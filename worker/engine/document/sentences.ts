import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * sentencex takes seven seconds over 200,000 letters that are nothing but stops, and cuts anything after 10,000:
 * it is shown a text in windows, each from the last sentence that the one before did not see the end of.
 */
const WINDOW_LETTERS = 2_000;

type Cutter = (language: string, text: string) => string[];

/** The sentences of `text`, each with the white space behind it; joined they are the text. */
export function sentencesOf(text: string, language: string, cut: Cutter = cutter()): string[] {
  const sentences: string[] = [];
  let at = 0;
  while (at < text.length) {
    const window = text.slice(at, wholeLetter(text, at + WINDOW_LETTERS));
    const pieces = whole(window, pieced(window, cut(language, window)), language);
    const isLast = at + window.length === text.length;
    const sure = isLast || pieces.length === 1 ? pieces : pieces.slice(0, -1);
    sentences.push(...sure);
    at += sure.reduce((sum, { length }) => sum + length, 0);
  }
  return sentences;
}

/** ICU's rules, for where sentencex has no program for the machine. */
export function cutByIcu(language: string, text: string): string[] {
  return [...new Intl.Segmenter(isLanguage(language) ? language : "en", { granularity: "sentence" }).segment(text)].map(
    ({ segment }) => segment,
  );
}

let loaded: Cutter | undefined;

function cutter(): Cutter {
  loaded ??= load();
  return loaded;
}

function load(): Cutter {
  try {
    const { segment } = require("sentencex") as { segment: Cutter };
    return segment;
  } catch {
    return cutByIcu;
  }
}

function isLanguage(code: string): boolean {
  return /^[a-z]{2,3}$/i.test(code);
}

function wholeLetter(text: string, at: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) ? at - 1 : at;
}

/** What a cutter found, without anything lost: sentencex leaves out text that is only line ends. */
function pieced(text: string, found: readonly string[]): string[] {
  const pieces: string[] = [];
  let start = 0;
  let at = 0;
  for (const piece of found) {
    const from = piece === "" ? -1 : text.indexOf(piece, at);
    if (from < 0) continue;
    if (from > start && at > start) {
      pieces.push(text.slice(start, from));
      start = from;
    }
    at = from + piece.length;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

/** Joins what is no sentence's end: within a word or an address, after an abbreviation, before a small letter. */
function whole(text: string, pieces: readonly string[], language: string): string[] {
  const joined: string[] = [];
  for (const piece of withSpaceBehind(pieces)) {
    const last = joined.at(-1);
    if (last !== undefined && goesOn(last, piece, language)) joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return text === "" ? [] : joined;
}

/** White space at the start of a piece belongs to the one before it. */
function withSpaceBehind(pieces: readonly string[]): string[] {
  const result: string[] = [];
  for (const piece of pieces) {
    const space = /^\s*/.exec(piece)?.[0].length ?? 0;
    if (result.length > 0) result[result.length - 1] += piece.slice(0, space);
    const rest = result.length > 0 ? piece.slice(space) : piece;
    if (rest !== "") result.push(rest);
  }
  return result;
}

/** Stops that need no space behind them: of Chinese, Japanese, Khmer, and the like. */
const FULL_STOP = /[。！？｡．។။]["'”’」』）)]*$/;

function goesOn(before: string, after: string, language: string): boolean {
  if (!/\s$/.test(before)) return !FULL_STOP.test(before);
  // An empty line ends whatever was not ended.
  if (/\n\s*\n\s*$/.test(before)) return false;
  const sentence = before.trimEnd();
  if (/^\p{Ll}/u.test(after)) return true;
  const lastWord = /(?:^|[\s("“«[/–—])((?:\p{L}\. ?)*\p{L}[\p{L}\p{M}]*|\d{1,4})\.$/u.exec(sentence.slice(-40))?.[1];
  if (lastWord === undefined) return false;
  if (/^\d+$/.test(lastWord))
    return ORDINALS.has(language) && Number(lastWord) < 100 && /^\p{Lu}\p{Ll}+/u.test(after) && isDate(sentence, after);
  return isAbbreviation(lastWord, after, language);
}

/** Languages that write "the 3rd of May" as "3. May". */
const ORDINALS: ReadonlySet<string> = new Set("cs da de et fi fo hr hu is lv nb nn no pl sh sk sl sr tr".split(" "));
const MONTH =
  /^(jan|feb|f[eé]b|m[aäá]r|apr|ma[ijy]|jun|jul|aug|sep|o[kc]t|nov|de[csz]|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|led|úno|bře|dub|kvě|čer|srp|zář|říj|lis|pro|sty|lut|kwi|cze|lip|sie|wrz|paź|gru)/i;

function isDate(sentence: string, after: string): boolean {
  return MONTH.test(after) || /\b(am|den|dem|der|die|das|des|im|vom|zum|beim|d\.)\s+\d{1,2}\.$/i.test(sentence);
}

/** What comes before a name or a number, and so ends no sentence. In lower case, without the last stop. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  en: "dr mr mrs ms messrs prof rev hon st mt ft gen col maj capt lt sgt gov sen rep pres supt fig figs sec eq eqs ch vol vols no nos pp art cf vs approx ca e.g i.e viz ed eds p jan feb mar apr jun jul aug sept",
  es: "dr dra sr sra srta d dña prof profa lic ing arq gral núm num nº pág págs pag fig figs cap vol art arts tel av avda c cta p.ej ej aprox vs cf apdo izq dcha s s.m excmo excma ilmo mons fr sto sta",
  ca: "dr dra sr sra prof núm pàg fig cap vol art av tel aprox p.ex",
  pt: "dr dra sr sra srta prof profa eng núm n nº pág págs fig figs cap vol art av tel aprox ex p.ex vs",
  gl: "dr dra sr sra prof núm páx fig cap vol art av tel",
  fr: "m mm mme mlle mgr dr pr st ste n no p pp fig art chap vol av bd env cf ex p.ex éd tél",
  it: "dr dott dott.ssa prof sig sig.ra sigg avv ing n pag pagg fig cap vol art ca cfr es p.es tel",
  de: "dr prof hr fr frl st nr abb bd tab kap art abs str tel vgl ca bzw z.b d.h u.a s.o s.u i.d.r evtl ggf inkl zzgl lt hrsg usw bspw sog ing dipl",
  nl: "dr drs prof mr ir ing dhr mevr st nr blz afb fig art bv ca cf enz m.b.t",
  sv: "dr prof st nr kl fig kap art bl.a t.ex dvs ca s.k",
  da: "dr prof hr fr nr kl fig kap art bl.a f.eks dvs ca",
  nb: "dr prof hr fr nr kl fig kap art bl.a f.eks dvs ca",
  pl: "dr prof mgr inż ul nr rys tab str np m.in tzn św ks",
  ru: "г гг ул д стр рис табл им т.е т.к т.н проф др акад",
};
const EVERYWHERE = words("dr prof fig figs vol vols no nr núm approx ca cf vs st");
const SETS = new Map(Object.entries(ABBREVIATIONS).map(([language, list]) => [language, words(list)]));

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

function isAbbreviation(word: string, after: string, language: string): boolean {
  // Initials: "J. R. Jones", "z. B.". A sentence may end with one too, but rarely before a name.
  if (INITIALS.test(word) && word !== "I") {
    if (/^\p{L}\./u.test(after)) return true;
    if (/^\p{Lu}\p{Ll}/u.test(after) && (/^\p{Lu}/u.test(word) || word.includes("."))) return true;
  }
  const plain = word.toLowerCase().replaceAll(". ", ".");
  if (!(SETS.get(language) ?? EVERYWHERE).has(plain)) return false;
  // "No. 7" and "No. It is late."
  return !ALSO_WORDS.has(plain) || /^[\p{N}$€£(]/u.test(after);
}

const INITIALS = /^(?:\p{L}\. ?)*\p{L}$/u;
/** Words, or letters that a sentence may end with as well. */
const ALSO_WORDS = words("no art fig sec sen gen col pro ex es str bd s d n p m c a t v");
