import { EngineError } from "../../errors.ts";
import { parseXml, type XmlAttribute, type XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";

/** A sentence or a text of an XLIFF file, with its translation if it has one. */
export interface XliffUnit {
  readonly name: string;
  /** Whose content is translated. */
  readonly source: XmlElement;
  readonly target: XmlElement | undefined;
  /** Behind which a target that is missing is to stand. */
  readonly before: XmlElement;
  /** What the state stands at: the target itself (1.2) or its segment (2.x). */
  readonly segment: XmlElement | undefined;
  /** Why it is left as it is. */
  readonly kept?: string;
  /** White space in it is as it is meant. */
  readonly preserves: boolean;
}

export interface XliffFile {
  readonly version: 1 | 2;
  /** Elements that name the target's language, or are to. */
  readonly languages: readonly XmlElement[];
  readonly languageName: "target-language" | "trgLang";
  /** Primary subtag, in lower case; empty if it says none. */
  readonly sourceLanguage: string;
  readonly units: readonly XliffUnit[];
}

/** States of version 1.2 in which a target is wanted still (XLIFF 1.2, 2.3: `state`). */
const OPEN_STATES = new Set(["new", "needs-translation", "needs-adaptation", "needs-l10n"]);

/** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export function readXliff(source: string): XliffFile {
  const root = parseXml(source);
  if (root.local !== "xliff") throw new EngineError("DOCUMENT_CORRUPT", "The file is no XLIFF: its root is another element.");
  const version = /^[12]/.exec(attributeOf(root, "version")?.value ?? "")?.[0];
  if (version === undefined) throw new EngineError("DOCUMENT_CORRUPT", "The file is XLIFF of no version that is known: 1.x and 2.x are.");
  const isFirst = version === "1";
  const files = childrenOf(root, "file");
  const units: XliffUnit[] = [];
  for (const file of files) collect(file, isFirst ? "trans-unit" : "unit", isFirst ? unitOf : segmentsOf, units);
  const named = attributeOf(isFirst ? (files[0] ?? root) : root, isFirst ? "source-language" : "srcLang")?.value ?? "";
  return {
    version: isFirst ? 1 : 2,
    languages: isFirst ? files : [root],
    languageName: isFirst ? "target-language" : "trgLang",
    sourceLanguage: primaryOf(named),
    units,
  };
}

/** "en" of "en-GB". */
export function primaryOf(language: string): string {
  return /^[A-Za-z]{2,3}(?![A-Za-z])/.exec(language)?.[0].toLowerCase() ?? "";
}

export function attributeOf(element: XmlElement, name: string): XmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}

function childrenOf(element: XmlElement, local: string): XmlElement[] {
  return elementsOf(element).filter((child) => child.local === local && child.uri === element.uri);
}

/** Depth is bounded by the parser. */
function collect(element: XmlElement, local: string, read: (unit: XmlElement) => XliffUnit[], units: XliffUnit[]): void {
  for (const child of elementsOf(element)) {
    if (child.uri !== element.uri) continue;
    if (child.local === local) units.push(...read(child));
    else if (/^(?:group|body|bin-unit)$/.test(child.local)) collect(child, local, read, units);
  }
}

/** What the nearest element that says it says: `translate`, `xml:space`. */
function inherited(element: XmlElement, name: string): string | undefined {
  for (let at: XmlElement | undefined = element; at; at = at.parent) {
    const found = attributeOf(at, name);
    if (found) return found.value;
  }
  return undefined;
}

function unitOf(unit: XmlElement): XliffUnit[] {
  const [source] = childrenOf(unit, "source");
  if (!source) return [];
  const [segmented] = childrenOf(unit, "seg-source");
  const [target] = childrenOf(unit, "target");
  const name = attributeOf(unit, "resname")?.value ?? attributeOf(unit, "id")?.value ?? "";
  const kept = keptFirst(unit, source, target);
  return [
    {
      ...{ name, source: segmented ?? source, target, before: segmented ?? source, segment: undefined },
      ...(kept !== undefined && { kept }),
      preserves: inherited(source, "xml:space") === "preserve",
    },
  ];
}

function keptFirst(unit: XmlElement, source: XmlElement, target: XmlElement | undefined): string | undefined {
  if (inherited(unit, "translate") === "no") return "marked as not for translating";
  if (!target || textIn(target).trim() === "") return undefined;
  if (attributeOf(unit, "approved")?.value === "yes") return "approved already";
  const state = attributeOf(target, "state")?.value;
  if (state !== undefined) return OPEN_STATES.has(state) ? undefined : `translated already (${state})`;
  return textIn(target) === textIn(source) ? undefined : "translated already";
}

function segmentsOf(unit: XmlElement): XliffUnit[] {
  const name = attributeOf(unit, "name")?.value ?? attributeOf(unit, "id")?.value ?? "";
  return childrenOf(unit, "segment").flatMap((segment): XliffUnit[] => {
    const [source] = childrenOf(segment, "source");
    if (!source) return [];
    const [target] = childrenOf(segment, "target");
    const kept = keptSecond(segment, source, target);
    const preserves = inherited(source, "xml:space") === "preserve";
    return [{ name, source, target, before: source, segment, preserves, ...(kept !== undefined && { kept }) }];
  });
}

function keptSecond(segment: XmlElement, source: XmlElement, target: XmlElement | undefined): string | undefined {
  if (inherited(segment, "translate") === "no") return "marked as not for translating";
  if (!target || textIn(target).trim() === "") return undefined;
  const state = attributeOf(segment, "state")?.value;
  if (state !== undefined) return state === "initial" ? undefined : `translated already (${state})`;
  return textIn(target) === textIn(source) ? undefined : "translated already";
}
