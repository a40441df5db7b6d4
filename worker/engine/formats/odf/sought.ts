/** Attributes with formulas or conditions, and those that name columns by their heads. Whatever the prefix, for it is looked for before it is parsed. */
const FORMULAS = /\b(formula|condition|expression|apply-style-name|source-field-name|display-formula)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const LITERAL = /"((?:[^"]|"")*)"/g;
const MAX_LITERALS = 100_000;
const NAMED: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: "&", lt: "<", gt: ">" };

/**
 * The texts that formulas of `source` compare cells with, in lower case: =IF(A1="Yes";…) finds no "Yes" once that is
 * translated, and the reader of the result gets other figures. Values of validity lists and heads of pivot tables are such too.
 */
export function soughtIn(source: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, name, double, single] of source.matchAll(FORMULAS)) {
    const value = decodedValue(double ?? single ?? "");
    const texts = name === "source-field-name" ? [value] : [...value.matchAll(LITERAL)].map(([, text = ""]) => text.replaceAll('""', '"'));
    for (const text of texts) {
      // COUNTIF and its like have the comparison in the text.
      const sought = text
        .replace(/^(?:<>|[<>]=?|=)/, "")
        .replace(/\s+/g, " ")
        .trim()
        .toLowerCase();
      if (/\p{L}/u.test(sought) && found.size < MAX_LITERALS) found.add(sought);
    }
  }
  return found;
}

/** Of an attribute, without character references. */
export function decodedValue(value: string): string {
  return value.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
