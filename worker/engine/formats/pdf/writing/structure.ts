import { type PDFContext, PDFDict, PDFName, type PDFPage, PDFRef } from "pdf-lib";

/** What these show is no text that was translated; what stands for them is kept. */
const PICTURES: readonly string[] = ["/Figure", "/Formula"];

/**
 * Takes from the structure's elements on `pages` what they say their text is (ActualText, E; ISO 32000-2, 14.9.4 and 14.9.5): it
 * is the source's, and a screen reader would read it instead of the translation.
 */
export function withoutSourceText(context: PDFContext, pages: ReadonlySet<PDFPage>): void {
  const refs = new Set([...pages].map(({ ref }) => ref));
  for (const [, element] of context.enumerateIndirectObjects()) {
    if (!(element instanceof PDFDict) || !isOn(element, refs)) continue;
    for (const entry of ["ActualText", "E"]) element.delete(PDFName.of(entry));
  }
}

/** One that names no page has its children's, which may be any. */
function isOn(element: PDFDict, pages: ReadonlySet<PDFRef>): boolean {
  const kind = element.get(PDFName.of("S"));
  if (!(kind instanceof PDFName) || !(element.get(PDFName.of("P")) instanceof PDFRef) || PICTURES.includes(kind.asString())) return false;
  const page = element.get(PDFName.of("Pg"));
  return !(page instanceof PDFRef) || pages.has(page);
}
