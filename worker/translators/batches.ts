import { charactersIn } from "../engine/document/characters.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { EngineTraits } from "./translation_engine.ts";

/** What a tag takes as an element, as in `<x id="12"/>`. */
const TAG_LETTERS = 16;

/** Cut to what an engine takes at once, in order. A text that alone is more than that stands alone. */
export function cut<T extends { readonly unit: Tagged }>(texts: readonly T[], limits: EngineTraits["limits"]): T[][] {
  const batches: T[][] = [];
  let [characters, bytes] = [0, 0];
  for (const text of texts) {
    const size = charactersIn([text.unit.text]) + TAG_LETTERS * text.unit.tags.length;
    const weight = Buffer.byteLength(text.unit.text) + TAG_LETTERS * text.unit.tags.length;
    characters += size;
    bytes += weight;
    const last = batches.at(-1);
    if (last && last.length < limits.texts && characters <= limits.characters && bytes <= (limits.bytes ?? Number.POSITIVE_INFINITY)) {
      last.push(text);
      continue;
    }
    batches.push([text]);
    [characters, bytes] = [size, weight];
  }
  return batches;
}
