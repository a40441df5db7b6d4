import { PDFDocument } from "pdf-lib";
import { alternate } from "./alternate.ts";
import { joinLayers, markLayers } from "./layers.ts";
import { placeBeside } from "./side_by_side.ts";

export interface BilingualLook {
  readonly layout: "alternating" | "side by side";
  readonly first: "source" | "translation";
}

export interface Pair {
  readonly source: Uint8Array;
  readonly translation: Uint8Array;
  /** Of each page of the translation, which page of the source it translates, from 1. */
  readonly sourcePages: readonly number[];
  /** That the source opens with; empty for none, and for one that is encrypted with an empty one. */
  readonly password: string;
}

/** Two PDFs as two documents: the translation, which the result is made of and keeps all that is not pages of, and its source. */
export interface OpenPair {
  readonly into: PDFDocument;
  readonly source: PDFDocument;
  readonly sourcePages: readonly number[];
  readonly first: BilingualLook["first"];
}

/**
 * One PDF of a document and its translation. The translation's outline, links, forms and attachments stay; links of the source lead
 * to the same places in it. Pure. Throws what pdf-lib throws for files that it cannot read.
 */
export async function bilingual(
  { source, translation, sourcePages, password }: Pair,
  { layout, first }: BilingualLook,
): Promise<Uint8Array> {
  const options = { updateMetadata: false };
  const into = await PDFDocument.load(translation, { ...options, password: "" });
  const from = await PDFDocument.load(source, { ...options, password });
  const pair: OpenPair = { into, source: from, sourcePages, first };
  markLayers(pair.source);
  if (layout === "alternating") await alternate(pair);
  else await placeBeside({ ...pair, sourcePages: [...sourcePages, ...emptyPages(into, from, sourcePages)] });
  joinLayers(into);
  return into.save();
}

/** Adds a page for each of the source that none translates, which would have nothing to stand beside: which one each is for. */
function emptyPages(into: PDFDocument, source: PDFDocument, sourcePages: readonly number[]): number[] {
  const translated = new Set(sourcePages);
  const left = source.getPageIndices().filter((index) => !translated.has(index + 1));
  for (const index of left) into.addPage([source.getPage(index).getWidth(), source.getPage(index).getHeight()]);
  return left.map((index) => index + 1);
}
