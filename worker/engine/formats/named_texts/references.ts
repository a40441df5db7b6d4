import { decodeString } from "micromark-util-decode-string";

/** A character reference of HTML. */
export const REFERENCE = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});/;

/** The sign that it stands for; itself, if it is none. */
export function decodeReference(reference: string): string {
  return decodeString(reference);
}

/** The character references that a value writes signs as, and never writes them otherwise: so they can be written again. */
export function referencesIn(value: string): ReadonlyMap<string, string> {
  const all = new Set(value.match(new RegExp(REFERENCE.source, "g")) ?? []);
  if (all.size === 0) return new Map();
  // What stands in tags is no text.
  const bare = value.replace(new RegExp(REFERENCE.source, "g"), "").replace(/<\/?[a-zA-Z\d][^<>]{0,2000}>/g, "");
  const found = new Map<string, string>();
  for (const reference of all) {
    const sign = decodeReference(reference);
    if (sign !== reference && [...sign].length === 1 && !bare.includes(sign) && !found.has(sign)) found.set(sign, reference);
  }
  return found;
}
