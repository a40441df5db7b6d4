import { apertium } from "../../worker/translators/apertium/apertium.ts";
import { everyDocument, type Translators } from "../../worker/translators/translators.ts";

/** Apertium as one that serves `pairs` and no others. */
export function serving(pairs: Translators["pairs"], translator = apertium()): Translators {
  return { ...everyDocument(translator), pairs };
}
