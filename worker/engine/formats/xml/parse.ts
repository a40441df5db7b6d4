import { SaxesParser } from "saxes";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";

/** Of what people and programs write, nothing nests deeper. */
const MAX_DEPTH = 500;

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
  let root: XmlElement | undefined;
  // Where what was last told of ends.
  let at = 0;
  const add = (node: XmlNode) => {
    open.at(-1)?.children.push(node);
    at = node.range[1];
  };
  parser.on("error", (error) => {
    throw new EngineError("DOCUMENT_CORRUPT", `The XML is not well-formed: ${placeOf(error)}.`, { cause: error });
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
    const places = attributePlaces(source, start, end);
    const element = {
      ...{ kind: "element" as const, name: tag.name, local: tag.local, uri: tag.uri, children: [] as XmlNode[], parent: open.at(-1) },
      attributes: Object.values(tag.attributes).map(
        ({ name, local, uri, value }): XmlAttribute => ({ name, local, uri, value, range: places.get(name) ?? [start, start] }),
      ),
      range: [start, end] as Range,
      inner: tag.isSelfClosing ? undefined : ([end, end] as Range),
    };
    add(element);
    open.push(element);
  });
  parser.on("closetag", () => {
    const element = open.pop() as Building<XmlElement>;
    const end = parser.position;
    if (element.inner) {
      element.inner = [element.inner[0], source.lastIndexOf("<", end - 1)];
      element.range = [element.range[0], end];
    }
    at = end;
    if (open.length === 0) root = element;
    else if (take?.(element)) open.at(-1)?.children.pop();
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

const ATTRIBUTE = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The places of a start tag's values by the attributes' names. */
function attributePlaces(source: string, start: number, end: number): Map<string, Range> {
  const places = new Map<string, Range>();
  for (const match of source.slice(start, end).matchAll(ATTRIBUTE)) {
    const to = start + match.index + match[0].length - 1;
    places.set(match[1] as string, [to - (match[2] ?? match[3] ?? "").length, to]);
  }
  return places;
}

/** A library's message without what it quotes of the document: "line 12, column 7, unclosed tag". */
function placeOf({ message }: Error): string {
  const [, line, column, what = ""] = /^(?:[^:]{0,200}:)??(\d+):(\d+): ([^"'`:]{0,60})/.exec(message) ?? [];
  return line === undefined ? "it is cut off or empty" : `line ${line}, column ${column}, ${what.replace(/[.\s]+$/, "")}`;
}
