import { decodeText, REFERENCE } from "../markup/references.ts";

/** The character references that a value writes signs as, and never writes them otherwise: so they can be written again. */
export function referencesIn(value: string): ReadonlyMap<string, string> {
  const all = new Set(value.match(REFERENCE) ?? []);
  if (all.size === 0) return new Map();
  // What stands in tags is no text.
  const bare = value.replace(REFERENCE, "").replace(/<\/?[a-zA-Z\d][^<>]{0,2000}>/g, "");
  const found = new Map<string, string>();
  for (const reference of all) {
    const sign = decodeText(reference);
    if (sign !== reference && [...sign].length === 1 && !bare.includes(sign) && !found.has(sign)) found.set(sign, reference);
  }
  return found;
}
