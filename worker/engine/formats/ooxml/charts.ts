import { type Block, type Leaf, plainText } from "../../document/model.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { mergeCopies } from "./copies.ts";
import { drawingReader } from "./drawing.ts";
import { type Leaves, withWords } from "./leaves.ts";
import { nameOf } from "./names.ts";
import type { LeafAnchor, Place } from "./places.ts";

/** A part of a chart, a diagram, or of the shapes on a chart. */
export interface DrawingPart {
  readonly part: string;
  readonly source: string;
  readonly root: XmlElement;
}

/** Holds the strings that a chart shows: each a number of times, for every series names its categories anew. */
const STRINGS = new Set(["c:strCache", "c:strLit", "c:lvl", "cx:lvl", "cx:txData"]);

/** Titles and labels of a chart, names of its series and categories. What is said twice is one leaf. */
export function chartBlocks({ part, source, root }: DrawingPart, leaves: Leaves): Leaf[] {
  const paragraph = drawingReader({ part, source });
  const made = new Map<string, Leaf>();
  const add = (leaf: Leaf) => {
    const text = plainText(leaf.content);
    const known = made.get(text);
    const anchor = leaf.anchor as LeafAnchor;
    if (known && anchor.places[0].as === "text") ((known.anchor as LeafAnchor).places as unknown as Place[]).push(...anchor.places);
    else made.set(known ? `${text} ${leaf.id}` : text, leaf);
  };
  const value = (element: XmlElement) => {
    const text = textIn(element);
    if (element.inner && withWords(text)) add(leaves.value({ as: "text", part, range: element.inner }, text));
  };
  const walk = (element: XmlElement, isString: boolean) => {
    const name = nameOf(element);
    if (name === "a:p") {
      const found = paragraph(element);
      if (found) add(leaves.runs(found));
    } else if (
      (isString && (name === "c:v" || name === "cx:pt" || name === "cx:v")) ||
      (name === "c:v" && element.parent && nameOf(element.parent) === "c:tx")
    )
      value(element);
    else for (const child of elementsOf(element)) walk(child, isString || STRINGS.has(name));
  };
  walk(root, false);
  return [...made.values()];
}

/** The texts of a diagram: its data, and the picture of it that programs show which cannot lay it out. */
export function diagramBlocks(data: DrawingPart, drawing: DrawingPart | undefined, leaves: Leaves): Block[] {
  const main = paragraphs(data, leaves);
  if (drawing) {
    const { layer } = leaves;
    leaves.layer = "unseen";
    const copies = paragraphs(drawing, leaves);
    leaves.layer = layer;
    leaves.aside(...mergeCopies(main, copies));
  }
  return main;
}

/** All in DrawingML, wherever they stand in it. */
function paragraphs({ part, source, root }: DrawingPart, leaves: Leaves): Leaf[] {
  const paragraph = drawingReader({ part, source });
  const made: Leaf[] = [];
  const walk = (element: XmlElement) => {
    if (nameOf(element) !== "a:p") {
      for (const child of elementsOf(element)) walk(child);
      return;
    }
    const found = paragraph(element);
    if (found) made.push(leaves.runs(found));
  };
  walk(root);
  return made;
}

/** The shapes on a chart. */
export function shapeBlocks(shapes: DrawingPart, leaves: Leaves): Leaf[] {
  return paragraphs(shapes, leaves);
}
