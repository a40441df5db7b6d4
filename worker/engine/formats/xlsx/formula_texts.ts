/** Longer formulas than any program takes are looked at so far. */
const MAX_FORMULA = 64 * 1024;
const MAX_PATTERNS = 200;

/** Brackets of structured references, names of sheets, texts: in this order none is taken for another. */
const TOKENS = /\[((?:'.|[^[\]'])*)\]|'(?:[^']|'')*'|"((?:[^"]|"")*)"/g;
/** Functions that look for a text within others, and comparisons with a part of one. */
const WITHIN =
  /\b(?:SEARCHB?|FINDB?|SUBSTITUTE)\s*\([^"()]{0,200}"((?:[^"]|"")*)"|\b(?:LEFT|RIGHT|MID)B?\s*\([^()"]{0,200}\)\s*(?:=|<>)\s*"((?:[^"]|"")*)"/gi;

/**
 * The texts that a workbook's formulas, rules and filters name: a cell that says one of them says it for them to find it, so
 * its text is kept.
 */
export class FormulaTexts {
  readonly #whole = new Set<string>();
  readonly #within = new Set<string>();
  readonly #patterns = new Set<string>();
  /** The columns that structured references name, in small letters. */
  readonly columns = new Set<string>();
  /** Whether references are made of texts: then names of sheets and ranges in cells are such texts. */
  hasIndirect = false;

  formula(text: string): void {
    if (text.length > MAX_FORMULA) return this.formula(text.slice(0, MAX_FORMULA));
    if (/\b(?:INDIRECT|HYPERLINK)\s*\(/i.test(text)) this.hasIndirect = true;
    if (!/["[]/.test(text)) return;
    for (const [, column, literal] of text.matchAll(TOKENS)) {
      if (column !== undefined) this.columns.add(folded(column.replace(/^@/, "").replace(/'(.)/g, "$1")));
      else if (literal !== undefined) this.literal(literal.replaceAll('""', '"'));
    }
    for (const [, sought, part] of text.matchAll(WITHIN)) this.within((sought ?? part ?? "").replaceAll('""', '"'));
  }

  /** What is compared with cells: it may begin with an operator, and have wildcards. */
  literal(text: string): void {
    this.whole(text);
    const bare = text.replace(/^(?:<>|<=|>=|=|<|>)/, "");
    if (bare !== text) this.whole(bare);
    if (/(?<!~)[*?]/.test(bare) && /\p{L}/u.test(bare) && this.#patterns.size < MAX_PATTERNS) this.#patterns.add(folded(bare));
  }

  whole(text: string): void {
    if (/\p{L}/u.test(text)) this.#whole.add(folded(text));
  }

  /** A text that is looked for within others. A letter or two is in all of them. */
  within(text: string): void {
    if ((text.match(/\p{L}/gu)?.length ?? 0) > 2 && this.#within.size < MAX_PATTERNS) this.#within.add(folded(text));
  }

  /** Whether a cell's text is one that is named. */
  has(text: string): boolean {
    const said = folded(text);
    if (this.#whole.has(said)) return true;
    for (const part of this.#within) if (said.includes(part)) return true;
    for (const pattern of this.#patterns) if (matches(said, pattern)) return true;
    return false;
  }
}

/** As programs compare texts: capitals and small letters are alike, and so are spaces at the ends to people. */
function folded(text: string): string {
  return text.trim().toLowerCase();
}

/** Whether all of `text` is like `pattern`, in which "*" is any number of signs, "?" one, and "~" takes their meaning from both. */
export function matches(text: string, pattern: string): boolean {
  let [at, in_] = [0, 0];
  let [star, from] = [-1, 0];
  while (at < text.length) {
    const sign = pattern[in_];
    const isEscaped = sign === "~" && in_ + 1 < pattern.length;
    const wanted = isEscaped ? pattern[in_ + 1] : sign;
    if (sign === "*") [star, from] = [in_++, at];
    else if (wanted !== undefined && (wanted === text[at] || (sign === "?" && !isEscaped))) {
      at++;
      in_ += isEscaped ? 2 : 1;
    } else if (star >= 0) {
      in_ = star + 1;
      at = ++from;
    } else return false;
  }
  while (pattern[in_] === "*") in_++;
  return in_ >= pattern.length;
}
