import type { Page } from "../document/model.ts";
import type { PageContent } from "./content.ts";
import { layOut } from "./layout.ts";

/** Lays out a document page by page. Pages that their file laid out itself go through as they are. */
export async function* flow(pages: AsyncIterable<PageContent | Page>): AsyncGenerator<Page> {
  for await (const page of pages) yield "words" in page ? layOut(page) : page;
}
