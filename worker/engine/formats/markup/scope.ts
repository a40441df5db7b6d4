import type { HeadingLevel } from "../../document/model.ts";
import { countedLetters, romanNumeral } from "../numerals.ts";
import type { Draft, DraftCell, DraftList, DraftTable, Numbering } from "./drafts.ts";
import { isCode, isInline } from "./elements.ts";
import { attributeOf } from "./tokens.ts";

/** What is true of the text within an element. */
export interface Scope {
  readonly name: string;
  readonly parent: Scope | undefined;
  /** The same for an element that the parser opens again. */
  readonly origin: unknown;
  readonly foreign: boolean;
  readonly isInline: boolean;
  /** Why its words are left as they are: its author's wish, or because they are code or a note's mark. */
  readonly kept: "wish" | "code" | "note" | undefined;
  /** The outermost element around it that is taken in one piece. */
  readonly opaque: Scope | undefined;
  /** A reading beside the words of East Asian text. */
  readonly isReading: boolean;
  readonly block: BlockScope;
}

/** What is true of the lines of text in a block; the same object for all that stands in one block. */
export interface BlockScope {
  /** Where its text is put: asked for in the order of the source, for lists, tables and quotations begin to be made by it. */
  readonly container: Container;
  readonly leaf: { readonly kind: "paragraph" | "caption" } | { readonly kind: "heading"; readonly level: HeadingLevel };
  /** Line ends are shown. */
  readonly lines: boolean;
  /** No tags can stand in it. */
  readonly plain: boolean;
  readonly isUnseen: boolean;
}

/** Where blocks are put. */
export interface Container {
  readonly blocks: Draft[];
  readonly list?: DraftList | undefined;
  readonly table?: DraftTable | undefined;
  readonly isHead?: boolean;
  readonly row?: DraftCell[] | undefined;
  /** Of a cell, its table. */
  readonly within?: DraftTable | undefined;
}

export interface ScopedElement {
  readonly name: string;
  readonly foreign: boolean;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

/** Of the document, whose blocks are put into `root`. */
export function rootScope(root: Draft[]): Scope {
  const block: BlockScope = { container: { blocks: root }, leaf: PARAGRAPH, lines: false, plain: false, isUnseen: false };
  return {
    name: "",
    parent: undefined,
    origin: undefined,
    foreign: false,
    isInline: false,
    kept: undefined,
    opaque: undefined,
    isReading: false,
    block,
  };
}

/** Taken in one piece: what is in them is no text, or none that can be told from code. */
const OPAQUE = new Set("script style svg math template iframe noframes noembed".split(" "));
/** Shown only by itself, or where something else can't be. */
const UNSEEN = new Set("head title datalist audio video canvas object".split(" "));
const PLAIN = new Set(["title", "textarea", "option"]);
const LINES = new Set(["pre", "textarea", "listing"]);
const PARAGRAPH = { kind: "paragraph" } as const;

/** Of `element` within `parent`. */
export function scopeOf(element: ScopedElement, parent: Scope, root: Draft[]): Scope {
  const { name, foreign, attributes } = element;
  const display = /(?:^|;)\s*display\s*:\s*([a-z-]+)/i.exec(attributeOf(attributes, "style") ?? "")?.[1]?.toLowerCase();
  const inline = foreign || (isInline(name) ? !isBlockDisplay(display) : name === "div" && display === "inline");
  const scope: Scope = {
    ...{
      name,
      parent,
      origin: attributes,
      foreign,
      isInline: inline,
      isReading: parent.isReading || (!foreign && /^(?:rt|rp|rtc)$/.test(name)),
    },
    kept: keptOf(element, parent),
    opaque: parent.opaque,
    block: inline ? parent.block : blockOf(element, parent, root, display),
  };
  const isOpaque = OPAQUE.has(name) && !(name === "template" && attributeOf(attributes, "shadowrootmode") !== undefined);
  return isOpaque && !scope.opaque ? opaque(scope) : scope;
}

function opaque(scope: Scope): Scope {
  const made = { ...scope };
  made.opaque = made;
  return made;
}

function isBlockDisplay(display: string | undefined): boolean {
  return display !== undefined && /^(?:block|flex|grid|table|list-item|none)/.test(display);
}

function keptOf({ name, foreign, attributes }: ScopedElement, parent: Scope): Scope["kept"] {
  const wish = attributeOf(attributes, "translate")?.trim().toLowerCase();
  if (wish === "yes" || wish === "") return undefined;
  if (wish === "no" || /(?:^|\s)notranslate(?:\s|$)/.test(attributeOf(attributes, "class") ?? "")) return "wish";
  if (parent.kept) return parent.kept;
  if (foreign) return undefined;
  if (isCode(name)) return "code";
  const isNote =
    name === "a" && [attributeOf(attributes, "epub:type"), attributeOf(attributes, "role")].some((type) => /noteref/.test(type ?? ""));
  return isNote ? "note" : undefined;
}

function blockOf(element: ScopedElement, parent: Scope, root: Draft[], display: string | undefined): BlockScope {
  const { name, attributes } = element;
  const before = parent.block;
  const isUnseen =
    before.isUnseen || UNSEEN.has(name) || display === "none" || (attributeOf(attributes, "hidden") ?? "until-found") !== "until-found";
  let container: Container | undefined;
  return {
    get container() {
      container ??= isUnseen ? { blocks: root } : containerOf(element, before.container);
      return container;
    },
    leaf: leafOf(name) ?? before.leaf,
    lines: before.lines || LINES.has(name),
    plain: PLAIN.has(name),
    isUnseen,
  };
}

/** What text in an element of this name is; undefined if what it is around it. */
function leafOf(name: string): BlockScope["leaf"] | undefined {
  const level = /^h([1-6])$/.exec(name)?.[1];
  if (level) return { kind: "heading", level: Number(level) as HeadingLevel };
  if (name === "caption" || name === "figcaption") return { kind: "caption" };
  return name === "td" || name === "th" || name === "li" ? PARAGRAPH : undefined;
}

function containerOf({ name, attributes }: ScopedElement, outer: Container): Container {
  const { blocks, within } = outer;
  switch (name) {
    case "ul":
    case "ol":
    case "menu":
    case "dir": {
      const list: DraftList = { kind: "list", items: [], numbering: name === "ol" ? numberingOf(attributes) : undefined };
      blocks.push(list);
      return { blocks, within, list };
    }
    case "li": {
      if (!outer.list) return { blocks, within };
      const item = { mark: markOf(outer.list, attributes), blocks: [] };
      outer.list.items.push(item);
      return { blocks: item.blocks, within };
    }
    case "table": {
      const role = attributeOf(attributes, "role")?.trim();
      const table: DraftTable = { kind: "table", captions: [], rows: [], isLayout: role === "presentation" || role === "none" };
      if (within) within.isLayout = true;
      blocks.push(table);
      return { blocks, within, table };
    }
    case "caption":
      return { blocks: outer.table?.captions ?? blocks, within };
    case "thead":
    case "tbody":
    case "tfoot":
      return { ...outer, row: undefined, isHead: name === "thead" };
    case "tr": {
      const row: DraftCell[] = [];
      outer.table?.rows.push(row);
      return { ...outer, row };
    }
    case "td":
    case "th":
      return outer.table ? cellOf(name, attributes, outer, outer.table) : { blocks, within };
    case "blockquote": {
      const quote: Draft = { kind: "quote", blocks: [] };
      blocks.push(quote);
      return { blocks: quote.blocks, within };
    }
    default:
      return outer.row || outer.table || outer.list ? outer : { blocks, within };
  }
}

function cellOf(name: string, attributes: ScopedElement["attributes"], outer: Container, table: DraftTable): Container {
  const span = (attribute: string, most: number) =>
    Math.min(most, Math.max(1, Number.parseInt(attributeOf(attributes, attribute) ?? "", 10) || 1));
  const [columnSpan, rowSpan] = [span("colspan", 1000), span("rowspan", 65_534)];
  const align = attributeOf(attributes, "align")?.toLowerCase();
  const cell: DraftCell = {
    blocks: [],
    ...((name === "th" || outer.isHead) && { header: true }),
    ...(columnSpan > 1 && { columnSpan }),
    ...(rowSpan > 1 && { rowSpan }),
    ...((align === "left" || align === "center" || align === "right") && { align }),
  };
  if (outer.row) outer.row.push(cell);
  else table.rows.push([cell]);
  return { blocks: cell.blocks, within: table };
}

function numberingOf(attributes: ScopedElement["attributes"]): Numbering {
  const start = Number.parseInt(attributeOf(attributes, "start") ?? "", 10);
  const reversed = attributeOf(attributes, "reversed") !== undefined;
  return { style: attributeOf(attributes, "type") ?? "1", step: reversed ? -1 : 1, next: Number.isSafeInteger(start) ? start : 1 };
}

function markOf({ numbering }: DraftList, attributes: ScopedElement["attributes"]): string {
  if (!numbering) return "•";
  const own = Number.parseInt(attributeOf(attributes, "value") ?? "", 10);
  const number = Number.isSafeInteger(own) ? own : numbering.next;
  numbering.next = number + numbering.step;
  return `${ordinal(number, numbering.style)}.`;
}

/** As HTML's attribute `type` says: 1, a, A, i, I. */
function ordinal(number: number, style: string): string {
  switch (style) {
    case "a":
      return countedLetters(number);
    case "A":
      return countedLetters(number).toUpperCase();
    case "i":
      return romanNumeral(number);
    case "I":
      return romanNumeral(number).toUpperCase();
    default:
      return String(number);
  }
}
