import type { Block, Layer, Leaf } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import type { AtomAnchor, LeafAnchor, Setting } from "./anchors.ts";
import { lineOf } from "./names.ts";
import type { Reading } from "./reading.ts";

export function factsOf({ sections, layer }: Reading): { id: string; layer?: Layer } {
  return { id: sections.id(), ...(layer && { layer }) };
}

/** Of an element that holds nothing but text. */
export function plainLeaf(element: XmlElement, kind: "figure" | "paragraph" | "caption", reading: Reading): Block[] {
  const text = lineOf(element);
  if (text === "" || !element.inner || elementsOf(element).length > 0) return [];
  const anchor: LeafAnchor = { part: reading.part, setting: "text", range: element.inner };
  return [{ ...factsOf(reading), kind, content: [{ kind: "text", text }], anchor }];
}

/** Of an attribute. */
export function valueLeaf(text: string, range: Range, reading: Reading, setting: Setting): Leaf {
  const anchor: LeafAnchor = { part: reading.part, setting, range };
  return { ...factsOf(reading), kind: "caption", content: [{ kind: "text", text }], anchor };
}

/** What a reader sees and no translator touches. */
export function keptBlock(text: string, reading: Reading): Block {
  return { ...factsOf(reading), kind: "paragraph", content: [{ kind: "atom", as: "field", text, anchor: {} satisfies AtomAnchor }] };
}
