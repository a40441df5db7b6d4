import type { XmlElement, XmlNode } from "./parse.ts";

/** The elements that stand right in `parent`, in order. */
export function elementsOf(parent: XmlElement | undefined): XmlElement[] {
  return parent?.children.filter((child) => child.kind === "element") ?? [];
}

/** The text of `node`, with that of all within. Depth is bounded by the parser. */
export function textIn(node: XmlNode): string {
  if (node.kind === "text") return node.text;
  return node.kind === "element" ? node.children.map(textIn).join("") : "";
}
