/** A rule for what no one reads: why a value is kept, and what it looks like. */
type Rule = readonly [why: string, matches: (text: string) => boolean];

const is =
  (pattern: RegExp): Rule[1] =>
  (text) =>
    pattern.test(text);

/** Words of programs that are no words of people, in front of a hyphen or behind it: "btn-primary", "icon-home". */
const TECHNICAL = new Set(
  "app aria bg bi bs btn btns cfg cmd col col css ctx data dev dir dom env fa fas far glyphicon icon id img io js json kb lib lg mb md mdi nav ns pkg prod px py ref rgb sm spec src ssr svg tmp ts ui uid uri url urn usr utf utils var vue wcag www xl xml xs yml".split(
    " ",
  ),
);
/** What values of these keys are, if they are one word without a capital: names for programs. */
const TECHNICAL_KEYS = new Set(
  "charset class classname color colour component encoding endpoint ext extension favicon file filename hash href htmlfor icon id image img lang language license locale mimetype module path permission role route selector slug src target template theme type uri url uuid variant version".split(
    " ",
  ),
);

/** Each looks at the whole value, which has no white space at its ends. */
const RULES: readonly Rule[] = [
  ["no letters", (text) => !/\p{L}/u.test(text)],
  ["an address", is(/^(?:[a-z][a-z\d+.-]{1,20}:)?\/\/\S+$/i)],
  ["an address", is(/^(?:mailto|tel|sms|data|urn|geo|file|blob|javascript|about|chrome):\S+$/i)],
  ["an address", is(/^www\.\S+$/i)],
  ["an address", is(/^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/)],
  ["a colour", is(/^#[\da-f]{3,8}$/i)],
  [
    "a value of a style sheet",
    is(/^(?:rgba?|hsla?|hwb|lab|lch|oklch|oklab|var|calc|url|translate|cubic-bezier|linear-gradient)\([^()]*\)$/i),
  ],
  ["a measure", is(/^[+-]?\d*\.?\d+\s?(?:px|r?em|ex|ch|vh|vw|pt|pc|cm|mm|in|fr|deg|rad|turn|ms|s|dpi|dppx|[kmgt]i?b|hz|[km]hz)$/i)],
  ["an identifier", is(/^(?:urn:uuid:)?\{?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}?$/i)],
  ["a hash", is(/^(?:(?:md5|sha\d{1,3})[-:=])?(?=[\da-f]*\d)[\da-f]{16,}$/i)],
  ["a hash", is(/^sha\d{3}-[A-Za-z\d+/]{20,}={0,2}$/)],
  ["encoded data", isBase64],
  ["a date or a time", is(/^\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?$/)],
  ["a date or a time", is(/^P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/)],
  ["a pattern of dates", isDatePattern],
  ["a version", is(/^(?:[\^~]|[<>]=?|v)?\s?\d+(?:\.(?:\d+|[x*])){1,3}(?:-[\w.-]+)?(?:\+[\w.-]+)?$/i)],
  ["a language", is(/^[a-z]{2,3}[-_](?:[A-Z][a-z]{3}|[A-Z]{2}|\d{3})$/)],
  ["a value of programs", is(/^(?:true|false|null|undefined|NaN|nil|TRUE|FALSE|NULL)$/)],
  ["a type of files", is(/^(?:application|text|image|audio|video|font|model|multipart)\/[\w.+*-]+(?:;\s?[\w-]+=[\w-]+)*$/)],
  ["a path", isPath],
  ["a name of a file", is(/^[\w@-]+(?:\.[\w-]+)*\.[a-z][a-z\d]{1,4}$/)],
  ["an identifier", is(/^[$_]?[a-zA-Z][\w$]*(?:\.[a-zA-Z_$][\w$]*)+$/)],
  ["an identifier", is(/^[a-zA-Z\d]*(?:_[a-zA-Z\d]*)+$/)],
  ["an identifier", is(/^[a-z][a-z\d]*(?:[A-Z][a-z\d]*)+$/)],
  ["an identifier", is(/^(?:[A-Z][a-z\d]+){2,}$/)],
  ["an identifier", is(/^[a-z][a-z\d]*(?:::?[a-z][a-z\d]*)+$/i)],
  ["an identifier", isTechnicalName],
  ["names of styles", isClassList],
  ["code", is(/^[\w$.]+\([^()\s]*\);?$/)],
  ["code", is(/^\^.*\$$/s)],
  ["a selector", is(/^[.#][a-zA-Z_-][\w-]*(?:(?:\s?[>+~])?\s?[.#][a-zA-Z_-][\w-]*)*$/)],
];

/**
 * Why `text`, a value of a file of named texts, is none that people read, or undefined if it may be one: whatever could be
 * a sentence, or a word of a language, is. `key` is the value's own, without those it stands in.
 */
export function programsReason(text: string, key: string): string | undefined {
  const value = text.trim();
  const rule = RULES.find(([, matches]) => matches(value));
  if (rule) return rule[0];
  const isWord = /^[\p{Ll}\d][\p{Ll}\d._:/-]*$/u.test(value);
  return isWord && TECHNICAL_KEYS.has(key.replace(/[-_]/g, "").toLowerCase()) ? "a name for programs, by its key" : undefined;
}

/** Letters of both cases and figures without a space, as no word has them. */
function isBase64(text: string): boolean {
  if (!/^[A-Za-z\d+/_-]{20,}={0,2}$/.test(text)) return false;
  const figures = text.match(/\d/g)?.length ?? 0;
  return figures >= 2 && /[a-z]/.test(text) && /[A-Z]/.test(text) && !/^[A-Za-z]+(?:[-/][A-Za-z]+)+$/.test(text);
}

/** "dd/MM/yyyy HH:mm", "%Y-%m-%d": runs of one letter each, two of them at least and one that is doubled. */
function isDatePattern(text: string): boolean {
  if (/^(?:%-?[a-zA-Z][^\w%]*)+$/.test(text)) return !/^%[sdif]$/.test(text);
  const runs = text.match(/[a-zA-Z]+/g) ?? [];
  const isUniform = runs.every((run) => /^(?:y+|Y+|M+|d+|D+|h+|H+|m+|s+|S+|a|A|E+|T|Z+|z+)$/.test(run));
  return isUniform && runs.length >= 2 && runs.some((run) => run.length >= 2) && /^[a-zA-Z\s.,:/'’年月日-]+$/.test(text);
}

/** Neither "and/or" nor "km/h" is one. */
function isPath(text: string): boolean {
  if (/\s/.test(text) || !/[/\\]/.test(text)) return false;
  if (/^(?:\.{0,2}|~|@[\w.-]+|#|[A-Za-z]:|\$[\w{}]+)[/\\][^/\\]/.test(text) || /^[/\\]$/.test(text)) return true;
  const names = text.split(/[/\\]/);
  if (names.some((name) => /\.[a-z\d]{1,5}$/i.test(name) && !/\.$/.test(name))) return true;
  return names.length >= 3 && names.every((name) => /^[a-z\d._*-]*$/.test(name));
}

/** Lower case words joined by hyphens, one of which no language has. "sign-up" and "read-only" are words. */
function isTechnicalName(text: string): boolean {
  if (!/^(?:--)?[a-z\d]+(?:-{1,2}[a-z\d]+)+$/.test(text)) return false;
  const words = text.split("-").filter((word) => word !== "");
  return (
    text.startsWith("--") || words.some((word) => TECHNICAL.has(word) || /\d/.test(word) || (word.length > 1 && !/[aeiouy]/.test(word)))
  );
}

/** "btn btn-primary mt-2". */
function isClassList(text: string): boolean {
  const names = text.split(/\s+/);
  return (
    names.length > 1 && names.every((name) => /^[a-z][a-z\d:/_-]*$/.test(name)) && names.filter(isTechnicalName).length * 2 >= names.length
  );
}
