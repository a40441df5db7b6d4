import { PDFArray, PDFDict, type PDFDocument, PDFHexString, PDFName, type PDFObject, type PDFPage, PDFRef, PDFString } from "pdf-lib";

const name = PDFName.of;
/** Of a tree of names: no file of people's has more, and no other ends a walk. */
const MAX_NODES = 10_000;

/** A place in a document. */
export interface Target {
  /** From 0. */
  readonly page: number;
  /** What follows the page in a destination: how it is shown, and where (ISO 32000-1, 12.3.2.2). */
  readonly view: readonly PDFObject[];
}

export function annotationsOf({ node }: PDFPage): PDFDict[] {
  const annotations = node.lookup(name("Annots"));
  if (!(annotations instanceof PDFArray)) return [];
  return Array.from({ length: annotations.size() }, (_, index) => annotations.lookup(index)).filter((one) => one instanceof PDFDict);
}

export function isOf(annotation: PDFDict, subtype: string): boolean {
  return annotation.lookup(name("Subtype")) === name(subtype);
}

/** Tells where links of a document lead. */
export class Targets {
  readonly #document: PDFDocument;
  readonly #pages: ReadonlyMap<string, number>;
  #named: ReadonlyMap<string, PDFObject> | undefined;

  constructor(document: PDFDocument) {
    this.#document = document;
    this.#pages = new Map(document.getPages().map(({ ref }, index) => [ref.toString(), index]));
  }

  /** Of a link into its own document; undefined of all others. */
  of(annotation: PDFDict): Target | undefined {
    const action = annotation.lookup(name("A"));
    const goes = action instanceof PDFDict && action.lookup(name("S")) === name("GoTo") ? action.lookup(name("D")) : undefined;
    return this.#at(annotation.lookup(name("Dest")) ?? goes);
  }

  #at(destination: PDFObject | undefined): Target | undefined {
    const found =
      destination instanceof PDFName || destination instanceof PDFString || destination instanceof PDFHexString
        ? this.#namedOnes().get(destination instanceof PDFName ? destination.decodeText() : destination.decodeText())
        : destination;
    const array = found instanceof PDFDict ? found.lookup(name("D")) : found;
    if (!(array instanceof PDFArray) || array.size() === 0) return undefined;
    const page = array.get(0);
    const index = page instanceof PDFRef ? this.#pages.get(page.toString()) : undefined;
    return index === undefined ? undefined : { page: index, view: array.asArray().slice(1, 6) };
  }

  #namedOnes(): ReadonlyMap<string, PDFObject> {
    this.#named ??= namedDestinations(this.#document);
    return this.#named;
  }
}

function namedDestinations({ catalog }: PDFDocument): Map<string, PDFObject> {
  const found = new Map<string, PDFObject>();
  const old = catalog.lookup(name("Dests"));
  if (old instanceof PDFDict) for (const key of old.keys()) found.set(key.decodeText(), old.lookup(key) as PDFObject);
  const names = catalog.lookup(name("Names"));
  // Each once: a node may be among its own kids, any number of times.
  const nodes = new Set([names instanceof PDFDict ? names.lookup(name("Dests")) : undefined]);
  for (const node of nodes) {
    if (!(node instanceof PDFDict)) continue;
    const kids = node.lookup(name("Kids"));
    if (kids instanceof PDFArray)
      for (let index = 0; index < kids.size() && nodes.size < MAX_NODES; index++) nodes.add(kids.lookup(index) as PDFDict);
    const pairs = node.lookup(name("Names"));
    if (!(pairs instanceof PDFArray)) continue;
    for (let index = 0; index + 1 < pairs.size(); index += 2) {
      const key = pairs.lookup(index);
      if (key instanceof PDFString || key instanceof PDFHexString) found.set(key.decodeText(), pairs.lookup(index + 1) as PDFObject);
    }
  }
  return found;
}
