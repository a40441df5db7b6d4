import { UsageError } from "../../platform/usage_error.ts";
import { apertiumEngine } from "./apertium/engine.ts";
import { azure } from "./azure/azure.ts";
import { bergamot } from "./bergamot/bergamot.ts";
import { deepl } from "./deepl/deepl.ts";
import type { EngineConfig } from "./engine_config.ts";
import { google } from "./google/google.ts";
import { libretranslate } from "./libretranslate/libretranslate.ts";
import { openai } from "./openai/openai.ts";
import type { TranslationEngine } from "./translation_engine.ts";

/** What makes an engine of its configuration, by how its URL begins: "deepl" of "deepl:" and of "deepl+http://HOST". */
const DRIVERS: Readonly<Record<string, (config: EngineConfig) => TranslationEngine>> = {
  apertium: ({ name }) => apertiumEngine(name),
  azure,
  bergamot,
  deepl,
  google,
  libretranslate,
  openai,
};

/** Opens nothing yet. Throws UsageError for what its driver cannot take. */
export function engineOf(config: EngineConfig): TranslationEngine {
  const family = config.url.protocol.replace(/[+:].*$/, "");
  const driver = DRIVERS[family];
  if (!driver) throw new UsageError(`The translation engine ${config.name} begins with ${family}:, for which there is no driver.`);
  return driver(config);
}
