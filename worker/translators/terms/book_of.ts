import type { TranslationOrder } from "../order.ts";
import { type TermBook, type TermSource, termBook } from "./term_book.ts";

/** What one document is held to: its job's terms, then what is not to be translated, then `stored`, its order's glossaries in their order. */
export function bookOf(
  { terms, doNotTranslate }: Pick<TranslationOrder, "terms" | "doNotTranslate">,
  stored: readonly TermSource[],
): TermBook {
  const names = doNotTranslate.map((source) => ({ source, target: "", caseSensitive: true, exact: true }));
  return termBook([{ terms: [...terms, ...names] }, ...stored]);
}
