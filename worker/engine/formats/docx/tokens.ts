import type { Atom } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { formulaText } from "../ooxml/drawing.ts";
import { withWords } from "../ooxml/leaves.ts";
import { attributeOf, childOf, nameOf } from "../ooxml/names.ts";
import type { Kept } from "../ooxml/places.ts";
import type { RunProperties, Token } from "../ooxml/tokens.ts";
import type { XmlElement } from "../xml/parse.ts";
import { xmlTrimmed } from "../xml/space.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { symbolOf } from "./symbols.ts";

/** A token, and what is to be known until fields and ranges are paired. */
export interface RawToken {
  readonly token: Token;
  /** What it stands in: a beginning and an end in different ones are no pair. */
  readonly container: XmlElement;
  readonly field?: "begin" | "separate" | "end";
  readonly instructions?: string;
  readonly mark?: { readonly side: "start" | "end"; readonly key: string };
  readonly hidden?: boolean;
  /** It stands under a phonetic guide. */
  readonly guide?: true;
  /** A tracked change took it out. */
  readonly deleted?: true;
}

export interface TokenReading {
  readonly propertiesOf: (properties: XmlElement | undefined) => RunProperties;
  readonly isHidden: (properties: XmlElement | undefined) => boolean;
  readonly linkOf: (hyperlink: XmlElement) => string | undefined;
  /** The mark of a note's reference. It is asked in reading order. */
  readonly noteMark: (reference: XmlElement) => string;
  /** The part keeps the space at the ends of all its texts. */
  readonly preserves: boolean;
  /** Of the note that the paragraph is in. */
  readonly ownMark: string;
}

/** A paragraph's tokens, before its fields are paired, and what stands in it that may say something of its own. */
export interface RawParagraph {
  readonly raw: RawToken[];
  readonly objects: XmlElement[];
}

/** Spans around runs: links, what was inserted, what programs marked. */
const CONTAINERS = new Set(["w:hyperlink", "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:bdo", "w:dir"]);
const CONTAINER_PROPERTIES = new Set(["w:smartTagPr", "w:customXmlPr"]);
/** What says nothing once the text is another: where a page ended, what a spelling checker found. */
const NOISE = new Set(["w:pPr", "w:proofErr", "w:rPr", "w:lastRenderedPageBreak", "w:softHyphen"]);
const OBJECTS = new Set(["w:drawing", "w:pict", "w:object", "mc:AlternateContent", "w:contentPart"]);
/** Ranges that Word and converters leave behind. */
const STRAY = /^(?:_GoBack|_Hlk\d*|OLE_LINK\d*)$/;

export function rawTokens(paragraph: XmlElement, reading: TokenReading): RawParagraph {
  const raw: RawToken[] = [];
  const objects: XmlElement[] = [];
  const point = (element: XmlElement, container: XmlElement, facts: Partial<RawToken> = {}) =>
    raw.push({ token: { kind: "point", kept: [{ range: element.range }], whole: element.range }, container, ...facts });
  const walk = (container: XmlElement) => {
    for (const child of elementsOf(container)) {
      const name = nameOf(child);
      if (name === "w:r") for (const token of runTokens(child, container, reading, objects)) raw.push(token);
      else if (name === "w:sdt") contentControl(child, container);
      else if (CONTAINERS.has(name)) {
        if (name === "w:hyperlink") objects.push(child);
        element(child, container, contentRange(child), reading.linkOf(child));
      } else if (name === "w:fldSimple") simpleField(child, container);
      else if (name === "m:oMath" || name === "m:oMathPara")
        raw.push({ token: { kind: "atom", as: "formula", text: formulaText(child), ...whole(child) }, container });
      else if (OBJECTS.has(name)) {
        objects.push(child);
        raw.push({ token: { kind: "atom", as: "image", text: "", ...whole(child) }, container });
      } else if (!NOISE.has(name) && !CONTAINER_PROPERTIES.has(name))
        point(child, container, { ...markOf(child, name), ...(isDeletion(child, name) && { deleted: true as const }) });
    }
  };
  const element = (child: XmlElement, container: XmlElement, inner: Range | undefined, link?: string, once?: true, within = child) => {
    if (!inner) {
      point(child, container);
      return;
    }
    const facts = { ...(link !== undefined && { link }), ...(once && { once }) };
    raw.push({ token: { kind: "open", kept: [{ range: [child.range[0], inner[0]] }], whole: child.range, ...facts }, container });
    walk(within);
    raw.push({ token: { kind: "close", kept: [{ range: [inner[1], child.range[1]] }], whole: child.range }, container });
  };
  const contentControl = (control: XmlElement, container: XmlElement) => {
    const [properties, content] = [childOf(control, "w:sdtPr"), childOf(control, "w:sdtContent")];
    if (properties) objects.push(properties);
    element(control, container, content?.inner, undefined, true, content);
  };
  const simpleField = (field: XmlElement, container: XmlElement) => {
    if (!field.inner) {
      point(field, container);
      return;
    }
    const { 0: start, 1: end } = field.range;
    const at = contentRange(field, "w:fldData")?.[0] ?? field.inner[0];
    const facts = (kept: Range) => ({ token: { kind: "point" as const, kept: [{ range: kept }], whole: field.range }, container: field });
    raw.push(
      { ...facts([start, at]), field: "begin", instructions: attributeOf(field, "instr") ?? "" },
      { ...facts([at, at]), field: "separate" },
    );
    walk(field);
    raw.push({ ...facts([field.inner[1], end]), field: "end" });
  };
  walk(paragraph);
  return { raw, objects };
}

function isDeletion(element: XmlElement, name: string): boolean {
  return (name === "w:del" || name === "w:moveFrom") && withWords(textIn(element));
}

function whole({ range }: XmlElement): { readonly kept: readonly Kept[]; readonly whole: Range } {
  return { kept: [{ range }], whole: range };
}

/** What of a container is runs: behind its properties. */
function contentRange(element: XmlElement, properties?: string): Range | undefined {
  if (!element.inner) return undefined;
  const last = elementsOf(element).findLast((child) =>
    properties ? nameOf(child) === properties : CONTAINER_PROPERTIES.has(nameOf(child)),
  );
  return [last?.range[1] ?? element.inner[0], element.inner[1]];
}

function markOf(element: XmlElement, name: string): Partial<RawToken> {
  const id = attributeOf(element, "id");
  if (id === undefined || (name === "w:bookmarkStart" && STRAY.test(attributeOf(element, "name") ?? ""))) return {};
  const [, what, side] = /^w:(bookmark|commentRange|perm)(Start|End)$/.exec(name) ?? [];
  return what && side ? { mark: { side: side === "Start" ? "start" : "end", key: `${what} ${id}` } } : {};
}

function runTokens(run: XmlElement, container: XmlElement, reading: TokenReading, objects: XmlElement[]): RawToken[] {
  const properties = childOf(run, "w:rPr");
  const children = elementsOf(run).filter((child) => !NOISE.has(nameOf(child)));
  const shared = children.length > 1;
  const hidden = reading.isHidden(properties);
  const runProperties = reading.propertiesOf(properties);
  const tokens = children.flatMap((child): RawToken[] => {
    const kept: Kept[] = [shared ? { range: child.range, run: properties?.range ?? null } : { range: run.range }];
    const facts = { kept, whole: run.range };
    const text = (said: string): RawToken[] => [{ token: { kind: "text", text: said, run: runProperties, ...facts }, container }];
    const atom = (as: Atom["as"], said: string): RawToken[] => [{ token: { kind: "atom", as, text: said, ...facts }, container }];
    const point = (more: Partial<RawToken> = {}): RawToken[] => [{ token: { kind: "point", ...facts }, container, ...more }];
    const name = nameOf(child);
    switch (name) {
      case "w:t":
        return text(textOf(child, reading.preserves));
      case "w:noBreakHyphen":
        return text("\u2011");
      case "w:tab":
      case "w:ptab":
        return atom("break", "\t");
      case "w:br":
      case "w:cr":
        return atom("break", "");
      case "w:sym":
        return atom("field", symbolOf(attributeOf(child, "font") ?? "", attributeOf(child, "char") ?? ""));
      case "w:footnoteReference":
      case "w:endnoteReference":
        return atom("note", reading.noteMark(child));
      case "w:footnoteRef":
      case "w:endnoteRef":
        return atom("note", reading.ownMark);
      case "w:fldChar":
        objects.push(...elementsOf(child));
        return point(fieldCharacter(child));
      case "w:instrText":
        return point({ instructions: textIn(child) });
      case "w:ruby":
        return rubyTokens(child, container, reading, facts);
      case "w:pgNum":
      case "w:dayShort":
      case "w:dayLong":
      case "w:monthShort":
      case "w:monthLong":
      case "w:yearShort":
      case "w:yearLong":
        return atom("field", "");
      default:
        if (!OBJECTS.has(name)) return point();
        objects.push(child);
        return atom("image", "");
    }
  });
  return hidden ? tokens.map((each) => ({ ...each, hidden })) : tokens;
}

function fieldCharacter(element: XmlElement): Partial<RawToken> {
  const type = attributeOf(element, "fldCharType");
  return type === "begin" || type === "separate" || type === "end" ? { field: type } : {};
}

/** The text over which a phonetic guide stands: the guide goes once the text is another. */
function rubyTokens(ruby: XmlElement, container: XmlElement, reading: TokenReading, facts: { kept: Kept[]; whole: Range }): RawToken[] {
  const base = childOf(ruby, "w:rubyBase");
  return [...(base ? elementsOf(base) : [])].flatMap((run): RawToken[] => {
    if (nameOf(run) !== "w:r") return [];
    const text = elementsOf(run)
      .filter((child) => nameOf(child) === "w:t")
      .map((child) => textOf(child, reading.preserves))
      .join("");
    return [{ token: { kind: "text", text, run: reading.propertiesOf(childOf(run, "w:rPr")), ...facts }, container, guide: true }];
  });
}

/** Space at its ends counts only where the element, or its part as a whole, says so (XML 1.0, 2.10). */
function textOf(element: XmlElement, preserves: boolean): string {
  const text = textIn(element).replace(/[\r\n]+/g, " ");
  const space = element.attributes.find(({ name }) => name === "xml:space")?.value;
  return (space ?? (preserves ? "preserve" : "")) === "preserve" ? text : xmlTrimmed(text);
}
