import type { Inline, Leaf, Span } from "../../document/model.ts";
import { type Edit, edited } from "../edits.ts";
import { encodeReferences } from "../markup/references.ts";
import { cleaned, type Piece, set, wrappingOf } from "../setting.ts";
import type { AtomAnchor, LeafAnchor, Setting, SpanAnchor } from "./anchors.ts";
import { escaped, escapedAlt, escapedTitle, isPlain } from "./escape.ts";
import { matterString } from "./front_matter.ts";
import { readInline } from "./inline.ts";
import { isElsewhere, picturesOnce, shapeOf, tidied, trimmed, withoutEmphasis } from "./shape.ts";
import { parse } from "./syntax.ts";

/** A leaf as it is to stand in the source. */
export interface Emitted {
  readonly text: string;
  /** `less`: without its emphasis; `kept`: the source's own words, for others would have changed its structure. */
  readonly as: "whole" | "less" | "kept";
}

export interface Emitting {
  readonly source: string;
  /** Made within marks: titles of links, attributes of tags. */
  readonly edits: readonly Edit[];
  /** Identifiers that a text in brackets would lead to. */
  readonly isDefined: (label: string) => boolean;
}

/** `leaf`'s content in place of what stands in its range: its marks as the source writes them, its words as text and nothing else. */
export function emit(leaf: Leaf, emitting: Emitting): Emitted {
  const { setting, range } = leaf.anchor as LeafAnchor;
  const raw = emitting.source.slice(...range);
  const plain = valueText(leaf.content, setting, raw, emitting.source[range[0] - 1]);
  if (plain !== undefined) return { text: plain, as: "whole" };
  const content = trimmed(tidied(picturesOnce(leaf.content)));
  const wrapping = setting === "text" || setting === "html" ? wrappingOf(emitting.source, ...range) : undefined;
  const write = (wanted: readonly Inline[], toText: Escape) => set(pieces(wanted, { ...emitting, setting, toText }), wrapping);
  if (setting === "html") return { text: write(content, htmlText), as: "whole" };
  const only = content.length === 1 ? content[0] : undefined;
  if (only?.kind === "text" && isPlain(only.text)) return { text: write(content, bare), as: "whole" };
  for (const [wanted, as] of [
    [content, "whole"],
    [withoutEmphasis(content), "less"],
  ] as const)
    for (const toText of [bare, escaped, sheltered, openLabelled]) {
      const text = write(wanted, toText);
      if (reads(text, wanted, setting, emitting)) return { text, as };
    }
  return { text: raw, as: "kept" };
}

/** What has no marks within: undefined for all that has. */
function valueText(content: readonly Inline[], setting: Setting, raw: string, quote: string | undefined): string | undefined {
  switch (setting) {
    case "alt":
      return escapedAlt(wordsOf(content));
    case "title":
      return escapedTitle(wordsOf(content), quote ?? '"');
    case "attribute": {
      const text = encodeReferences(wordsOf(content));
      return quote === "'" ? text.replaceAll("'", "&#39;") : text.replaceAll('"', "&quot;");
    }
    case "yaml":
    case "toml":
      return matterString(setting, wordsOf(content), raw);
    default:
      return undefined;
  }
}

function wordsOf(content: readonly Inline[]): string {
  return cleaned(content.map((inline) => (inline.kind === "span" ? wordsOf(inline.content) : inline.text)).join("")).trim();
}

/** Makes text of `text` in Markdown or HTML. */
type Escape = (text: string, atLineStart: boolean) => string;

const bare: Escape = (text) => text;
const htmlText: Escape = (text) => encodeReferences(text).replace(/<(?=[a-zA-Z/!?])/g, "&lt;");
/** Letters next to a mark as character references: no mark fails then for what stands beside it. */
const sheltered: Escape = (text, atLineStart) =>
  escaped(text, atLineStart)
    .replace(/^[\p{L}\p{N}]/u, reference)
    .replace(/[\p{L}\p{N}]$/u, reference);

/** A bracket that nothing closes keeps an address behind it from being a link: so it is left, where that is what was meant. */
const openLabelled: Escape = (text, atLineStart) => escaped(text, atLineStart).replaceAll("\\[", "[");

function reference(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}

interface Writing extends Emitting {
  readonly setting: Setting;
  readonly toText: Escape;
}

function pieces(content: readonly Inline[], writing: Writing): Piece[] {
  const made: Piece[] = [];
  const mark = (text: string) => made.push({ text, isWords: false });
  const add = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind === "text") {
        const before = made.findLast((piece) => piece.text !== "")?.text;
        const text = writing.toText(cleaned(inline.text), before === undefined || /[\r\n][ \t>]*$/.test(before));
        made.push({ text: writing.setting === "cell" ? text.replace(/(?<!\\)\|/g, "\\|") : text, isWords: true });
      } else if (inline.kind === "atom") {
        if (!isElsewhere(inline.anchor)) mark(atomText(inline, writing));
      } else {
        const { open, close } = delimiters(inline, writing);
        mark(open);
        const from = made.length;
        add(inline.content);
        mark(close(made.slice(from)));
      }
    }
  };
  add(content);
  return made;
}

function atomText(atom: Inline & { kind: "atom" }, { source, edits }: Writing): string {
  const range = (atom.anchor as AtomAnchor | undefined)?.range;
  return range ? edited(source, edits, ...range) : atom.text;
}

function delimiters(span: Span, { source, edits }: Writing): { open: string; close: (inner: readonly Piece[]) => string } {
  const anchor = span.anchor as SpanAnchor | undefined;
  if (!anchor) return { open: "", close: () => "" };
  const close = edited(source, edits, ...anchor.close);
  const label = anchor.label && oneLine(source.slice(...anchor.label));
  return {
    open: edited(source, edits, ...anchor.open),
    close: (inner) => (label === undefined || label === inner.map(({ text }) => text).join("") ? close : `][${label}]`),
  };
}

/** A label is the same however its spaces are written. */
function oneLine(label: string): string {
  return label.replace(/\s*[\r\n][\s>]*/g, " ");
}

/** Whether `text` is read as `wanted` where it is to stand. */
function reads(text: string, wanted: readonly Inline[], setting: Setting, { isDefined }: Emitting): boolean {
  const lines = text.replace(/(?:\r\n|\n|\r)[ \t>]*/g, "\n  ");
  const labels = [...text.matchAll(/\[(\^?)([^[\]]{1,999})\]/g)].filter(([, note, label = ""]) => isDefined(note + label));
  const definitions = labels.map(([, note, label]) => (note ? `[^${label}]: x` : `[${label}]: x`)).join("\n\n");
  const document = parse(`${framed(lines, setting)}\n\n${definitions}\n`);
  const [block] = document.root.children;
  const nodes = phrasing(block, setting);
  return nodes !== undefined && shapeOf(readInline(nodes, document)) === shapeOf(wanted);
}

function framed(lines: string, setting: Setting): string {
  if (setting === "heading") return `# ${lines}`;
  return setting === "cell" ? `| h |\n| --- |\n| ${lines} |` : `- ${lines}`;
}

function phrasing(block: ReturnType<typeof parse>["root"]["children"][number] | undefined, setting: Setting) {
  if (setting === "heading") return block?.type === "heading" ? block.children : undefined;
  if (setting === "cell") {
    const row = block?.type === "table" && block.children.length === 2 ? block.children[1] : undefined;
    return row?.children.length === 1 ? row.children[0]?.children : undefined;
  }
  const item = block?.type === "list" && block.children.length === 1 ? block.children[0] : undefined;
  const paragraph = item?.children.length === 1 && typeof item.checked !== "boolean" ? item.children[0] : undefined;
  return paragraph?.type === "paragraph" ? paragraph.children : undefined;
}
