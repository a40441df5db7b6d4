/** Entries of one `beginbfchar` (Adobe Technical Note 5014). */
const MOST_ENTRIES = 100;

/** The CMap that says which text each code stands for (ISO 32000-1, 9.10.3). */
export function toUnicode(codes: readonly (readonly [code: number, text: string])[]): string {
  const rows = codes.filter(([, text]) => text !== "").map(([code, text]) => `<${hexOf(code)}> <${utf16(text)}>`);
  const blocks: string[] = [];
  for (let from = 0; from < rows.length; from += MOST_ENTRIES) {
    const block = rows.slice(from, from + MOST_ENTRIES);
    blocks.push(`${block.length} beginbfchar`, ...block, "endbfchar");
  }
  return [
    "/CIDInit /ProcSet findresource begin",
    "12 dict begin",
    "begincmap",
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def",
    "/CMapType 2 def",
    "1 begincodespacerange",
    "<0000> <FFFF>",
    "endcodespacerange",
    ...blocks,
    "endcmap",
    "CMapName currentdict /CMap defineresource pop",
    "end",
    "end",
  ].join("\n");
}

export function hexOf(unit: number): string {
  return unit.toString(16).toUpperCase().padStart(4, "0");
}

/** Big-endian, as it is: surrogates are two units. */
export function utf16(text: string): string {
  return Array.from({ length: text.length }, (_, index) => hexOf(text.charCodeAt(index))).join("");
}
