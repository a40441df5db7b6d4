import type { LanguagePair, Translator } from "../../ports/translator.ts";
import { startTranslating, type Translating } from "./translate.ts";

/** Begins to find out what translating would take: nothing is translated, and nothing is wrong with what is given for it. */
export async function startEstimating(pair: LanguagePair, translator: Translator, signal: AbortSignal): Promise<Translating> {
  // What is asked for ahead is asked of the same.
  const work = await startTranslating(pair, estimating(translator), { signal });
  return { ...work, judge: () => ({ verdict: "ok", reasons: [] }) };
}

function estimating(translator: Translator): Translator {
  return {
    pairs: () => translator.pairs(),
    unitOf: (pair) => translator.unitOf(pair),
    async translate(batch, pair, signal) {
      const estimated = await translator.estimate?.(batch, pair, signal);
      return estimated ?? batch.map((unit) => ({ kind: "translated", target: unit, unknown: [] }));
    },
    async [Symbol.asyncDispose]() {},
  };
}
