import { PDFName, type PDFPage } from "pdf-lib";
import type { OpenPair } from "./bilingual.ts";
import { annotationsOf, Targets } from "./links.ts";

const name = PDFName.of;
/** They lead to what is not copied: other pages, articles, the source's tree of tags and of fields. */
const PAGE_KEYS = ["AA", "B", "StructParents", "PieceInfo"].map(name);
const ANNOTATION_KEYS = ["P", "Parent", "StructParent", "Dest", "AA"].map(name);

/** Puts each page of the source before or after the pages that translate it. */
export async function alternate({ into, source, sourcePages, first }: OpenPair): Promise<void> {
  const targets = new Targets(source);
  const leads = source.getPages().map((page) => annotationsOf(page).map((annotation) => targets.of(annotation)));
  for (const page of source.getPages()) detach(page);
  const copies = await into.copyPages(source, source.getPageIndices());
  // Those that no page translates come last, in their order.
  const end = into.getPageCount();
  for (let index = copies.length - 1; index >= 0; index--) {
    const copy = copies[index] as PDFPage;
    const own = first === "source" ? sourcePages.indexOf(index + 1) : sourcePages.lastIndexOf(index + 1) + 1;
    into.insertPage(sourcePages.includes(index + 1) ? own : end, copy);
  }
  for (const [index, copy] of copies.entries())
    for (const [at, annotation] of annotationsOf(copy).entries()) {
      const target = leads[index]?.[at];
      if (target) annotation.set(name("Dest"), into.context.obj([(copies[target.page] as PDFPage).ref, ...target.view] as never[]));
    }
  // They number the pages that there were.
  into.catalog.delete(name("PageLabels"));
}

/** Takes off what would copy more than the page. */
function detach(page: PDFPage): void {
  for (const key of PAGE_KEYS) page.node.delete(key);
  for (const annotation of annotationsOf(page)) {
    for (const key of ANNOTATION_KEYS) annotation.delete(key);
    const action = annotation.lookup(name("A"));
    if (action && String((action as { lookup?: (key: PDFName) => unknown }).lookup?.(name("S"))) !== "/URI") annotation.delete(name("A"));
  }
}
