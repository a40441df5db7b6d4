import type { Leaf } from "../../document/model.ts";
import { type Edit, inOrder, isCovered } from "../edits.ts";
import type { Writing } from "../format.ts";
import type { LeafAnchor } from "./anchors.ts";
import { emit } from "./emit.ts";
import { languageEdits } from "./language.ts";
import type { Markup } from "./read.ts";
import { decodeText, REFERENCE } from "./references.ts";

/**
 * The edits, in order, that set `leaves`, which differ from the source's, in place, and have the page say that it is in the
 * target language. `has` tells which signs its encoding has, all if not given.
 */
export function markupEdits(markup: Markup, leaves: readonly Leaf[], writing: Writing, has?: (sign: string) => boolean): Edit[] {
  const { source, isXml } = markup;
  const isStrict = isXml || source.includes("&amp;");
  const referenced = referencing(source, has);
  const isValue = (leaf: Leaf) => (leaf.anchor as LeafAnchor).setting === "value";
  const edit = (leaf: Leaf, edits: readonly Edit[]): Edit => {
    const { range } = leaf.anchor as LeafAnchor;
    return { from: range[0], to: range[1], text: emit(leaf, { source, isXml, isStrict, edits, referenced }) };
  };
  // Attributes stand within tags of other leaves, which are written with them.
  const values = leaves.filter(isValue).map((leaf) => edit(leaf, []));
  const inner = inOrder([...values, ...languageEdits(markup.languages, markup, writing)]);
  const outer = inOrder(leaves.filter((leaf) => !isValue(leaf)).map((leaf) => edit(leaf, inner)));
  return inOrder([...outer, ...inner.filter((each) => !isCovered(each, outer))]);
}

/** Signs that nobody sees in a source, so that authors write them as references. */
const INVISIBLE = /^[\p{Z}\p{Cf}]$/u;

/** Writes signs as references that the source writes so, and those that its encoding lacks. */
function referencing(source: string, has: (sign: string) => boolean = () => true): (text: string) => string {
  const own = new Map<string, string>();
  for (const [reference] of source.matchAll(REFERENCE)) {
    const sign = decodeText(reference);
    const isOne = sign !== reference && [...sign].length === 1;
    if (isOne && (sign > "\u007f" || sign === ">") && !own.has(sign)) own.set(sign, reference);
  }
  for (const sign of own.keys()) if (sign !== ">" && !INVISIBLE.test(sign) && source.includes(sign)) own.delete(sign);
  return (text) =>
    text.replace(/[>\u0080-\u{10ffff}]/gu, (sign) => own.get(sign) ?? (has(sign) || sign === ">" ? sign : `&#${sign.codePointAt(0)};`));
}
