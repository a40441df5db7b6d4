import type {
  Blockquote,
  FootnoteDefinition,
  Image,
  ImageReference,
  ListItem as Item,
  Link,
  LinkReference,
  List,
  PhrasingContent,
  RootContent,
  Table,
} from "mdast";
import type { Block, Cell, Inline, Layer, Leaf, ListItem, Quote } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { unwrapped } from "../inline_text.ts";
import { decodeText } from "../markup/references.ts";
import type { Sections } from "../sectioned.ts";
import type { AtomAnchor, LeafAnchor, Setting } from "./anchors.ts";
import { matterValues } from "./front_matter.ts";
import { htmlUnits } from "./html.ts";
import { atom, readInline } from "./inline.ts";
import { rangeOf, type Syntax } from "./syntax.ts";
import { type Attribute, isSaid, tokens } from "./tags.ts";

/** What is known while blocks are made. */
export interface Reading {
  readonly syntax: Syntax;
  /** Gives the blocks their ids, and takes the remarks on them. */
  readonly sections: Sections;
  /** Where the blocks stand, if not in the body. */
  readonly layer?: Layer;
}

/** The blocks of one node of the document's own flow. */
export function readBlock(node: RootContent, reading: Reading): Block[] {
  const { syntax } = reading;
  if (isMatter(node)) return readMatter(node.type, rangeOf(node), reading);
  const facts = () => ({ id: reading.sections.id(), ...(reading.layer && { layer: reading.layer }) });
  switch (node.type) {
    case "heading":
      return withExtras(node.children, reading, [
        { ...facts(), kind: "heading", level: node.depth, ...words(node.children, isSetext(node, syntax) ? "text" : "heading", syntax) },
      ]);
    case "paragraph":
      return readParagraph(node.children, "text", reading);
    case "list":
      return [
        {
          ...facts(),
          kind: "list",
          items: withOwnMarks(
            node.children.map((item) => readItem(item, node, reading)),
            reading,
          ),
        },
      ];
    case "table":
      return [{ ...facts(), kind: "table", rows: readRows(node, reading) }];
    case "blockquote":
      return [readQuote(node, reading)];
    case "code":
      return [{ ...facts(), kind: "code", text: node.value, ...(node.lang && { language: node.lang }) }];
    case "thematicBreak":
      return [{ ...facts(), kind: "rule" }];
    case "html":
      return readHtml(rangeOf(node), reading);
    case "footnoteDefinition":
      return readNote(node, reading);
    case "definition":
      return titlesIn(rangeOf(node), reading);
    default:
      return [];
  }
}

function isMatter(node: { type: string }): node is { type: "yaml" | "toml" } {
  return node.type === "yaml" || node.type === "toml";
}

function readMatter(setting: "yaml" | "toml", range: Range, reading: Reading): Leaf[] {
  return matterValues(setting, range, reading.syntax.source).map(({ range: place, value }) => ({
    ...leaf("paragraph", [{ kind: "text", text: value }], { setting, range: place }, reading),
    layer: "margin",
  }));
}

function leaf(kind: "paragraph" | "caption" | "figure", content: Inline[], anchor: LeafAnchor, reading: Reading): Leaf {
  return { id: reading.sections.id(), kind, ...(reading.layer && { layer: reading.layer }), content, anchor };
}

function words(nodes: readonly PhrasingContent[], setting: Setting, syntax: Syntax): { content: Inline[]; anchor: LeafAnchor } {
  const [first, last] = [nodes[0], nodes.at(-1)];
  const [from, to] = first && last ? [rangeOf(first)[0], rangeOf(last)[1]] : [0, 0];
  // The box of a task that is in no list is no node, and the space behind it stays.
  const space = /^[ \t]*/.exec(syntax.source.slice(from, to))?.[0].length ?? 0;
  return { content: readInline(nodes, syntax), anchor: { setting, range: [from + space, to] } };
}

function isSetext(node: RootContent, { source }: Syntax): boolean {
  return source[rangeOf(node)[0]] !== "#";
}

function readParagraph(nodes: readonly PhrasingContent[], setting: "text" | "cell", reading: Reading): Block[] {
  const { source } = reading.syntax;
  const [from, to] = [rangeOf(nodes[0] as PhrasingContent)[0], rangeOf(nodes.at(-1) as PhrasingContent)[1]];
  const raw = source.slice(from, to);
  if (/^\$\$[^$]+\$\$$/.test(raw)) return [{ id: reading.sections.id(), kind: "formula", text: raw.slice(2, -2).trim() }];
  if (isFigures(nodes)) return withExtras(nodes, reading, figures(nodes, reading));
  const { content, anchor } = words(nodes, setting, reading.syntax);
  const paragraph = leaf("paragraph", content, anchor, reading);
  return withExtras(nodes, reading, [paragraph]);
}

/** Pictures alone, linked or not, as a line of badges has them. */
function isFigures(nodes: readonly PhrasingContent[]): boolean {
  let images = 0;
  for (const node of nodes) {
    if (isImage(node)) images += 1;
    else if (isLink(node) && node.children.length > 0 && isFigures(node.children)) images += 1;
    else if (node.type !== "break" && !(node.type === "text" && node.value.trim() === "")) return false;
  }
  return images > 0;
}

/** A picture whose words are no reference: they can be others without leading elsewhere. */
function isImage(node: PhrasingContent): node is Image | ImageReference {
  return node.type === "image" || (node.type === "imageReference" && node.referenceType === "full");
}

function isLink(node: PhrasingContent): node is Link | LinkReference {
  return node.type === "link" || (node.type === "linkReference" && node.referenceType === "full");
}

function figures(nodes: readonly PhrasingContent[], reading: Reading): Leaf[] {
  return nodes.flatMap((node): Leaf[] => {
    if (isLink(node)) return figures(node.children, reading);
    if (!isImage(node)) return [];
    const from = rangeOf(node)[0] + 2;
    const to = reading.syntax.labels.get(from) ?? from;
    const alt = unwrapped(node.alt ?? "").trim();
    return [leaf("figure", alt === "" ? [] : [{ kind: "text", text: alt }], { setting: "alt", range: [from, to] }, reading)];
  });
}

function readItem(item: Item, list: List, reading: Reading): ListItem {
  const [from, to] = rangeOf(item);
  const mark =
    /^(?:\d{1,9}[.)]|[-+*])/.exec(reading.syntax.source.slice(from, Math.min(to, from + 11)))?.[0] ?? (list.ordered ? "1." : "-");
  const blocks = item.children.flatMap((child) => readBlock(child, reading));
  return { mark, ...(typeof item.checked === "boolean" && { checked: item.checked }), blocks };
}

/** Markdown has no letters for items, nor sections' numbers: such a mark then stands as text behind a bullet. */
const OWN_MARK = /^(\(?(?:[a-z]|[A-Z]|[ivxlc]{1,6}|\d{1,3})\)|\d{1,3}(?:\.\d{1,3})+\.?)(?:[ \t]+|[ \t]*(?:\r\n|\n|\r)[ \t>]*)(?=\S)/;

/** `items` with the marks that their own texts begin with, if all do. No translator then takes "a)" for a word. */
function withOwnMarks(items: readonly ListItem[], { syntax }: Reading): ListItem[] {
  const marked = items.map((item): ListItem | undefined => {
    const [first, ...others] = item.blocks;
    if (!/^[-*+]$/.test(item.mark) || first?.kind !== "paragraph") return undefined;
    const [head, ...rest] = first.content;
    const { setting, range } = first.anchor as LeafAnchor;
    const [whole, mark] = (head?.kind === "text" && OWN_MARK.exec(head.text)) || [];
    const [written, same] = OWN_MARK.exec(syntax.source.slice(...range)) ?? [];
    if (head?.kind !== "text" || whole === undefined || mark === undefined || written === undefined || same !== mark) return undefined;
    const anchor: LeafAnchor = { setting, range: [range[0] + written.length, range[1]] };
    const said: Leaf = { ...first, content: [{ ...head, text: head.text.slice(whole.length) }, ...rest], anchor };
    return { ...item, mark, blocks: [said, ...others] };
  });
  return marked.every((item) => item !== undefined) ? marked : [...items];
}

function readRows(table: Table, reading: Reading): Cell[][] {
  return table.children.map((row, rowIndex) =>
    row.children.map((cell, column): Cell => {
      const align = table.align?.[column];
      return {
        blocks: cell.children.length > 0 ? readParagraph(cell.children, "cell", reading) : [],
        ...(rowIndex === 0 && { header: true }),
        ...(align && { align }),
      };
    }),
  );
}

/** GitHub's alerts: what kind of one it is stands on a line of its own. */
const ALERT = /^\[!\w{1,20}\][ \t]*(?:(?:\r\n|\n|\r)[ \t>]*)?/;

function readQuote(node: Blockquote, reading: Reading): Quote {
  const id = reading.sections.id();
  const blocks = node.children.flatMap((child) => readBlock(child, reading));
  const [first, ...others] = blocks;
  if (first?.kind !== "paragraph") return { id, kind: "quote", blocks };
  const anchor = first.anchor as LeafAnchor;
  const [from, to] = anchor.range;
  const alert = ALERT.exec(reading.syntax.source.slice(from, Math.min(to, from + 64)))?.[0];
  const [head, ...rest] = first.content;
  if (!alert || head?.kind !== "text") return { id, kind: "quote", blocks };
  const mark = /^\[!\w+\]/.exec(head.text)?.[0] ?? "";
  const text = head.text.slice(mark.length).trimStart();
  const content: Inline[] = [elsewhere("field", mark, from), ...(text === "" ? [] : [{ kind: "text" as const, text }]), ...rest];
  const said: Leaf = { ...first, content, anchor: { ...anchor, range: [Math.min(to, from + alert.length), to] } satisfies LeafAnchor };
  return { id, kind: "quote", blocks: [said, ...others] };
}

/** What a reader sees there and the leaf's own range does not have. */
function elsewhere(as: "note" | "field", text: string, at: number) {
  return { ...atom(as, text, [at, at]), anchor: { range: [at, at] } satisfies AtomAnchor };
}

/** A note's blocks begin with its mark. */
function readNote(node: FootnoteDefinition, reading: Reading): Block[] {
  const inner: Reading = { ...reading, layer: "note" };
  const blocks = node.children.flatMap((child) => readBlock(child, inner));
  const [first, ...others] = blocks;
  const mark = elsewhere("note", node.label ?? node.identifier, rangeOf(node)[0]);
  if (first?.kind === "paragraph") return [{ ...first, content: [mark, ...first.content] }, ...others];
  return [leaf("paragraph", [mark], { setting: "text", range: mark.anchor.range }, inner), ...blocks];
}

function readHtml(range: Range, reading: Reading): Block[] {
  const { syntax, sections } = reading;
  const { units, attributes, kept } = htmlUnits(range, syntax.source);
  const blocks: Block[] = units.map(({ level, content, range: place }): Leaf => {
    const paragraph = leaf("paragraph", content, { setting: "html", range: place }, reading);
    return level === undefined ? paragraph : { ...paragraph, kind: "heading", level };
  });
  blocks.push(...attributes.map((attribute) => attributeLeaf(attribute, reading)));
  const id = blocks[0]?.id;
  for (const name of kept)
    sections.remark({ code: "HTML_KEPT", message: `What stands in <${name}> was left as it is.`, ...(id && { block: id }) });
  return blocks;
}

/** `blocks`, and what else is said in `nodes`: titles of links and what pictures in HTML show. */
function withExtras(nodes: readonly PhrasingContent[], reading: Reading, blocks: Block[]): Block[] {
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (!first || !last) return blocks;
  const attributes = attributesOf(nodes, reading.syntax);
  return [
    ...blocks,
    ...titlesIn([rangeOf(first)[0], rangeOf(last)[1]], reading),
    ...attributes.map((attribute) => attributeLeaf(attribute, reading)),
  ];
}

function attributesOf(nodes: readonly PhrasingContent[], syntax: Syntax): Attribute[] {
  return nodes.flatMap((node): Attribute[] => {
    if (node.type === "html")
      return tokens(syntax.source, rangeOf(node))
        .flatMap((token) => ("attributes" in token ? token.attributes : []))
        .filter((attribute) => isSaid(attribute, syntax.source));
    return "children" in node ? attributesOf(node.children, syntax) : [];
  });
}

function attributeLeaf({ name, value }: Attribute, reading: Reading): Leaf {
  const text = decodeText(unwrapped(reading.syntax.source.slice(...value)));
  const anchor: LeafAnchor = { setting: "attribute", range: value };
  return name === "alt"
    ? leaf("figure", [{ kind: "text", text }], anchor, reading)
    : { ...leaf("caption", [{ kind: "text", text }], anchor, reading), layer: "margin" };
}

function titlesIn([from, to]: Range, reading: Reading): Leaf[] {
  const { titles, source } = reading.syntax;
  const found: Leaf[] = [];
  for (let index = firstFrom(titles, from); index < titles.length; index++) {
    const range = titles[index] as Range;
    if (range[0] >= to) break;
    const text = decodeText(unwrapped(source.slice(...range).replace(/(\r\n|\n|\r)[ \t>]*/g, "$1")), { escapes: true });
    const title = leaf("caption", [{ kind: "text", text }], { setting: "title", range }, reading);
    if (/\p{L}/u.test(text)) found.push({ ...title, layer: "margin" });
  }
  return found;
}

/** The first of `ranges` that begins at or behind `from`. */
export function firstFrom(ranges: readonly Range[], from: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range)[0] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
