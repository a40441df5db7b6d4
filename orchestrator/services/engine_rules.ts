import { FormalitySchema, type JobOptions, MemoryUseSchema, StrictnessSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { TranslationEngine } from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isServed, LANGUAGE, named, type ServedLanguages } from "../../platform/languages.ts";
import { canAddress, enginesOf, type TranslationAbility } from "../jobs/translation.ts";

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MAX_ENGINES = 20;
const MAX_GROUPS = 100;
const MAX_LANGUAGES = 500;
const FOLLOWS: ReadonlySet<string> = new Set(["formality", "tone", "domain", "context", "instructions"]);
const MAX_MODEL = 200;
const MAX_FALLBACKS = 5;
const CHOICE = "is one of the contract's values";
const LENGTHS = { tone: 200, domain: 200, context: 4_000, instructions: 2_000 } as const;

/** What a worker says of its engines, as it may be shown to clients. */
export function boundedEngines(engines: readonly TranslationEngine[]): TranslationEngine[] {
  const codes = (all: readonly string[]) => all.filter((code) => LANGUAGE.test(code)).slice(0, MAX_LANGUAGES);
  return engines
    .filter(({ name }) => NAME.test(name))
    .slice(0, MAX_ENGINES)
    .map((engine) => ({
      ...engine,
      model: engine.model.slice(0, MAX_MODEL),
      follows: engine.follows.filter((each) => FOLLOWS.has(each)),
      languages: engine.languages
        .slice(0, MAX_GROUPS)
        .map((group) => ({ ...group, sources: codes(group.sources), targets: codes(group.targets) })),
    }));
}

export function servedBy({ name, languages }: TranslationEngine): ServedLanguages {
  return { name, groups: languages };
}

/** What options may say of engines and manners. */
export function mannerRules(options: JobOptions): readonly (readonly [holds: boolean, field: string, description: string])[] {
  const { engine, fallbackEngines: fallbacks, maxCharacters } = options;
  const isName = (name: string) => NAME.test(name);
  return [
    [engine === "" || isName(engine), "options.engine", "is the name of an engine as in GET /languages, or empty"],
    [
      fallbacks.length <= MAX_FALLBACKS && fallbacks.every(isName) && new Set([engine, ...fallbacks]).size === fallbacks.length + 1,
      "options.fallback_engines",
      `has at most ${MAX_FALLBACKS} names of engines, each once, and not that of options.engine`,
    ],
    ...Object.entries(LENGTHS).map(
      ([field, most]) =>
        [options[field as keyof typeof LENGTHS].length <= most, `options.${field}`, `has at most ${most} characters`] as const,
    ),
    [maxCharacters >= 0n, "options.max_characters", "is no negative number"],
    [options.formality in FormalitySchema.value, "options.formality", CHOICE],
    [options.memory in MemoryUseSchema.value, "options.memory", CHOICE],
    [options.strictness in StrictnessSchema.value, "options.strictness", CHOICE],
  ];
}

/** Throws TRANSLATION_ENGINE_UNKNOWN. */
export function requireKnown(options: JobOptions, engines: readonly TranslationAbility[]): void {
  const names = enginesOf(options);
  const missing = names.find((name) => name !== "" && !engines.some((engine) => engine.name === name));
  if (missing !== undefined)
    throw DragomanError.of("TRANSLATION_ENGINE_UNKNOWN", `There is no translation engine ${missing}.`, {
      hint: `These are there: ${engines.map(({ name }) => name).join(", ") || "none"}.`,
    });
}

/**
 * Holds a job to the engines that there are now, the deployment's own first. Throws TRANSLATION_ENGINE_UNKNOWN,
 * UNSUPPORTED_LANGUAGE_PAIR, OPTION_UNSUPPORTED.
 */
export function requireEngines(options: JobOptions, engines: readonly TranslationAbility[]): void {
  requireKnown(options, engines);
  const names = enginesOf(options);
  const asked = named(names, engines);
  if (!asked) return;
  const { sourceLanguage: source, targetLanguage: target } = options;
  if (names.join() !== "" && !isServed({ source, target }, asked))
    throw DragomanError.of(
      "UNSUPPORTED_LANGUAGE_PAIR",
      `${asked.map(({ name }) => name).join(" and ")} ${asked.length === 1 ? "does" : "do"} not serve ${source || "any language"}→${target}.`,
    );
  if (!canAddress(options, asked))
    throw DragomanError.of(
      "OPTION_UNSUPPORTED",
      `${asked.map(({ name }) => name).join(" and ")} cannot be told a formality in these languages.`,
    );
}
