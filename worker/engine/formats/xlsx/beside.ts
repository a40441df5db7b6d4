import { type Block, type Leaf, leavesOf } from "../../document/model.ts";
import { mergeCopies } from "../ooxml/copies.ts";
import { drawingReader } from "../ooxml/drawing.ts";
import { type Graphics, graphicsOf } from "../ooxml/graphics.ts";
import { Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf, findAll, nameOf } from "../ooxml/names.ts";
import type { OfficePackage, XmlPart } from "../ooxml/package.ts";
import type { LeafAnchor } from "../ooxml/places.ts";
import { stringReader } from "../ooxml/strings.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { cachesIn } from "./caches.ts";
import type { Sheet } from "./workbook.ts";

export interface Beside {
  readonly blocks: readonly Block[];
  /** Of readers, which were not asked for. */
  readonly comments: number;
  /** Of threads, written out for older programs. */
  readonly copies: number;
  readonly pictures: number;
  /** Labels of controls, in drawings of the old kind. */
  readonly labels: number;
}

/** A path, or a file's name: programs put them there by themselves. */
const FILE = /^\S*[/\\]\S+$|^\S+\.[A-Za-z\d]{2,4}$/;
const PROPERTIES = new Set(["dc:title", "dc:subject", "cp:keywords", "dc:description"]);

/** What stands on a sheet beside its cells: shapes, charts, diagrams, and comments where these are chosen. Throws DOCUMENT_CORRUPT. */
export async function readBeside(
  office: OfficePackage,
  sheet: Sheet,
  { ids, comments }: { ids: () => string; comments: boolean },
): Promise<Beside> {
  const leaves = new Leaves(ids);
  const blocks: Block[] = [];
  const counts = { comments: 0, copies: 0, pictures: 0, labels: 0 };
  for (const { type, target } of sheet.relationships) {
    if (type === "drawing") {
      const drawing = new Drawing(target, await office.xml(target), await graphicsOf(office, target), leaves);
      blocks.push(...withoutCaches(drawing.blocks(), await cacheRanges(office, target)), ...leaves.takeAside());
      counts.pictures += drawing.pictures;
    } else if (type === "comments" || type === "threadedComment") {
      const xml = await office.xml(target);
      const found = commentLeaves(target, xml, type, leaves);
      counts.copies += copiesIn(xml);
      if (comments) blocks.push(...found);
      else counts.comments += found.length;
    } else if (type === "vmlDrawing") counts.labels += labelsIn((await office.text(target)).text);
  }
  return { blocks, ...counts };
}

class Drawing {
  pictures = 0;
  readonly #root: XmlElement;
  readonly #part: string;
  readonly #graphics: Graphics;
  readonly #leaves: Leaves;
  readonly #read: ReturnType<typeof drawingReader>;

  constructor(part: string, { root, text: source }: XmlPart, graphics: Graphics, leaves: Leaves) {
    this.#root = root;
    this.#part = part;
    this.#graphics = graphics;
    this.#leaves = leaves;
    this.#read = drawingReader({ part, source });
  }

  blocks(): Block[] {
    return this.#walk(this.#root);
  }

  #walk(element: XmlElement): Block[] {
    switch (nameOf(element)) {
      case "mc:AlternateContent":
        return this.#alternatives(element);
      case "a:p": {
        const found = this.#read(element);
        return found ? [this.#leaves.runs(found)] : [];
      }
      case "c:chart":
      case "cx:chart":
        return this.#graphics.get(attributeOf(element, "id") ?? "")?.(this.#leaves) ?? [];
      case "dgm:relIds":
        return this.#graphics.get(attributeOf(element, "dm") ?? "")?.(this.#leaves) ?? [];
      case "xdr:pic":
        this.pictures++;
        break;
      case "xdr:cNvPr":
        for (const name of ["descr", "title"]) this.#aside(element, name);
        break;
      case "a:hlinkClick":
        this.#aside(element, "tooltip");
    }
    return elementsOf(element).flatMap((child) => this.#walk(child));
  }

  #aside(element: XmlElement, name: string): void {
    const found = element.attributes.find((attribute) => attribute.name === name);
    if (!found || !withWords(found.value) || FILE.test(found.value.trim())) return;
    this.#leaves.aside(this.#leaves.value({ as: "attribute", part: this.#part, range: found.range }, found.value, "unseen"));
  }

  #alternatives(element: XmlElement): Block[] {
    const [first, ...others] = elementsOf(element);
    const main = first ? this.#walk(first) : [];
    for (const other of others) {
      const { layer } = this.#leaves;
      this.#leaves.layer = "unseen";
      const copies = this.#walk(other);
      this.#leaves.layer = layer;
      this.#leaves.aside(...mergeCopies(main, copies));
    }
    return main;
  }
}

/** Where the charts of a drawing remember what cells say. */
async function cacheRanges(office: OfficePackage, drawing: string): Promise<Map<string, readonly (readonly [number, number])[]>> {
  const ranges = new Map<string, readonly (readonly [number, number])[]>();
  for (const part of await office.related(drawing, "chart", "chartEx"))
    ranges.set(
      part,
      cachesIn((await office.xml(part)).root).map(({ range }) => range),
    );
  return ranges;
}

function withoutCaches(blocks: readonly Block[], caches: ReadonlyMap<string, readonly (readonly [number, number])[]>): Block[] {
  const isCache = (leaf: Leaf) =>
    (leaf.anchor as LeafAnchor).places.every(({ part, range }) =>
      caches.get(part)?.some(([from, to]) => from <= range[0] && range[1] <= to),
    );
  return blocks.filter((block) => ![...leavesOf([block])].some(isCache));
}

function commentLeaves(part: string, { root, text: source }: XmlPart, type: string, leaves: Leaves): Leaf[] {
  if (type === "threadedComment") {
    return elementsOf(root).flatMap((comment) => {
      const element = elementsOf(comment).find(({ local }) => local === "text");
      if (!element?.inner || !withWords(textIn(element))) return [];
      return [leaves.value({ as: "text", part, range: element.inner }, textIn(element), "margin")];
    });
  }
  const read = stringReader({ part, source });
  const isCopy = copyTest(root);
  return findAll(root, new Set(["x:comment"])).flatMap((comment) => {
    if (isCopy(comment)) return [];
    const text = elementsOf(comment).find((element) => nameOf(element) === "x:text");
    const found = text && read(text);
    return found ? [leaves.runs(found, { layer: "margin" })] : [];
  });
}

/** What newer programs have as a thread is written out for older ones, by an author that is the thread's number. */
function copyTest(root: XmlElement): (comment: XmlElement) => boolean {
  const authors = findAll(root, new Set(["x:author"])).map(textIn);
  return (comment) => authors[Number(attributeOf(comment, "authorId"))]?.startsWith("tc=") ?? false;
}

function copiesIn({ root }: XmlPart): number {
  return findAll(root, new Set(["x:comment"])).filter(copyTest(root)).length;
}

/** Drawings of the old kind need not be well-formed: their text boxes are counted that have words. */
function labelsIn(source: string): number {
  let count = 0;
  for (let at = source.indexOf("<v:textbox"); at >= 0; at = source.indexOf("<v:textbox", at + 1)) {
    const end = source.indexOf("</v:textbox>", at);
    if (end < 0) break;
    if (withWords(source.slice(at, end).replace(/<[^>]*>/g, ""))) count++;
  }
  return count;
}

/** Title, subject, keywords and description of the workbook. */
export async function readProperties(office: OfficePackage, ids: () => string): Promise<Leaf[]> {
  const leaves = new Leaves(ids);
  const found: Leaf[] = [];
  for (const part of await office.related("", "core-properties"))
    for (const element of elementsOf((await office.xml(part)).root))
      if (PROPERTIES.has(nameOf(element)) && element.inner && withWords(textIn(element)))
        found.push(leaves.value({ as: "text", part, range: element.inner }, textIn(element), "unseen"));
  return found;
}
