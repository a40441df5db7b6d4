import { apertium } from "../../worker/translators/apertium/apertium.ts";
import type { Translators } from "../../worker/translators/translators.ts";

/** Apertium as one that serves `pairs` and no others, every document by the same, whatever its order. */
export function serving(pairs: Translators["pairs"], translator = apertium()): Translators {
  return {
    pairs,
    async open() {
      return {
        pairs: () => translator.pairs(),
        unitOf: (pair) => translator.unitOf(pair),
        translate: (batch, pair, signal, refused) => translator.translate(batch, pair, signal, refused),
        uses: () => [],
        remarks: () => [],
        async [Symbol.asyncDispose]() {},
      };
    },
    [Symbol.asyncDispose]: () => translator[Symbol.asyncDispose](),
  };
}
