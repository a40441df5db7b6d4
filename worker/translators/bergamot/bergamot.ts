import { DragomanError } from "../../../platform/errors.ts";
import { UsageError } from "../../../platform/usage_error.ts";
import { configured } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import type { EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { groupsOf, type ModelFiles, modelsIn, routeOf } from "./models.ts";
import { NeuralThread } from "./neural_thread.ts";

const LOOK_EVERY_MS = 10_000;

const TRAITS: EngineTraits = {
  unit: "paragraph",
  // So much takes a second or two, and nobody else is answered meanwhile.
  limits: { texts: 16, characters: 2_000 },
  concurrency: 1,
  follows: new Set(),
  billed: false,
};

/**
 * Neural models that run here, offline, in a thread of their own: `bergamot:FOLDER`, with the models of Firefox's translations
 * or of the Bergamot project in it. https://github.com/browsermt/bergamot-translator.
 * Throws UsageError for an address without a folder.
 */
export function bergamot(config: EngineConfig): TranslationEngine {
  const { name, url } = config;
  const folder = folderOf(url);
  if (folder === "") throw new UsageError(`The translation engine ${name} needs a folder of models: bergamot:FOLDER.`);
  const thread = new NeuralThread(name);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let models: ReadonlyMap<string, ModelFiles> = new Map();

  /** What is in the folder may change while it runs. */
  const current = async () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return models;
    models = await modelsIn(folder).catch((cause: unknown) => {
      throw DragomanError.of("TRANSLATOR_REFUSED", `The translation engine ${name} has no folder of models that can be read.`, { cause });
    });
    lookedAt = performance.now();
    return models;
  };

  return {
    name,
    traits: configured(TRAITS, config),
    languages: async () => groupsOf(await current()),
    async translate(batch, { pair }, signal) {
      const route = routeOf(await current(), pair);
      if (route.length === 0)
        throw DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `${name} has no models for ${pair.source}→${pair.target}.`);
      return { translations: await thread.translate(route, batch, signal), billed: 0 };
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** Empty for what is none. */
function folderOf({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return "";
  }
}
