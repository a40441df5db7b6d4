export type Wholeness =
  | { readonly kind: "whole" }
  /** It has no end, but nothing shows that anything is missing: the pages that are found must be as many as it has objects for. */
  | { readonly kind: "endless"; readonly pages: number }
  | { readonly kind: "cut off"; readonly why: string };

/**
 * Whether all of a PDF is there. Readers mend a file that was cut off and then show fewer pages, or an older state of
 * it; here a page must never go missing in silence. What stands behind the end and is no part of a PDF does not matter.
 */
export function wholenessOf(bytes: Buffer): Wholeness {
  const end = bytes.lastIndexOf("startxref");
  // An object behind the last end belongs to a change whose own end is missing, as the first end of a file made for the web is.
  if (end >= 0 && !hasObject(bytes, end)) return { kind: "whole" };
  return endless(bytes);
}

function hasObject(bytes: Buffer, from: number): boolean {
  return /\d+\s+\d+\s+obj\b/.test(bytes.subarray(from).toString("latin1"));
}

/** A file without an end is whole if its last object is, and every object that another one names is there. */
function endless(bytes: Buffer): Wholeness {
  const text = withoutStreams(bytes.toString("latin1"));
  if (text === undefined) return { kind: "cut off", why: "it ends within a stream" };
  if (/\/Type\s*\/(?:ObjStm|XRef)\b/.test(text)) return { kind: "cut off", why: "its list of objects is missing" };
  const ends = text.lastIndexOf("endobj");
  if (ends < 0 || /\d\s+obj\b/.test(text.slice(ends))) return { kind: "cut off", why: "its last object has no end" };
  const objects = new Map<string, string>();
  for (const { 1: id = "", 2: body = "" } of text.matchAll(/(?<![\d.])(\d+\s+\d+)\s+obj\b([\s\S]*?)endobj/g))
    objects.set(id.replace(/\s+/, " "), body);
  for (const { 1: id = "" } of text.matchAll(/(?<![\d.])(\d+\s+\d+)\s+R\b/g))
    if (!objects.has(id.replace(/\s+/, " "))) return { kind: "cut off", why: "objects are missing" };
  return { kind: "endless", pages: [...objects.values()].filter((body) => /\/Type\s*\/Page\b/.test(body)).length };
}

/** `text` without what is between `stream` and `endstream`; undefined if the last stream has no end. */
function withoutStreams(text: string): string | undefined {
  const parts: string[] = [];
  for (let from = 0; ; ) {
    const begins = /\bstream\r?\n/g;
    begins.lastIndex = from;
    const begin = begins.exec(text);
    if (!begin) return parts.join("") + text.slice(from);
    const end = text.indexOf("endstream", begin.index);
    if (end < 0) return undefined;
    parts.push(text.slice(from, begin.index));
    from = end + "endstream".length;
  }
}
