import type { Html, Image, ImageReference, Link, LinkReference, PhrasingContent } from "mdast";
import type { Atom, Inline, Span, TextStyle } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { KEPT_IN_TEXT, kindOfKept, parted, unwrapped } from "../inline_text.ts";
import { isCode, styleOf } from "../markup/elements.ts";
import type { AtomAnchor, SpanAnchor } from "./anchors.ts";
import { rangeOf, type Syntax } from "./syntax.ts";
import { isKept, pairs, type Tag, type Token, tokens } from "./tags.ts";

/** The words of a leaf with its marks, as they stand in the source. */
export function readInline(nodes: readonly PhrasingContent[], syntax: Syntax): Inline[] {
  const tags = nodes.map((node) => (node.type === "html" ? tagOf(node, syntax) : undefined));
  const paired = pairs(tags);
  return between(0, nodes.length);

  function between(from: number, to: number): Inline[] {
    const content: Inline[] = [];
    for (let index = from; index < to; index++) {
      const node = nodes[index] as PhrasingContent;
      const tag = tags[index];
      const close = paired.get(index);
      if (close !== undefined && tag) {
        content.push(htmlSpan(tag, index, close));
        index = close;
      } else content.push(...readOne(node, nodes[index + 1], syntax));
    }
    return content;
  }

  function htmlSpan(tag: Tag, index: number, closeIndex: number): Inline {
    const closing = tags[closeIndex] as Token;
    if (isCode(tag.name) || isKept(tag)) {
      const text = syntax.source.slice(tag.range[1], closing.range[0]);
      return { kind: "atom", as: "code", text: unwrapped(text), anchor: { range: [tag.range[0], closing.range[1]] } satisfies AtomAnchor };
    }
    const anchor: SpanAnchor = { as: "html", open: tag.range, close: closing.range };
    return span(between(index + 1, closeIndex), anchor, { style: styleOf(tag.name) });
  }
}

function readOne(node: PhrasingContent, next: PhrasingContent | undefined, syntax: Syntax): Inline[] {
  const range = rangeOf(node);
  switch (node.type) {
    case "text":
      return readText(unwrapped(node.value), syntax.source.slice(...range), range[0]);
    case "emphasis":
    case "strong":
    case "delete":
      return [
        span(readInline(node.children, syntax), delimited(node.type, range, node.children), { style: markStyle(node.type, range, syntax) }),
      ];
    case "link":
    case "linkReference":
      return [readLink(node, range, syntax)];
    case "image":
    case "imageReference":
      return [readImage(node, range, syntax)];
    case "inlineCode":
      return [atom("code", node.value, range)];
    case "break":
      // The prefix of the line behind it is no part of the next node.
      return [atom("break", "", [range[0], next ? rangeOf(next)[0] : range[1]])];
    case "html":
      return /^<br\b/i.test(node.value) ? [atom("break", "", range)] : [atom("html", "", range)];
    case "footnoteReference":
      return [atom("note", node.label ?? node.identifier, range)];
    default:
      return [];
  }
}

function markStyle(type: "emphasis" | "strong" | "delete", [from]: Range, { source }: Syntax): TextStyle {
  if (type === "emphasis") return { italic: true };
  if (type === "strong") return { bold: true };
  // One tilde strikes out for GitHub, and lowers for Pandoc ("H~2~O").
  return source.startsWith("~~", from) ? { strike: true } : { script: "sub" };
}

/** Addresses and formulas go along with the words around them. */
function readText(value: string, raw: string, at: number): Inline[] {
  let cursor = 0;
  return parted(value, KEPT_IN_TEXT, (found) => {
    const place = raw.indexOf(found, cursor);
    // Written with escapes or over a line's end: it stays text.
    if (place < 0 || raw[place - 1] === "\\") return undefined;
    cursor = place + found.length;
    return atom(kindOfKept(found), found, [at + place, at + cursor]);
  });
}

function readLink(node: Link | LinkReference, range: Range, syntax: Syntax): Inline {
  const { source, definitions } = syntax;
  const [from, to] = range;
  const url = node.type === "link" ? node.url : definitions.get(node.identifier)?.url;
  if (source[from] !== "[") {
    const address = atom("field", source.slice(from, to).replace(/^<|>$/g, ""), range);
    return { ...address, anchor: { range, linked: true } satisfies AtomAnchor };
  }
  const end = syntax.labels.get(from + 1) ?? from + 1;
  const label: Range = [from + 1, end];
  const anchor: SpanAnchor = { as: "link", open: [from, from + 1], close: [end, to] };
  const named = node.type === "linkReference" && node.referenceType !== "full";
  return span(readInline(node.children, syntax), named ? { ...anchor, label } : anchor, { link: url });
}

function readImage(node: Image | ImageReference, range: Range, syntax: Syntax): Inline {
  const [from, to] = range;
  const alt = node.alt ?? "";
  const end = syntax.labels.get(from + 2);
  if (end === undefined || alt.trim() === "") return atom("image", alt, range);
  const anchor: SpanAnchor = { as: "image", open: [from, from + 2], close: [end, to] };
  const named = node.type === "imageReference" && node.referenceType !== "full";
  return span([{ kind: "text", text: unwrapped(alt).trim() }], named ? { ...anchor, label: [from + 2, end] } : anchor, {});
}

function delimited(as: "emphasis" | "strong" | "delete", [from, to]: Range, children: readonly PhrasingContent[]): SpanAnchor {
  const [first, last] = [children[0], children.at(-1)];
  if (!first || !last) return { as, open: [from, to], close: [to, to] };
  return { as, open: [from, rangeOf(first)[0]], close: [rangeOf(last)[1], to] };
}

function tagOf(node: Html, { source }: Syntax): Tag | undefined {
  const [token] = tokens(source, rangeOf(node));
  return token && "name" in token ? token : undefined;
}

export function span(
  content: Inline[],
  anchor: SpanAnchor,
  { style, link }: { style?: TextStyle | undefined; link?: string | undefined },
): Span {
  return { kind: "span", ...(style && { style }), ...(link !== undefined && { link }), content, anchor };
}

export function atom(as: Atom["as"], text: string, range: Range): Atom {
  return { kind: "atom", as, text, anchor: { range } satisfies AtomAnchor };
}
