import type { Block, HeadingLevel, Inline, Leaf, ListItem } from "../../document/model.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import type { AtomAnchor, LeafAnchor } from "./anchors.ts";
import { factsOf, plainLeaf, valueLeaf } from "./leaves.ts";
import { asBlocks, type OpenList } from "./lists.ts";
import { attributeOf, childOf, lineOf, nameOf, stated } from "./names.ts";
import { type ParagraphText, readParagraph } from "./paragraph.ts";
import type { Reading } from "./reading.ts";
import { readTable } from "./tables.ts";

/** What is no text, or is text of a program's: sources of indexes, scripts, settings, what was deleted. */
const KEPT = new Set([
  ...["text:sequence-decls", "text:variable-decls", "text:user-field-decls", "text:dde-connection-decls", "office:scripts"],
  ...["text:alphabetical-index-auto-mark-file", "table:named-expressions", "table:database-ranges", "table:data-pilot-tables"],
  ...["table:tracked-changes", "table:calculation-settings", "table:label-ranges", "table:scenario", "office:event-listeners"],
  ...["presentation:settings", "presentation:animations", "draw:glue-point", "draw:contour-polygon", "draw:contour-path"],
  ...[
    "office:binary-data",
    "math:math",
    "table:table-source",
    "table:dde-links",
    "table:consolidation",
    "anim:par",
    "dc:creator",
    "dc:date",
  ],
]);
const INDEX_SOURCE = /^text:.+-source$/;
/** What of master pages asks for text, and is replaced by it. */
const PROMPTS = new Set(["title", "outline", "subtitle", "text", "notes", "graphic", "object", "chart", "table", "page", "handout"]);

/** The blocks of what stands in `element`, in order. */
export function readBlocks(elements: readonly XmlElement[], reading: Reading): Block[] {
  return elements.flatMap((element) => readBlock(element, reading));
}

export function readBlock(element: XmlElement, reading: Reading): Block[] {
  const name = nameOf(element);
  switch (name) {
    case "text:p":
    case "text:h":
      return readText(element, reading);
    case "text:list":
      return readList(element, undefined, reading);
    case "table:table":
      return readTable(element, reading, readBlocks);
    case "text:note":
      return readNote(element, reading);
    case "office:annotation":
      return readComment(element, reading);
    case "svg:title":
    case "svg:desc":
    case "table:title":
    case "table:desc":
      return plainLeaf(element, "figure", { ...reading, layer: "unseen" });
    case "presentation:header-decl":
      return plainLeaf(element, "paragraph", { ...reading, layer: "header" });
    case "presentation:footer-decl":
      return plainLeaf(element, "paragraph", { ...reading, layer: "footer" });
    case "text:tracked-changes":
      reading.left.deletions += elementsOf(element).filter((change) => childOf(change, "text:deletion")).length;
      return [];
    case "table:content-validations":
      reading.left.messages += elementsOf(element).filter(
        (each) => childOf(each, "table:help-message") ?? childOf(each, "table:error-message"),
      ).length;
      return [];
    case "office:forms":
      reading.left.labels += labelsIn(element);
      return [];
    case "draw:object-ole":
      reading.left.objects++;
      return [];
    case "draw:g":
      // In a cell of a chart it says which cell of a sheet that is.
      return reading.chart && element.parent && nameOf(element.parent) === "table:table-cell"
        ? []
        : readBlocks(elementsOf(element), reading);
    default:
      return KEPT.has(name) || INDEX_SOURCE.test(name) || isPrompt(element) ? [] : readBlocks(elementsOf(element), reading);
  }
}

function labelsIn(element: XmlElement): number {
  const own = /\p{L}/u.test(stated(element, "form:label") ?? "") ? 1 : 0;
  return elementsOf(element).reduce((sum, child) => sum + labelsIn(child), own);
}

function isPrompt(element: XmlElement): boolean {
  if (stated(element, "presentation:placeholder") === "true") return true;
  return PROMPTS.has(stated(element, "presentation:class") ?? "") && isInMaster(element);
}

function isInMaster(element: XmlElement): boolean {
  for (let at = element.parent; at; at = at.parent) if (/^style:(?:master-page|handout-master)$/.test(nameOf(at))) return true;
  return false;
}

function readText(element: XmlElement, reading: Reading): Block[] {
  const text = readParagraph(element, reading.source, reading.styles);
  if (!text) return [];
  const leaf = text.content.some(isSaid) ? [paragraphLeaf(element, text, reading)] : [];
  return [
    ...leaf,
    ...text.nested.flatMap((nested) => (nameOf(nested) === "text:a" ? readTip(nested, reading) : readBlock(nested, reading))),
  ];
}

/** Whether a reader sees words, or a program's words, in it. */
function isSaid(inline: Inline): boolean {
  return inline.kind === "span" ? inline.content.some(isSaid) : inline.text.trim() !== "";
}

function paragraphLeaf(element: XmlElement, { content, range, atStart, base, look }: ParagraphText, reading: Reading): Leaf {
  const prefix = element.name.slice(0, element.name.length - element.local.length);
  const anchor: LeafAnchor = {
    ...{ part: reading.part, setting: "inline", range, prefix },
    ...(atStart && { atStart }),
    ...(base && { base }),
  };
  const level = headingLevel(element, reading);
  const facts = { ...factsOf(reading), content, anchor, ...(look && Object.keys(look).length > 0 && { look }) };
  return level ? { ...facts, kind: "heading", level } : { ...facts, kind: "paragraph" };
}

function headingLevel(element: XmlElement, { styles }: Reading): HeadingLevel | undefined {
  if (nameOf(element) === "text:h") return levelOf(stated(element, "text:outline-level"));
  if (isSlideTitle(element)) return 2;
  for (const name of styles.paragraphNames(stated(element, "text:style-name"))) if (name === "Title") return 1;
  return undefined;
}

function levelOf(level: string | undefined): HeadingLevel {
  return Math.min(6, Math.max(1, Math.trunc(Number(level)) || 1)) as HeadingLevel;
}

function isSlideTitle({ parent }: XmlElement): boolean {
  const frame = parent && nameOf(parent) === "draw:text-box" ? parent.parent : parent;
  return frame !== undefined && stated(frame, "presentation:class") === "title";
}

function readList(list: XmlElement, outer: OpenList | undefined, reading: Reading): Block[] {
  const id = reading.sections.id();
  const open = reading.lists.begin(list, outer);
  const items: ListItem[] = [];
  for (const child of elementsOf(list)) {
    const isItem = nameOf(child) === "text:list-item";
    if (!isItem && nameOf(child) !== "text:list-header") continue;
    const parts = elementsOf(child);
    // An item that is only there to hold a deeper list has no mark, and takes no number.
    const mark = isItem && parts.some((part) => nameOf(part) !== "text:list") ? reading.lists.mark(child, open) : "";
    const blocks = parts.flatMap((part) => (nameOf(part) === "text:list" ? readList(part, open, reading) : readBlock(part, reading)));
    if (blocks.length > 0) items.push({ mark, blocks });
  }
  return asBlocks(id, items);
}

/** A note's blocks begin with its mark. */
function readNote(note: XmlElement, reading: Reading): Block[] {
  const inner: Reading = { ...reading, layer: "note" };
  const [first, ...others] = readBlocks(elementsOf(childOf(note, "text:note-body")), inner);
  if (!first) return [];
  const citation = childOf(note, "text:note-citation");
  const from = note.range[0];
  const mark = {
    kind: "atom" as const,
    as: "note" as const,
    text: citation ? lineOf(citation) : "",
    anchor: { range: [from, from] } satisfies AtomAnchor,
  };
  if (first.kind === "paragraph" || first.kind === "heading") return [{ ...first, content: [mark, ...first.content] }, ...others];
  const anchor: LeafAnchor = { part: reading.part, setting: "inline", range: [from, from] };
  return [{ ...factsOf(inner), kind: "paragraph", content: [mark], anchor }, first, ...others];
}

function readComment(comment: XmlElement, reading: Reading): Block[] {
  if (reading.selection.comments) return readBlocks(elementsOf(comment), { ...reading, layer: "margin" });
  reading.left.comments++;
  return [];
}

/** What is shown of a link when it is pointed at. */
function readTip(link: XmlElement, reading: Reading): Block[] {
  const title = attributeOf(link, "office:title");
  return title ? [valueLeaf(title.value, title.range, { ...reading, layer: "unseen" }, "attribute")] : [];
}
