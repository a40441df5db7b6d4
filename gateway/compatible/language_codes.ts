import type { ListLanguagePairsResponse } from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { LANGUAGE, type ServedLanguages } from "../../platform/languages.ts";

/** Of what a client says. */
const MAX_SHOWN = 40;
/** What other services call languages that have another name here. */
const OTHER_NAMES: Readonly<Record<string, string>> = { zt: "zh-Hant", pb: "pt-BR", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant" };

/** The language that a client means by `code`, in any case, as BCP 47 has it; undefined for none. */
export function languageOf(code: string): string | undefined {
  const wanted = code.toLowerCase().replaceAll("_", "-");
  try {
    const [canonical = ""] = Intl.getCanonicalLocales(OTHER_NAMES[wanted] ?? wanted);
    return LANGUAGE.test(canonical) ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** "pt" of "pt-BR". */
export function baseOf(code: string): string {
  return code.split("-", 1)[0] ?? code;
}

/** Whether both are one language in one script, so that what is in one need not be translated to the other: not so of "zh" and "zh-Hant". */
export function isSameLanguage(one: string, other: string): boolean {
  const [first, second] = [new Intl.Locale(one).maximize(), new Intl.Locale(other).maximize()];
  return first.language === second.language && first.script === second.script;
}

/** "Portuguese (Brazil)"; the code itself where it has no name. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Between what the engine translates that is named; without a name, what translates requests that name none. Throws TRANSLATION_ENGINE_UNKNOWN. */
export function enginesOf({ engines, pairs }: ListLanguagePairsResponse, name: string): readonly ServedLanguages[] {
  const named = engines.find((engine) => engine.name === name);
  if (named) return [{ name, groups: named.languages }];
  if (name !== "") throw DragomanError.of("TRANSLATION_ENGINE_UNKNOWN", `No translation engine is named "${name.slice(0, MAX_SHOWN)}".`);
  // Told pair by pair, because which engine it is depends on the tenant's settings.
  const groups = [...Map.groupBy(pairs, ({ source }) => source)].map(([source, from]) => ({
    ...{ sources: [source], targets: from.map(({ target }) => target), formality: false, glossary: false },
  }));
  return [{ name, groups }];
}
