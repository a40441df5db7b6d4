import type { Correction } from "../../document/corrections.ts";
import type { Tag, Tagged } from "../../document/segment.ts";
import { asEngineError, EngineError } from "../../errors.ts";
import { parseXml, type XmlElement, type XmlNode } from "../../formats/xml/parse.ts";
import { elementsOf } from "../../formats/xml/walk.ts";

const NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0";
/** What a person has looked at; what we write is "translated", or of what was kept "final". */
const CONFIRMED: ReadonlySet<string> = new Set(["reviewed", "final"]);
/** Of a code: the tag's number, and how often it stood in its unit before. */
const CODE_ID = /^(\d{1,5})(?:-\d{1,5})?$/;

/**
 * What the targets of an XLIFF 2 file say that a job gave, as a tool for translators left it. What has no target says nothing.
 * Throws INVALID_REQUEST, DOCUMENT_TOO_COMPLEX.
 */
export function xliffCorrections(xml: string): Correction[] {
  const root = parsed(xml);
  if (root.local !== "xliff" || root.uri !== NAMESPACE)
    throw new EngineError("INVALID_REQUEST", "The file is no XLIFF 2: send the job's own XLIFF back.");
  const corrections: Correction[] = [];
  collect(root, corrections);
  return corrections;
}

function parsed(xml: string): XmlElement {
  try {
    return parseXml(xml);
  } catch (error) {
    const known = asEngineError(error);
    if (known?.code !== "DOCUMENT_CORRUPT") throw error;
    throw new EngineError("INVALID_REQUEST", `The XLIFF cannot be read. ${known.message}`, { cause: error });
  }
}

/** Depth is bounded by the parser. */
function collect(element: XmlElement, corrections: Correction[]): void {
  for (const child of elementsOf(element)) {
    if (child.uri !== NAMESPACE) continue;
    if (child.local === "file" || child.local === "group") collect(child, corrections);
    if (child.local !== "unit") continue;
    const unit = attributeOf(child, "id");
    for (const segment of elementsOf(child).filter(({ local }) => local === "segment")) {
      const [source, target] = ["source", "target"].map((name) => elementsOf(segment).find(({ local }) => local === name));
      if (!source || !target) continue;
      const said = taggedOf(target);
      if (said.text.trim() === "") continue;
      const confirms = CONFIRMED.has(attributeOf(segment, "state"));
      corrections.push({ id: `${unit}${attributeOf(segment, "id")}`, target: said, source: taggedOf(source).text, confirms });
    }
  }
}

function attributeOf(element: XmlElement, name: string): string {
  return element.attributes.find((attribute) => attribute.name === name)?.value ?? "";
}

/** Undoes what `codesIn` of the exporter does; what tools add of their own (marks, comments) has its text and no tags. */
function taggedOf(element: XmlElement): Tagged {
  let text = "";
  const tags: Tag[] = [];
  const tag = (code: string, kind: Tag["kind"]) => tags.push({ id: numberOf(code), at: text.length, kind });
  const walk = (node: XmlNode) => {
    if (node.kind === "text") text += node.text;
    if (node.kind !== "element") return;
    const id = attributeOf(node, "id");
    if (node.local === "ph") tag(id, "atom");
    else if (node.local === "sc") tag(id, "open");
    else if (node.local === "ec") tag(attributeOf(node, "startRef") || id, "close");
    else if (node.local === "cp") text += signOf(attributeOf(node, "hex"));
    else if (node.local === "pc") {
      tag(id, "open");
      for (const child of node.children) walk(child);
      tag(id, "close");
    } else for (const child of node.children) walk(child);
  };
  for (const child of element.children) walk(child);
  return { text, tags };
}

/** 0, which no segment has, for what is no code of ours. */
function numberOf(code: string): number {
  return Number(CODE_ID.exec(code)?.[1] ?? 0);
}

/** XML has no form for it but this one (XLIFF 2.1, 4.2.3.1). */
function signOf(hex: string): string {
  const code = /^[0-9A-Fa-f]{1,6}$/.test(hex) ? Number.parseInt(hex, 16) : 0xfffd;
  return String.fromCodePoint(code > 0x10ffff ? 0xfffd : code);
}
