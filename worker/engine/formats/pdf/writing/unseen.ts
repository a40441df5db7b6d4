import { PDFArray, PDFDict, type PDFDocument, PDFHexString, PDFName, type PDFObject, PDFRawStream, PDFString } from "pdf-lib";
import { type Leaf, plainText } from "../../../document/model.ts";
import type { UnseenAnchor } from "../unseen.ts";
import { decoded, registered } from "./streams.ts";
import { Uneditable } from "./uneditable.ts";

/** More entries than any outline has: one that leads in a circle has no end. */
const MAX_ITEMS = 20_000;

/** Translations of what a PDF says beside its pages. */
export class UnseenTexts {
  readonly #known: Readonly<Record<UnseenAnchor["of"], Map<string, string>>> = {
    title: new Map(),
    outline: new Map(),
    label: new Map(),
    tooltip: new Map(),
    note: new Map(),
    alt: new Map(),
  };

  add({ anchor, content }: Leaf): void {
    const { of, text } = anchor as UnseenAnchor;
    this.#known[of].set(text, plainText(content));
  }

  /** Puts them in the places of their sources. */
  write(pdf: PDFDocument): void {
    const { title, outline, label, alt } = this.#known;
    const info = pdf.context.lookup(pdf.context.trailerInfo.Info);
    if (info instanceof PDFDict) replace(info, "Title", title);
    if (title.size > 0) replaceInMetadata(pdf, title);
    const root = pdf.catalog.lookup(PDFName.of("Outlines"));
    if (outline.size > 0 && root instanceof PDFDict) this.#outline(root);
    if (label.size > 0) replaceInLabels(pdf, label);
    if (alt.size > 0) replaceInStructure(pdf, alt);
    for (const page of pdf.getPages()) this.#annotations(page.node.lookup(PDFName.of("Annots")));
  }

  #outline(root: PDFDict): void {
    const waiting = [root];
    const seen = new Set<PDFDict>();
    for (let item = waiting.pop(); item && seen.size < MAX_ITEMS; item = waiting.pop()) {
      if (seen.has(item)) continue;
      seen.add(item);
      replace(item, "Title", this.#known.outline);
      for (const key of ["Next", "First"]) {
        const next = item.lookup(PDFName.of(key));
        if (next instanceof PDFDict) waiting.push(next);
      }
    }
  }

  #annotations(annotations: PDFObject | undefined): void {
    const { tooltip, note } = this.#known;
    if (!(annotations instanceof PDFArray) || tooltip.size + note.size === 0) return;
    for (let index = 0; index < annotations.size(); index++) {
      const annotation = annotations.lookup(index);
      if (!(annotation instanceof PDFDict)) continue;
      replace(annotation, "Contents", note);
      // A field of one widget is one with it; of several it stands above them.
      for (const field of [annotation, annotation.lookup(PDFName.of("Parent"))])
        if (field instanceof PDFDict) replace(field, "TU", tooltip);
    }
  }
}

/** What stands before and behind a text's words stays. */
function replace(dict: PDFDict, key: string, texts: ReadonlyMap<string, string>): void {
  const value = dict.lookup(PDFName.of(key));
  if (!(value instanceof PDFString || value instanceof PDFHexString)) return;
  const before = value.decodeText();
  const text = texts.get(before.replace(/\s+/g, " ").trim());
  const [start, end] = [before.length - before.trimStart().length, before.trimEnd().length];
  if (text !== undefined) dict.set(PDFName.of(key), PDFHexString.fromText(`${before.slice(0, start)}${text}${before.slice(end)}`));
}

/** In the tree of ranges of pages (ISO 32000-2, 12.4.2). */
function replaceInLabels({ catalog }: PDFDocument, labels: ReadonlyMap<string, string>): void {
  const waiting: (PDFObject | undefined)[] = [catalog.lookup(PDFName.of("PageLabels"))];
  const seen = new Set<PDFObject>();
  while (waiting.length > 0 && seen.size < MAX_ITEMS) {
    const node = waiting.pop();
    if (!node || seen.has(node)) continue;
    seen.add(node);
    if (node instanceof PDFDict) {
      replace(node, "P", labels);
      waiting.push(node.lookup(PDFName.of("Nums")), node.lookup(PDFName.of("Kids")));
    } else if (node instanceof PDFArray)
      for (let index = 0; index < Math.min(node.size(), MAX_ITEMS); index++) waiting.push(node.lookup(index));
  }
}

/** What stands for a picture when the document is read out (ISO 32000-2, 14.9.3 to 14.9.5). */
function replaceInStructure({ context }: PDFDocument, texts: ReadonlyMap<string, string>): void {
  for (const [, element] of context.enumerateIndirectObjects())
    if (element instanceof PDFDict && element.has(PDFName.of("S")) && element.has(PDFName.of("P")))
      for (const key of ["Alt", "ActualText", "E"]) replace(element, key, texts);
}

/** XMP says the title once more, as XML. What does not, or cannot be decoded, stays as it is. */
function replaceInMetadata(pdf: PDFDocument, titles: ReadonlyMap<string, string>): void {
  const stream = pdf.catalog.lookup(PDFName.of("Metadata"));
  if (!(stream instanceof PDFRawStream)) return;
  const before = textOf(stream);
  let xml = before;
  // By a function: "$&" in a title is no pattern.
  for (const [source, target] of titles) xml = xml.replaceAll(`>${escaped(source)}</`, () => `>${escaped(target)}</`);
  if (xml !== before) pdf.catalog.set(PDFName.of("Metadata"), registered(pdf.context, Buffer.from(xml, "utf8"), stream.dict));
}

function textOf(stream: PDFRawStream): string {
  try {
    return Buffer.from(decoded(stream)).toString("utf8");
  } catch (error) {
    if (error instanceof Uneditable) return "";
    throw error;
  }
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
