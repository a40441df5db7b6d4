import type { TextStyle } from "../../document/model.ts";
import { attributeOf, childOf, descendant, isOn, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";

/** A style may be based on others, not on so many. */
const MAX_BASES = 20;

/** What of a document's styles matters: `own` of a style, the rest with what it is based on. */
export interface Styles {
  /** 1 to 9 by its outline level or by its name, which Word writes in English whatever its own language is; 0: none. */
  headingLevel(paragraphStyle: string | undefined): number;
  /** In lower case: "caption". Its own, whatever its id is. */
  nameOf(style: string | undefined): string;
  look(style: string | undefined): TextStyle;
  isHidden(style: string | undefined): boolean;
  /** Of numbering: `w:numPr`, and the id of the style that has it. */
  numbering(paragraphStyle: string | undefined): { readonly properties: XmlElement; readonly style: string } | undefined;
  numberingOf(numberingStyle: string): string | undefined;
  readonly defaultParagraph: string | undefined;
}

export function readStyles(root: XmlElement | undefined): Styles {
  const styles = new Map<string, XmlElement>();
  let defaultParagraph: string | undefined;
  for (const element of root ? elementsOf(root) : []) {
    if (nameOf(element) !== "w:style") continue;
    const id = attributeOf(element, "styleId") ?? "";
    styles.set(id, element);
    if (attributeOf(element, "type") === "paragraph" && /^(?:1|true|on)$/.test(attributeOf(element, "default") ?? ""))
      defaultParagraph = id;
  }
  const bases = (id: string | undefined): XmlElement[] => {
    const chain: XmlElement[] = [];
    for (
      let style = styles.get(id ?? "");
      style && chain.length < MAX_BASES;
      style = styles.get(attributeOf(childOf(style, "w:basedOn")) ?? "")
    )
      chain.push(style);
    return chain;
  };
  const looks = new Map<string, TextStyle>();
  const look = (id: string | undefined): TextStyle => {
    const known = looks.get(id ?? "");
    if (known) return known;
    const made = Object.assign(
      {},
      ...bases(id)
        .reverse()
        .map((style) => runStyle(childOf(style, "w:rPr"))),
    );
    looks.set(id ?? "", made);
    return made;
  };
  const nameOfStyle = (style: XmlElement | undefined) => (attributeOf(childOf(style, "w:name")) ?? "").toLowerCase();
  return {
    headingLevel(id) {
      for (const style of bases(id)) {
        const outline = attributeOf(descendant(style, "w:pPr", "w:outlineLvl"));
        if (outline !== undefined) return levelOf(outline);
        const named = /^heading ([1-9])$/.exec(nameOfStyle(style))?.[1];
        if (named) return Number(named);
        if (nameOfStyle(style) === "title") return 1;
      }
      return 0;
    },
    nameOf: (id) => nameOfStyle(styles.get(id ?? "")),
    look,
    isHidden(id) {
      for (const style of bases(id)) {
        const hidden = isOn(descendant(style, "w:rPr", "w:vanish"));
        if (hidden !== undefined) return hidden;
      }
      return false;
    },
    numbering(id) {
      for (const style of bases(id)) {
        const properties = descendant(style, "w:pPr", "w:numPr");
        if (properties) return { properties, style: attributeOf(style, "styleId") ?? "" };
      }
      return undefined;
    },
    numberingOf: (id) => attributeOf(descendant(styles.get(id), "w:pPr", "w:numPr", "w:numId")),
    defaultParagraph,
  };
}

/** `w:outlineLvl`: 0 to 8, or 9 for text. */
export function levelOf(outline: string): number {
  const level = Number(outline);
  return level >= 0 && level < 9 ? Math.floor(level) + 1 : 0;
}

const MONO = /courier|consol|mono|menlo|typewriter/i;

/** What a run's properties say themselves. */
export function runStyle(properties: XmlElement | undefined): TextStyle {
  if (!properties) return {};
  const on = (name: string) => isOn(childOf(properties, name));
  const [bold, italic, strike] = [on("w:b"), on("w:i"), on("w:strike") ?? on("w:dstrike")];
  const underline = childOf(properties, "w:u");
  const size = Number(attributeOf(childOf(properties, "w:sz")));
  const color = attributeOf(childOf(properties, "w:color"));
  const raised = attributeOf(childOf(properties, "w:vertAlign"));
  const font = attributeOf(childOf(properties, "w:rFonts"), "ascii");
  return {
    ...(bold !== undefined && { bold }),
    ...(italic !== undefined && { italic }),
    ...(strike !== undefined && { strike }),
    ...(underline && { underline: attributeOf(underline) !== "none" }),
    ...(size > 0 && { size: size / 2 }),
    ...(color && /^[\dA-Fa-f]{6}$/.test(color) && { color: `#${color.toLowerCase()}` }),
    ...(raised === "superscript" && { script: "super" as const }),
    ...(raised === "subscript" && { script: "sub" as const }),
    ...(font && MONO.test(font) && { font: "mono" as const }),
  };
}
