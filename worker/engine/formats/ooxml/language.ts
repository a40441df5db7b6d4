import type { Dialect } from "./places.ts";

/** What runs are marked with once they are translated. */
export interface TargetLanguage {
  /** BCP 47, with a region as Office writes it: "es-ES". */
  readonly tag: string;
  /** Which of the three languages of a run it is: of Latin and its like, of East Asia, of scripts from right to left. */
  readonly group: "val" | "eastAsia" | "bidi";
  /** What is done about direction: only where it is another than the source's. */
  readonly turn: "to right-to-left" | "to left-to-right" | undefined;
}

const FROM_RIGHT = /^(?:ar|he|iw|fa|ur|yi|ji|ps|sd|ug|dv|ckb|ku-arab|syr)\b/;

export function isRightToLeft(language: string): boolean {
  return FROM_RIGHT.test(language.toLowerCase());
}

export function targetLanguage(source: string, target: string): TargetLanguage {
  const [before, after] = [isRightToLeft(source), isRightToLeft(target)];
  const turn = before === after ? undefined : after ? "to right-to-left" : "to left-to-right";
  return { tag: regional(target), group: after ? "bidi" : /^(?:zh|ja|ko)\b/.test(target) ? "eastAsia" : "val", turn };
}

/** By CLDR's likely subtags, without the script: "es-ES". */
function regional(language: string): string {
  try {
    const { language: code, region } = new Intl.Locale(language).maximize();
    return region ? `${code}-${region}` : code;
  } catch {
    return language;
  }
}

const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]|[\ud802\ud803\ud83a][\udc00-\udfff]/;

/** `properties`, a run's properties as they stand in the source, for `text` in another language. */
export function runPropertiesIn(
  properties: string,
  text: string,
  to: { target: TargetLanguage; dialect: Dialect; prefix: string },
): string {
  const { target, dialect, prefix } = to;
  if (dialect === "sheet") return properties;
  if (dialect === "drawing") return properties === "" ? "" : withAttribute(properties, "lang", target.tag);
  const spoken = withLanguage(properties, prefix, target);
  if (target.turn === undefined) return spoken;
  const fromRight = RTL_LETTER.test(text);
  if (target.turn === "to left-to-right") return fromRight ? spoken : leftToRight(spoken, prefix);
  // Word takes signs without a direction for those of their run.
  return fromRight || !/\p{L}/u.test(text) ? rightToLeft(spoken || `<${prefix}rPr/>`, prefix) : spoken;
}

/** With its `w:lang` of another language, if it has one. */
export function withLanguage(properties: string, prefix: string, target: TargetLanguage): string {
  return ownPart(properties, prefix, (own) =>
    own.replace(new RegExp(`<${prefix}lang(?=[\\s/>])[^>]*>`), (tag) => withAttribute(tag, `${prefix}${target.group}`, target.tag)),
  );
}

/** The first tag of `xml` with another value of an attribute, or with one more. */
function withAttribute(xml: string, name: string, value: string): string {
  const end = xml.indexOf(">");
  const tag = xml.slice(0, end);
  const given = new RegExp(`(\\s${name}\\s*=\\s*)(?:"[^"]*"|'[^']*')`);
  const made = given.test(tag)
    ? tag.replace(given, `$1"${value}"`)
    : tag.replace(/\s*\/?$/, (close) => ` ${name}="${value}"${close.trim()}`);
  return made + xml.slice(end);
}

/** Properties that scripts from right to left have apart (ISO/IEC 29500-1, 17.3.2.26). */
const TWINS = [
  ["b", "bCs"],
  ["i", "iCs"],
  ["sz", "szCs"],
] as const;
/** What comes behind `w:rtl` in a run's properties, in the schema's order. */
const BEHIND_RTL = ["cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath"];

export function rightToLeft(properties: string, prefix: string): string {
  return ownPart(opened(twinned(properties, prefix, 0)), prefix, (own) => {
    const without = own.replace(tagOf(prefix, "rtl"), "");
    const at = without.search(new RegExp(`<(?:${prefix}(?:${BEHIND_RTL.join("|")})[\\s/>]|w1\\d:|/${prefix}rPr>)`));
    return at < 0 ? `${without}<${prefix}rtl/>` : `${without.slice(0, at)}<${prefix}rtl/>${without.slice(at)}`;
  });
}

export function leftToRight(properties: string, prefix: string): string {
  return ownPart(twinned(properties, prefix, 1), prefix, (own) => own.replace(tagOf(prefix, "rtl"), "").replace(tagOf(prefix, "cs"), ""));
}

/** With the twin of each property that stands alone, so that the text looks the same in the other direction. */
function twinned(properties: string, prefix: string, from: 0 | 1): string {
  return ownPart(properties, prefix, (own) =>
    TWINS.reduce((made, twins) => {
      const [has, lacks] = from === 0 ? twins : [twins[1], twins[0]];
      const [tag] = tagOf(prefix, has).exec(made) ?? [];
      if (tag === undefined || tagOf(prefix, lacks).test(made)) return made;
      const twin = tag.replace(`<${prefix}${has}`, `<${prefix}${lacks}`);
      return from === 0 ? made.replace(tag, tag + twin) : made.replace(tag, twin + tag);
    }, own),
  );
}

function tagOf(prefix: string, local: string): RegExp {
  return new RegExp(`<${prefix}${local}(?:\\s[^>]*)?/>|<${prefix}${local}(?:\\s[^>]*)?>\\s*</${prefix}${local}>`);
}

function opened(properties: string): string {
  return properties.replace(/^<([\w:.-]+)([^>]*?)\s*\/>$/, "<$1$2></$1>");
}

/** `change` made to the properties that hold, not to those that a tracked change remembers. */
function ownPart(properties: string, prefix: string, change: (own: string) => string): string {
  const at = properties.indexOf(`<${prefix}rPrChange`);
  return at < 0 ? change(properties) : change(properties.slice(0, at)) + properties.slice(at);
}
