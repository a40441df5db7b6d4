import type { EngineTraits, LanguageGroup, TranslationEngine } from "../translation_engine.ts";
import { type ApertiumOptions, apertium } from "./apertium.ts";

/** What is waited for at once is little for its programs; more pipelines are started where there are processors for them. */
const TRAITS: EngineTraits = {
  unit: "sentence",
  limits: { texts: 64, characters: 50_000 },
  concurrency: 16,
  follows: new Set(),
  billed: false,
};

/** The programs of this machine as a translation engine. */
export function apertiumEngine(name: string, options: ApertiumOptions = {}): TranslationEngine {
  const translator = apertium(options);
  return {
    name,
    traits: TRAITS,
    async languages() {
      const bySource = Map.groupBy(await translator.pairs(), ({ source }) => source);
      return [...bySource].map(
        ([source, pairs]): LanguageGroup => ({
          sources: [source],
          targets: pairs.map(({ target }) => target),
          formality: false,
          glossary: false,
        }),
      );
    },
    async translate(batch, { pair }, signal) {
      return { translations: await translator.translate(batch, pair, signal), billed: 0 };
    },
    [Symbol.asyncDispose]: () => translator[Symbol.asyncDispose](),
  };
}
