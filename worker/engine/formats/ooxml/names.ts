import type { XmlElement, XmlNode } from "../xml/parse.ts";

const OPEN_XML = "http://schemas.openxmlformats.org/";
/** Of the strict conformance class (ISO/IEC 29500-1, annex A), which has the same names in other namespaces. */
const STRICT = "http://purl.oclc.org/ooxml/";
const MICROSOFT = "http://schemas.microsoft.com/office/";

/** The prefixes that these namespaces have in the standard, whatever a file calls them. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ...[
    ["w", "wordprocessingml"],
    ["a", "drawingml"],
    ["p", "presentationml"],
    ["x", "spreadsheetml"],
  ].flatMap(([prefix, name]) => both(prefix as string, `${name}/2006/main`, `${name}/main`)),
  ...[
    ["c", "chart"],
    ["dgm", "diagram"],
    ["wp", "wordprocessingDrawing"],
    ["xdr", "spreadsheetDrawing"],
    ["cdr", "chartDrawing"],
    ["pic", "picture"],
  ].flatMap(([prefix, name]) => both(prefix as string, `drawingml/2006/${name}`, `drawingml/${name}`)),
  ...both("m", "officeDocument/2006/math", "officeDocument/math"),
  ...both("r", "officeDocument/2006/relationships", "officeDocument/relationships"),
  [`${OPEN_XML}markup-compatibility/2006`, "mc"],
  [`${OPEN_XML}package/2006/metadata/core-properties`, "cp"],
  ["http://purl.org/dc/elements/1.1/", "dc"],
  [`${MICROSOFT}word/2010/wordml`, "w14"],
  [`${MICROSOFT}word/2012/wordml`, "w15"],
  [`${MICROSOFT}word/2010/wordprocessingShape`, "wps"],
  [`${MICROSOFT}drawing/2008/diagram`, "dsp"],
  [`${MICROSOFT}drawing/2010/main`, "a14"],
  [`${MICROSOFT}drawing/2014/chartex`, "cx"],
  ["urn:schemas-microsoft-com:vml", "v"],
  ["urn:schemas-microsoft-com:office:office", "o"],
]);

function both(prefix: string, transitional: string, strict: string): [string, string][] {
  return [
    [OPEN_XML + transitional, prefix],
    [STRICT + strict, prefix],
  ];
}

/** The element's name with the standard's prefix, "w:p", whatever prefix its file has; "" if its namespace is none of Office's. */
export function nameOf({ uri, local, name }: { readonly uri: string; readonly local: string; readonly name: string }): string {
  const prefix = PREFIXES.get(uri);
  if (prefix === undefined) return "";
  // Nearly every file has the standard's own.
  return name.length === prefix.length + 1 + local.length && name.startsWith(prefix) ? name : `${prefix}:${local}`;
}

export function is(node: XmlNode, name: string): node is XmlElement {
  return node.kind === "element" && nameOf(node) === name;
}

export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child): child is XmlElement => is(child, name));
}

/** What `path` of children's names leads to: `descendant(paragraph, "w:pPr", "w:pStyle")`. */
export function descendant(from: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => childOf(at, name), from);
}

/** An attribute's value, by its local name; of several the first. */
export function attributeOf(element: XmlElement | undefined, local = "val"): string | undefined {
  return element?.attributes.find((attribute) => attribute.local === local)?.value;
}

/** A property that is there and not switched off (ST_OnOff); undefined if it is not there. */
export function isOn(property: XmlElement | undefined): boolean | undefined {
  return property && !/^(?:0|false|off)$/.test(attributeOf(property) ?? "1");
}

/** All within `root` whose name is one of `names`, in order; what is found is not looked into. */
export function findAll(root: XmlElement, names: ReadonlySet<string>): XmlElement[] {
  const found: XmlElement[] = [];
  const waiting: XmlElement[] = [root];
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    if (names.has(nameOf(element))) found.push(element);
    else for (const child of element.children.toReversed()) if (child.kind === "element") waiting.push(child);
  }
  return found;
}
