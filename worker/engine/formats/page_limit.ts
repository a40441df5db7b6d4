import { EngineError } from "../errors.ts";

const MAX_PAGES = 2000;

/** Throws TOO_MANY_PAGES for a document of more pages than are read, whatever its format. */
export function requireFewPages(count: number): void {
  if (count > MAX_PAGES) throw new EngineError("TOO_MANY_PAGES", `The document has ${count} pages; the limit is ${MAX_PAGES}.`);
}
