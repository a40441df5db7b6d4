import type { Block, Cell, Layer, Leaf } from "../../document/model.ts";
import { mergeCopies } from "../ooxml/copies.ts";
import { drawingReader } from "../ooxml/drawing.ts";
import type { Graphics } from "../ooxml/graphics.ts";
import { type Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf, childOf, descendant, findAll, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { type Bullet, bulletIn, inherited, listLevel, type Placeholder, placeholderOf, type SlideLike, styleLists } from "./inheritance.ts";
import { type Levelled, withLists } from "./lists.ts";

/** PowerPoint's tables have up to 75 rows and columns; other programs write more. */
const MAX_SPAN = 1000;

/** A slide, a layout, a master or a page of notes that is read. */
export interface Reading extends SlideLike {
  readonly part: string;
  readonly source: string;
  readonly graphics: Graphics;
  readonly leaves: Leaves;
  /** Whether what a placeholder says is for readers: on layouts and masters it only prompts who writes. */
  readonly takes: (placeholder: Placeholder) => boolean;
  /** Hears of each text that stands in a shape of its own. */
  text(text: ShapeText): void;
  /** Hears of each paragraph that has a leaf, with the styles it may inherit. */
  paragraph(leaf: Leaf, element: XmlElement, lists: readonly XmlElement[]): void;
  table(properties: XmlElement): void;
  unread(kind: "embedded" | "picture"): void;
}

/** The text of a shape, as it was read. */
export interface ShapeText {
  readonly part: string;
  readonly shape: XmlElement;
  readonly slide: SlideLike;
  readonly lists: readonly XmlElement[];
  readonly paragraphs: readonly { readonly element: XmlElement; readonly leaf: Leaf | undefined }[];
}

/** A path, or a file's name: programs put them there by themselves. */
const FILE = /^\S*[/\\]\S+$|^\S+\.[A-Za-z\d]{2,4}$/;

/** What stands on a slide, its title first, then in the order that it is drawn and read aloud in. */
export function slideBlocks(reading: Reading): Block[] {
  const tree = descendant(reading.root, "p:cSld", "p:spTree");
  if (!tree) return [];
  const titles: Block[] = [];
  const others: Block[] = [];
  for (const shape of elementsOf(tree)) {
    const blocks = shapeBlocks(shape, reading);
    const isTitle = /^(?:title|ctrTitle)$/.test(placeholderOf(shape)?.type ?? "");
    (isTitle ? titles : others).push(...blocks);
  }
  return [...titles, ...others, ...reading.leaves.takeAside()];
}

function shapeBlocks(shape: XmlElement, reading: Reading): Block[] {
  switch (nameOf(shape)) {
    case "mc:AlternateContent":
      return alternatives(shape, reading);
    case "p:sp": {
      const placeholder = placeholderOf(shape);
      if (placeholder && !reading.takes(placeholder)) return [];
      describe(shape, reading);
      return textBlocks(shape, placeholder, reading);
    }
    case "p:grpSp":
      describe(shape, reading);
      return elementsOf(shape).flatMap((child) => shapeBlocks(child, reading));
    case "p:graphicFrame":
      describe(shape, reading);
      return frameBlocks(shape, reading);
    case "p:pic":
      if (placeholderOf(shape) === undefined || reading.takes(placeholderOf(shape) as Placeholder)) {
        describe(shape, reading);
        reading.unread("picture");
      }
      return [];
    case "p:cxnSp":
      describe(shape, reading);
      return [];
    default:
      return [];
  }
}

/** The newest form of something, then what older programs show in its place: written alike where it says the same. */
function alternatives(element: XmlElement, reading: Reading): Block[] {
  const [first, ...others] = elementsOf(element);
  const main = first ? elementsOf(first).flatMap((child) => shapeBlocks(child, reading)) : [];
  const { leaves } = reading;
  for (const other of others) {
    const { layer } = leaves;
    leaves.layer = "unseen";
    const copies = elementsOf(other).flatMap((child) => shapeBlocks(child, reading));
    leaves.layer = layer;
    leaves.aside(...mergeCopies(main, copies));
  }
  return main;
}

/** What is said of a shape, and where it leads. */
function describe(shape: XmlElement, { part, leaves }: Reading): void {
  const facts = elementsOf(shape).find(({ local }) => local.startsWith("nv"));
  const named = childOf(facts, "p:cNvPr");
  for (const name of ["descr", "title"]) aside(named, name, "figure");
  aside(childOf(named, "a:hlinkClick"), "tooltip", "caption");
  function aside(element: XmlElement | undefined, name: string, kind: "figure" | "caption") {
    const found = element?.attributes.find((attribute) => attribute.name === name);
    if (!found || !withWords(found.value) || FILE.test(found.value.trim())) return;
    leaves.aside({ ...leaves.value({ as: "attribute", part, range: found.range }, found.value, "unseen"), kind });
  }
}

const LAYERS: Readonly<Record<string, Layer>> = { dt: "footer", ftr: "footer", sldNum: "footer", hdr: "header" };

function textBlocks(shape: XmlElement, placeholder: Placeholder | undefined, reading: Reading): Block[] {
  const body = childOf(shape, "p:txBody");
  if (!body) return [];
  const lists = styleLists(shape, reading);
  const isTitle = placeholder?.type === "title" || placeholder?.type === "ctrTitle";
  const layer = LAYERS[placeholder?.type ?? ""] ?? reading.leaves.layer;
  const read = drawingReader(reading);
  const levelled: Levelled[] = [];
  const paragraphs: { element: XmlElement; leaf: Leaf | undefined }[] = [];
  for (const element of elementsOf(body)) {
    if (nameOf(element) !== "a:p") continue;
    const found = read(element);
    const leaf = found && reading.leaves.runs(found, { ...(layer && { layer }), ...(isTitle && { level: 1 }) });
    paragraphs.push({ element, leaf });
    if (leaf) reading.paragraph(leaf, element, lists);
    tooltips(element, reading);
    if (leaf) levelled.push({ leaf, level: levelOf(element), bullet: isTitle ? undefined : inherited(element, lists, bulletIn) });
  }
  reading.text({ part: reading.part, shape, slide: reading, lists, paragraphs });
  return withLists(levelled, reading.leaves.id);
}

const LINKS = new Set(["a:hlinkClick", "a:hlinkMouseOver"]);

function tooltips(paragraph: XmlElement, { part, leaves }: Reading): void {
  for (const link of findAll(paragraph, LINKS)) {
    const found = link.attributes.find(({ name }) => name === "tooltip");
    if (found && withWords(found.value)) leaves.aside(leaves.value({ as: "attribute", part, range: found.range }, found.value, "unseen"));
  }
}

function levelOf(paragraph: XmlElement): number {
  return listLevel(childOf(paragraph, "a:pPr"));
}

function frameBlocks(frame: XmlElement, reading: Reading): Block[] {
  const data = descendant(frame, "a:graphic", "a:graphicData");
  return [...(data ? elementsOf(data) : [])].flatMap((element): Block[] => {
    switch (nameOf(element)) {
      case "a:tbl":
        return [tableBlock(element, reading)];
      case "c:chart":
      case "cx:chart":
        return reading.graphics.get(attributeOf(element, "id") ?? "")?.(reading.leaves) ?? [];
      case "dgm:relIds":
        return reading.graphics.get(attributeOf(element, "dm") ?? "")?.(reading.leaves) ?? [];
      case "mc:AlternateContent":
      case "p:oleObj":
        reading.unread("embedded");
        return [];
      default:
        return [];
    }
  });
}

function tableBlock(table: XmlElement, reading: Reading): Block {
  const read = drawingReader(reading);
  const { leaves } = reading;
  const id = leaves.id();
  const properties = childOf(table, "a:tblPr");
  const hasHead = attributeOf(properties, "firstRow") === "1";
  if (properties) reading.table(properties);
  const rows = elementsOf(table).filter((row) => nameOf(row) === "a:tr");
  return {
    id,
    kind: "table",
    ...(leaves.layer && { layer: leaves.layer }),
    rows: rows.map((row, index) =>
      elementsOf(row).flatMap((cell): Cell[] => {
        // What another cell goes over has no text of its own.
        if (nameOf(cell) !== "a:tc" || attributeOf(cell, "hMerge") === "1" || attributeOf(cell, "vMerge") === "1") return [];
        const [columnSpan, rowSpan] = [spanOf(cell, "gridSpan"), spanOf(cell, "rowSpan")];
        return [
          {
            blocks: cellBlocks(cell, read, reading),
            ...(columnSpan > 1 && { columnSpan }),
            ...(rowSpan > 1 && { rowSpan }),
            ...(hasHead && index === 0 && { header: true }),
          },
        ];
      }),
    ),
  };
}

/** 1 for what is no span. */
function spanOf(cell: XmlElement, name: string): number {
  const span = Number(attributeOf(cell, name) ?? 1);
  return Number.isInteger(span) && span >= 1 && span <= MAX_SPAN ? span : 1;
}

function cellBlocks(cell: XmlElement, read: ReturnType<typeof drawingReader>, reading: Reading): Block[] {
  const body = childOf(cell, "a:txBody");
  const levelled: Levelled[] = [];
  for (const element of body ? elementsOf(body) : []) {
    const found = nameOf(element) === "a:p" ? read(element) : undefined;
    if (!found) continue;
    const leaf = reading.leaves.runs(found);
    reading.paragraph(leaf, element, []);
    levelled.push({ leaf, level: levelOf(element), bullet: ownBullet(element) });
  }
  return withLists(levelled, reading.leaves.id);
}

function ownBullet(paragraph: XmlElement): Bullet | undefined {
  const own = childOf(paragraph, "a:pPr");
  return own && bulletIn(own);
}
