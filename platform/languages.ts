/** BCP 47 as Dragoman writes it: ISO 639, with a script ("zh-Hant") or a region ("pt-BR") where an engine tells them apart. */
export const LANGUAGE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?$/;

interface Pair {
  readonly source: string;
  readonly target: string;
}

/** From each of `sources` to each of `targets`, but to the same language. */
export interface LanguageGroup {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  /** Whether a formality can be asked for in these. */
  readonly formality: boolean;
  /** Whether the engine itself keeps to glossaries in these. */
  readonly glossary: boolean;
}

/** What a translation engine serves, by its name. */
export interface ServedLanguages {
  readonly name: string;
  readonly groups: readonly LanguageGroup[];
}

/** How an engine is asked for a pair of languages. */
export interface Served {
  /** By the engine's own codes. */
  readonly pair: Pair;
  readonly group: LanguageGroup;
  /** Whether the engine tells the variety apart that was asked for: "pt" for "pt-BR" does not. */
  readonly exact: boolean;
}

/** The names that one language has in different engines. */
const SAME: readonly (readonly [string, string])[] = [["no", "nb"]];

/**
 * How `groups` serve `pair`; undefined where they do not. Varieties of one language stand for each other as long as they are
 * written in the same script, the likely one of the language (CLDR's likely subtags) before others.
 */
export function servedAs({ source, target }: Pair, groups: readonly LanguageGroup[]): Served | undefined {
  const near = groups.filter((group) => nameIn(source, group.sources) && nameIn(target, group.targets));
  const found = near
    .map((group) => ({ group, pair: { source: nameIn(source, group.sources) ?? "", target: nameIn(target, group.targets) ?? "" } }))
    .filter(({ pair }) => pair.source !== pair.target)
    .map((each) => ({ ...each, exact: each.pair.target === target || !target.includes("-") }));
  return found.find(({ pair }) => pair.source === source && pair.target === target) ?? found.find(({ exact }) => exact) ?? found[0];
}

/** Those of `engines` that are named, in that order, the first one for an empty name; undefined where one is not there. */
export function named<E extends ServedLanguages>(names: readonly string[], engines: readonly E[]): readonly E[] | undefined {
  const found = names.map((name) => (name === "" ? engines[0] : engines.find((engine) => engine.name === name)));
  return found.every((engine): engine is E => engine !== undefined) ? found : undefined;
}

/** Whether any of `engines` translates from `source`, from any language where it is empty, to `target`. */
export function isServed({ source, target }: Pair, engines: readonly ServedLanguages[]): boolean {
  return engines.some(({ groups }) =>
    source === "" ? sourcesOf(target, groups).length > 0 : servedAs({ source, target }, groups) !== undefined,
  );
}

/** From which languages `groups` translate to `target`, as they call them. */
export function sourcesOf(target: string, groups: readonly LanguageGroup[]): string[] {
  return [...new Set(groups.filter(({ targets }) => nameIn(target, targets)).flatMap(({ sources }) => sources))].filter(
    (source) => source !== target,
  );
}

/** The one of `names` that stands for `language`: itself, its language's own, its likely variety, any of the same script. */
function nameIn(language: string, names: readonly string[]): string | undefined {
  if (names.includes(language)) return language;
  const wanted = likely(language);
  const same = names.filter((name) => {
    const other = likely(name);
    return isSameLanguage(wanted.language, other.language) && wanted.script === other.script;
  });
  return same.find((name) => !name.includes("-")) ?? same.find((name) => likely(name).region === wanted.region) ?? same[0];
}

function isSameLanguage(one: string, other: string): boolean {
  return one === other || SAME.some((names) => names.includes(one) && names.includes(other));
}

interface Likely {
  readonly language: string;
  readonly script: string;
  readonly region: string;
}

const known = new Map<string, Likely>();

/** Of some hundreds of codes; what is no code is a language of its own. */
function likely(code: string): Likely {
  const before = known.get(code);
  if (before) return before;
  let found: Likely;
  try {
    const { language, script = "", region = "" } = new Intl.Locale(code).maximize();
    found = { language, script, region };
  } catch {
    found = { language: code, script: "", region: "" };
  }
  if (known.size < 10_000) known.set(code, found);
  return found;
}
