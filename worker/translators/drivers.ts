import { UsageError } from "../../platform/usage_error.ts";
import { apertiumEngine } from "./apertium/engine.ts";
import { azure } from "./azure/azure.ts";
import { bergamot } from "./bergamot/bergamot.ts";
import { configured } from "./configured.ts";
import { deepl } from "./deepl/deepl.ts";
import type { EngineConfig } from "./engine_config.ts";
import { google } from "./google/google.ts";
import { libretranslate } from "./libretranslate/libretranslate.ts";
import { openai } from "./openai/openai.ts";
import type { TranslationEngine } from "./translation_engine.ts";

/** What makes an engine of its configuration, by how its URL begins: "deepl" of "deepl:" and of "deepl+http://HOST". */
const DRIVERS: Readonly<Record<string, (config: EngineConfig) => TranslationEngine>> = {
  apertium: (config) => {
    const engine = apertiumEngine(config.name);
    return { ...engine, traits: configured(engine.traits, config) };
  },
  azure,
  bergamot,
  deepl,
  google,
  libretranslate,
  openai,
};

/** What an address may say: of every engine, and of one with this driver. */
const PARAMETERS = ["texts", "characters", "concurrency", "requests_per_minute", "characters_per_minute", "characters_per_month"];
const OWN_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  azure: ["region", "version", "category", "deployment"],
  google: ["project", "location", "model"],
  openai: ["model", "reasoning", "languages"],
};

/** Opens nothing yet. Throws UsageError for what its driver cannot take. */
export function engineOf(config: EngineConfig): TranslationEngine {
  const family = config.url.protocol.replace(/[+:].*$/, "");
  const driver = DRIVERS[family];
  if (!driver) throw new UsageError(`The translation engine ${config.name} begins with ${family}:, for which there is no driver.`);
  const taken = [...PARAMETERS, ...(OWN_PARAMETERS[family] ?? [])];
  // Which one is not said: it may be a key. A limit that is mistyped is none, and dear.
  if ([...config.url.searchParams.keys()].some((name) => !taken.includes(name)))
    throw new UsageError(`The address of the translation engine ${config.name} takes no other parameters than key, ${taken.join(", ")}.`);
  return driver(config);
}
