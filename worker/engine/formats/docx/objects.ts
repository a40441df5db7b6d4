import type { Block, Leaf } from "../../document/model.ts";
import { mergeCopies } from "../ooxml/copies.ts";
import { drawingReader } from "../ooxml/drawing.ts";
import { type Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf, childOf, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import type { Unread } from "./unread.ts";

/** What stands in a paragraph and has, or may have, words of its own. */
export interface ObjectReading {
  readonly part: string;
  readonly source: string;
  readonly leaves: Leaves;
  /** Of a text box. */
  blocks(content: XmlElement): Block[];
  /** Of the chart or the diagram that a relationship leads to. */
  related(id: string): Block[];
  /** What is in the file and is not read. */
  unread(kind: Unread): void;
  /** A content control shows what stands at this place of another part, and is set from there when the document is opened. */
  bound(store: string, path: string): void;
}

/** Attributes that are said of a thing, not shown on it. */
const DESCRIPTIONS = ["descr", "title"];
/** So many UTF-16 units may be said of controls and form fields: Word's own limits. */
const MOST: Readonly<Record<string, number>> = { "w:alias": 64, "w:statusText": 138, "w:helpText": 255, "w:listEntry": 50 };

/** A path, or a file's name: programs put them there by themselves. */
const FILE = /^\S*[/\\]\S+$|^\S+\.[A-Za-z\d]{2,4}$/;

/**
 * The words within `object` that are read with the text around it. What is only said of things, such as a picture's
 * description, goes aside. A copy for older programs is the same leaf, written alike.
 */
export function readObject(object: XmlElement, reading: ObjectReading): Block[] {
  const { part, source, leaves } = reading;
  const paragraph = drawingReader({ part, source });
  const attribute = (element: XmlElement, name: string, layer?: "unseen") => {
    const found = element.attributes.find(({ local, uri }) => local === name && uri === "");
    if (!found || !withWords(found.value) || FILE.test(found.value.trim())) return undefined;
    return leaves.value({ as: "attribute", part, range: found.range }, found.value, layer);
  };
  const aside = (element: XmlElement, names: readonly string[], kind: Leaf["kind"] = "caption") => {
    for (const name of names) {
      const leaf = attribute(element, name, "unseen");
      if (leaf) leaves.aside(kind === "figure" ? { ...leaf, kind } : leaf);
    }
  };
  const walk = (element: XmlElement): Block[] => {
    switch (nameOf(element)) {
      case "mc:AlternateContent":
        return alternatives(element);
      case "w:txbxContent":
        return reading.blocks(element);
      case "a:p": {
        const found = paragraph(element);
        return found ? [leaves.runs(found)] : [];
      }
      case "w:t":
        // Alone of what a program is to choose from: what else holds text is read as that.
        if (leaves.layer !== "unseen" && withWords(textIn(element))) reading.unread("alternative");
        return [];
      case "w:hyperlink":
        // Its runs are read with the paragraph's.
        aside(element, ["tooltip"]);
        wordAttribute(element, "tooltip");
        return [];
      case "w:sdtPr":
        for (const child of elementsOf(element)) settings(child);
        return [];
      case "w:ffData":
        for (const child of elementsOf(element)) formField(child);
        return [];
      case "wp:docPr":
      case "pic:cNvPr":
      case "wps:cNvPr":
        aside(element, DESCRIPTIONS, "figure");
        return within(element);
      case "c:chart":
      case "cx:chart":
        return reading.related(attributeOf(element, "id") ?? "");
      case "dgm:relIds":
        return reading.related(attributeOf(element, "dm") ?? "");
      case "v:textpath": {
        const leaf = attribute(element, "string");
        return leaf ? [leaf] : [];
      }
      case "o:OLEObject":
        reading.unread("embedded");
        return [];
      case "pic:blipFill":
      case "v:imagedata":
        reading.unread("picture");
        return [];
      default:
        if (element.uri === "urn:schemas-microsoft-com:vml") aside(element, ["alt"], "figure");
        return within(element);
    }
  };
  const within = (element: XmlElement): Block[] => elementsOf(element).flatMap(walk);
  const alternatives = (element: XmlElement): Block[] => {
    const [first, ...others] = elementsOf(element);
    if (!first) return [];
    const main = within(first);
    for (const other of others) {
      const { layer } = leaves;
      leaves.layer = "unseen";
      const copies = within(other);
      leaves.layer = layer;
      leaves.aside(...mergeCopies(main, copies));
    }
    return main;
  };
  const wordAttribute = (element: XmlElement, name: string) => {
    const found = element.attributes.find(({ local, uri }) => local === name && uri !== "");
    const most = MOST[nameOf(element)];
    if (found && withWords(found.value) && !FILE.test(found.value.trim()))
      leaves.aside(leaves.value({ as: "attribute", part, range: found.range, ...(most && { most }) }, found.value, "unseen"));
  };
  const settings = (element: XmlElement) => {
    const name = nameOf(element);
    if (name === "w:alias") wordAttribute(element, "val");
    if (name === "w:dataBinding" && element.parent && childOf(element.parent, "w:text"))
      reading.bound(attributeOf(element, "storeItemID") ?? "", attributeOf(element, "xpath") ?? "");
    if (name !== "w:dropDownList" && name !== "w:comboBox") return;
    for (const item of elementsOf(element)) wordAttribute(item, "displayText");
  };
  const formField = (element: XmlElement) => {
    const name = nameOf(element);
    if (name === "w:helpText" || name === "w:statusText") wordAttribute(element, "val");
    if (name === "w:textInput") {
      const given = childOf(element, "w:default");
      if (given) wordAttribute(given, "val");
    }
    if (name === "w:ddList") for (const entry of elementsOf(element)) if (nameOf(entry) === "w:listEntry") wordAttribute(entry, "val");
  };
  return walk(object);
}
