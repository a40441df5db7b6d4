import { leftToRight, rightToLeft, type TargetLanguage } from "../ooxml/language.ts";
import { childOf, isOn, nameOf } from "../ooxml/names.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";

interface Turning {
  readonly turn: NonNullable<TargetLanguage["turn"]>;
  /** It has paragraphs, tables and sections; else styles, or levels of lists. */
  readonly isStory: boolean;
}

/** In the schema's order, what of their properties stands before the direction of a paragraph, a table and a section. */
const BEFORE: Readonly<Record<string, ReadonlySet<string>>> = {
  "w:pPr": setOf(
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN",
  ),
  "w:tblPr": setOf("tblStyle tblpPr tblOverlap"),
  "w:sectPr": setOf(
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection",
  ),
};
const MARK: Readonly<Record<string, string>> = { "w:pPr": "bidi", "w:tblPr": "bidiVisual", "w:sectPr": "bidi" };

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(" ").map((name) => `w:${name}`));
}

/** Edits that let paragraphs, tables and sections of a part run in the other direction (ISO/IEC 29500-1, 17.3.1.6, 17.4.1, 17.6.1). */
export function directionEdits(root: XmlElement, { turn, isStory }: Turning): PartEdit[] {
  const edits: PartEdit[] = [];
  const waiting: XmlElement[] = [root];
  for (let element = waiting.pop(); element; element = waiting.pop()) {
    const name = nameOf(element);
    // What a tracked change remembers stays as it was.
    if (name.endsWith("Change")) continue;
    if (turn === "to right-to-left" && isStory) edits.push(...turned(element, name));
    if (turn === "to left-to-right") edits.push(...unturned(element, name));
    if (name === "w:rPr" && !isStory) edits.push(runEdit(element, turn));
    else for (const child of elementsOf(element)) waiting.push(child);
  }
  return edits;
}

function turned(element: XmlElement, name: string): PartEdit[] {
  const prefix = element.name.slice(0, -element.local.length);
  if (name === "w:p" && !childOf(element, "w:pPr")) {
    const xml = `<${prefix}pPr><${prefix}bidi/></${prefix}pPr>`;
    return element.inner
      ? [inserted(element.inner[0], xml)]
      : [replaced(element, `<${element.name}${attributesOf(element)}>${xml}</${element.name}>`)];
  }
  const [before, mark] = [BEFORE[name], MARK[name]];
  if (!before || !mark) return [];
  const own = childOf(element, `w:${mark}`);
  if (own) return isOn(own) ? [] : [replaced(own, `<${prefix}${mark}/>`)];
  const xml = `<${prefix}${mark}/>`;
  if (!element.inner) return [replaced(element, `<${element.name}${attributesOf(element)}>${xml}</${element.name}>`)];
  const last = elementsOf(element).findLast((child) => before.has(nameOf(child)));
  return [inserted(last?.range[1] ?? element.inner[0], xml)];
}

function unturned(element: XmlElement, name: string): PartEdit[] {
  const mark = MARK[name];
  const own = mark === undefined ? undefined : childOf(element, `w:${mark}`);
  return own ? [replaced(own, "")] : [];
}

/** Of a style: its text looks the same in the other direction. */
function runEdit(properties: XmlElement, turn: Turning["turn"]): PartEdit {
  const prefix = properties.name.slice(0, -properties.local.length);
  const [from, to] = properties.range;
  return { from, to, text: (sliceOf) => turnedRun(sliceOf([from, to]), prefix, turn) };
}

function turnedRun(xml: string, prefix: string, turn: Turning["turn"]): string {
  if (turn === "to left-to-right") return leftToRight(xml, prefix);
  // Which of its text is of the other direction its runs say, not the style.
  return rightToLeft(xml, prefix).replace(`<${prefix}rtl/>`, "");
}

function attributesOf({ attributes }: XmlElement): string {
  return attributes
    .map(({ name, value }) => ` ${name}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`)
    .join("");
}

function inserted(at: number, xml: string): PartEdit {
  return { from: at, to: at, text: () => xml };
}

function replaced({ range: [from, to] }: XmlElement, xml: string): PartEdit {
  return { from, to, text: () => xml };
}
