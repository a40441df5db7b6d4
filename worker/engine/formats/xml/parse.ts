import { SaxesParser } from "saxes";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";

/** Of what people and programs write, nothing nests deeper. */
const MAX_DEPTH = 500;
/** Elements, texts and attributes that are kept at once; each took 240 bytes where it was measured (Node 24). */
const MAX_NODES = 3_000_000;

/** Each is looked for among the others; nobody's element has so many. */
const MAX_ATTRIBUTES = 1000;

export interface XmlAttribute {
  /** With its prefix, as it stands there: "w:val". */
  readonly name: string;
  readonly local: string;
  /** Its namespace; empty if it has none. */
  readonly uri: string;
  /** Decoded. */
  readonly value: string;
  /** Of its value in the source, without the quotes. */
  readonly range: Range;
}

export interface XmlElement {
  readonly kind: "element";
  /** With its prefix, as it stands there: "w:p". */
  readonly name: string;
  readonly local: string;
  /** Its namespace; empty if it has none. */
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
  readonly parent: XmlElement | undefined;
  /** From its start tag's "<" to behind its end tag. */
  readonly range: Range;
  /** Between its tags; undefined if it is one tag that is closed at once. */
  readonly inner: Range | undefined;
}

export interface XmlText {
  readonly kind: "text";
  /** Decoded. */
  readonly text: string;
  /** With the marks of CDATA, where it is that. */
  readonly range: Range;
  readonly isCdata: boolean;
}

/** A comment or a processing instruction. */
export interface XmlOther {
  readonly kind: "other";
  readonly range: Range;
}

export type XmlNode = XmlElement | XmlText | XmlOther;

type Building<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The root element of `source` with the places of everything in it, in UTF-16 units. Namespaces are resolved; of a DTD
 * nothing is read, so no entity is expanded but XML's own and those of `entities`, and nothing is fetched. `take` is asked
 * of each element when it ends: what it takes is not kept in its parent, so that long files need little memory.
 * Throws DOCUMENT_CORRUPT for what is not well-formed, DOCUMENT_TOO_COMPLEX for what nests without end.
 */
export function parseXml(
  source: string,
  entities: Readonly<Record<string, string>> = {},
  take?: (element: XmlElement) => boolean,
): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true });
  Object.assign(parser.ENTITIES, entities);
  const open: (Building<XmlElement> & { children: XmlNode[] })[] = [];
  /** How many nodes there were before each element that is open. */
  const before: number[] = [];
  const known = new Map<string, string>();
  let root: XmlElement | undefined;
  // Where what was last told of ends.
  let at = 0;
  let nodes = 0;
  const count = (more: number) => {
    nodes += more;
    if (nodes > MAX_NODES)
      throw new EngineError("DOCUMENT_TOO_COMPLEX", `A part of the file has more than ${MAX_NODES} elements and attributes.`);
  };
  const add = (node: XmlNode) => {
    open.at(-1)?.children.push(node);
    at = node.range[1];
    count(1);
  };
  parser.on("error", (error) => {
    throw malformed(error);
  });
  parser.on("text", (text) => add({ kind: "text", text, range: [at, textEnd(source, at)], isCdata: false }));
  parser.on("cdata", (text) => add({ kind: "text", text, range: [at, behind(source, "]]>", at)], isCdata: true }));
  parser.on("comment", () => add({ kind: "other", range: [at, behind(source, "-->", at)] }));
  parser.on("processinginstruction", () => add({ kind: "other", range: [at, behind(source, "?>", at)] }));
  parser.on("opentag", (tag) => {
    if (open.length >= MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The XML nests too deeply.");
    const end = parser.position;
    // No "<" can stand in a tag.
    const start = source.lastIndexOf("<", end - 1);
    const attributes = Object.values(tag.attributes);
    if (attributes.length > MAX_ATTRIBUTES)
      throw new EngineError("DOCUMENT_TOO_COMPLEX", `An element has more than ${MAX_ATTRIBUTES} attributes.`);
    const range: Range = [start, end];
    const element = {
      ...{ kind: "element" as const, name: shared(tag.name, known), local: shared(tag.local, known), uri: shared(tag.uri, known) },
      children: tag.isSelfClosing ? NOTHING : [],
      parent: open.at(-1),
      attributes: attributes.length === 0 ? NOTHING : attributes.map((attribute) => new Attribute(attribute, { source, range, known })),
      range,
      inner: tag.isSelfClosing ? undefined : ([end, end] as Range),
    };
    before.push(nodes);
    add(element);
    count(attributes.length);
    open.push(element);
  });
  parser.on("closetag", () => {
    const element = open.pop() as Building<XmlElement>;
    const kept = before.pop() ?? 0;
    // A list that grew has room for seventeen.
    if (element.children.length < FEW) element.children = element.children.length === 0 ? NOTHING : element.children.slice();
    const end = parser.position;
    if (element.inner) {
      element.inner = [element.inner[0], source.lastIndexOf("<", end - 1)];
      element.range = [element.range[0], end];
    }
    at = end;
    if (open.length === 0) root = element;
    else if (take?.(element)) {
      open.at(-1)?.children.pop();
      nodes = kept;
    }
  });
  parser.write(source).close();
  if (!root) throw new EngineError("DOCUMENT_CORRUPT", "The XML has no element.");
  return root;
}

/** The library tells of some nodes before the last sign of theirs. */
function behind(source: string, sign: string, at: number): number {
  return source.indexOf(sign, at) + sign.length;
}

function textEnd(source: string, at: number): number {
  const end = source.indexOf("<", at);
  return end < 0 ? source.length : end;
}

const NOTHING = Object.freeze([]) as unknown as never[];

/** One string for all that are equal: a file has few names, each very often. */
function shared(name: string, known: Map<string, string>): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  if (known.size < MAX_NAMES) known.set(name, name);
  return name;
}

const MAX_NAMES = 10_000;
const FEW = 12;

interface Place {
  readonly source: string;
  /** Of its start tag. */
  readonly range: Range;
  readonly known: Map<string, string>;
}

/** Most are read and never written: their places are looked for when they are asked for. */
class Attribute implements XmlAttribute {
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
  readonly #source: string;
  readonly #tag: Range;

  constructor({ name, local, uri, value }: Omit<XmlAttribute, "range">, { source, range, known }: Place) {
    this.name = shared(name, known);
    this.local = shared(local, known);
    this.uri = shared(uri, known);
    this.value = value;
    this.#source = source;
    this.#tag = range;
  }

  get range(): Range {
    const [start, end] = this.#tag;
    const tag = this.#source.slice(start, end);
    // The element's own name may be long, and is none of an attribute.
    const first = tag.search(/\s/);
    for (const match of tag.slice(first).matchAll(ATTRIBUTE)) {
      if (match[1] !== this.name) continue;
      const to = start + first + match.index + match[0].length - 1;
      return [to - (match[2] ?? match[3] ?? "").length, to];
    }
    return [start, start];
  }
}

const ATTRIBUTE = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** What the library says of XML that is not well-formed. */
export function malformed(error: Error): EngineError {
  return new EngineError("DOCUMENT_CORRUPT", `The XML is not well-formed: ${placeOf(error)}.`, { cause: error });
}

/** A library's message without what it quotes of the document: "line 12, column 7, unclosed tag". */
function placeOf({ message }: Error): string {
  const [, line, column, what = ""] = /^(?:[^:]{0,200}:)??(\d+):(\d+): ([^"'`:]{0,60})/.exec(message) ?? [];
  return line === undefined ? "it is cut off or empty" : `line ${line}, column ${column}, ${what.replace(/[.\s]+$/, "")}`;
}
