import type { XmlAttribute, XmlElement, XmlNode } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";

const OASIS = "urn:oasis:names:tc:opendocument:xmlns:";
const PREFIXES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  ...Object.fromEntries(
    ["office", "style", "text", "table", "drawing", "chart", "form", "presentation", "meta", "dr3d", "datastyle", "script"].map((name) => [
      `${OASIS}${name}:1.0`,
      name,
    ]),
  ),
  [`${OASIS}drawing:1.0`]: "draw",
  [`${OASIS}datastyle:1.0`]: "number",
  [`${OASIS}xsl-fo-compatible:1.0`]: "fo",
  [`${OASIS}svg-compatible:1.0`]: "svg",
  [`${OASIS}manifest:1.0`]: "manifest",
  "http://www.w3.org/1999/xlink": "xlink",
  "http://purl.org/dc/elements/1.1/": "dc",
  "http://www.w3.org/1998/Math/MathML": "math",
  "http://www.w3.org/XML/1998/namespace": "xml",
  "http://openoffice.org/2009/office": "officeooo",
  "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0": "loext",
  "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
});

/** With the prefix that OpenDocument 1.3 gives its namespace, whatever the file's own is: "text:p". */
export function nameOf({ uri, local }: { readonly uri: string; readonly local: string }): string {
  return `${PREFIXES[uri] ?? ""}:${local}`;
}

/** By such a name. */
export function attributeOf(element: XmlElement, name: string): XmlAttribute | undefined {
  const at = name.indexOf(":");
  return element.attributes.find(
    ({ uri, local }) => local.length === name.length - at - 1 && name.endsWith(local) && name.startsWith(`${PREFIXES[uri] ?? ""}:`),
  );
}

export function stated(element: XmlElement, name: string): string | undefined {
  return attributeOf(element, name)?.value;
}

/** A count that an attribute says, between 1 and `limit`; 1 if it says none. */
export function countOf(element: XmlElement, name: string, limit: number): number {
  const count = Number(stated(element, name) ?? 1);
  return Number.isFinite(count) ? Math.min(limit, Math.max(1, Math.trunc(count))) : 1;
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return elementsOf(element).find((child) => nameOf(child) === name);
}

/** What stands in `node` as one line. */
export function lineOf(node: XmlNode): string {
  return textIn(node).replace(/\s+/g, " ").trim();
}
