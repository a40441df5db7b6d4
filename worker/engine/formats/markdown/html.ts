import type { HeadingLevel, Inline } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { unwrapped } from "../inline_text.ts";
import { isCode, isInline, styleOf } from "../markup/elements.ts";
import { decodeText } from "../markup/references.ts";
import { atom, span } from "./inline.ts";
import { trimmed } from "./shape.ts";
import { type Attribute, isKept, isSaid, pairs, type Token, tokens } from "./tags.ts";

/** What a block of HTML says: text between tags that part it, and attributes that are for people. */
export interface HtmlUnits {
  readonly units: readonly { readonly content: Inline[]; readonly range: Range; readonly level?: HeadingLevel }[];
  readonly attributes: readonly Attribute[];
  /** Names of elements with words that are left as they are. */
  readonly kept: readonly string[];
}

type Node = Token | { readonly kind: "code"; readonly range: Range };

export function htmlUnits(range: Range, source: string): HtmlUnits {
  const units: { content: Inline[]; range: Range; level?: HeadingLevel }[] = [];
  const attributes: Attribute[] = [];
  const kept = new Set<string>();
  const all = tokens(source, range);
  const ends = pairs(all);
  let nodes: Node[] = [];
  let level: HeadingLevel | undefined;
  const flush = () => {
    const unit = unitOf(nodes, source);
    if (unit) units.push(level === undefined ? unit : { ...unit, level });
    nodes = [];
    level = undefined;
  };
  for (let index = 0; index < all.length; index++) {
    const token = all[index] as Token;
    if (!("name" in token)) {
      nodes.push(token);
      continue;
    }
    const isElement = token.kind === "open" && (isKept(token) || isCode(token.name));
    if (!isElement) {
      attributes.push(...token.attributes.filter((attribute) => isSaid(attribute, source)));
      if (isInline(token.name)) nodes.push(token);
      else {
        flush();
        level = token.kind === "open" ? headingLevel(token.name) : undefined;
      }
      continue;
    }
    const end = ends.get(index) ?? all.length - 1;
    const whole: Range = [token.range[0], (all[end] as Token).range[1]];
    index = end;
    if (isCode(token.name)) nodes.push({ kind: "code", range: whole });
    else {
      if (/\p{L}{2}/u.test(source.slice(token.range[1], whole[1]).replace(/<\/[^>]*>$/, ""))) kept.add(token.name);
      if (isInline(token.name)) nodes.push({ kind: "code", range: whole });
      else flush();
    }
  }
  flush();
  return { units, attributes, kept: [...kept] };
}

function headingLevel(name: string): HeadingLevel | undefined {
  const level = Number(/^h([1-6])$/.exec(name)?.[1] ?? 0);
  return level === 0 ? undefined : (level as HeadingLevel);
}

/** The text of `nodes` from its first word to its last, without the tags around; undefined if there are no words. */
function unitOf(nodes: readonly Node[], source: string): { content: Inline[]; range: Range } | undefined {
  const saysSomething = (node: Node) => node.kind === "text" && /[\p{L}\p{N}]/u.test(decodeText(source.slice(...node.range)));
  let first = nodes.findIndex(saysSomething);
  if (first < 0) return undefined;
  let last = nodes.findLastIndex(saysSomething);
  const paired = pairs(nodes);
  // A mark that opens or closes within goes along with its other half.
  for (const [open, close] of paired) {
    // A tag alone in the first line makes the block one of HTML: nothing may come to stand behind it.
    if (open < first && close >= first && close < last && !/^[ \t]*[\r\n]/.test(source.slice(...(nodes[open + 1] as Node).range)))
      first = open;
    if (close > last && open <= last && open > first) last = close;
  }
  const inside = nodes.slice(first, last + 1);
  const [start, end] = [inside[0] as Node, inside.at(-1) as Node];
  const from = start.kind === "text" ? textStart(source, start.range) : start.range[0];
  const to = end.kind === "text" ? textEnd(source, end.range) : end.range[1];
  return { content: trimmed(inlineOf(inside, source)), range: [from, to] };
}

/** Without the lines' prefixes in quotations. */
function textStart(source: string, [from, to]: Range): number {
  const leading = /^(?:[ \t]*(?:\r\n|\n|\r)[ \t>]*)*[ \t]*/.exec(source.slice(from, to))?.[0] ?? "";
  return from + leading.length;
}

function textEnd(source: string, [from, to]: Range): number {
  let text = source.slice(from, to).trimEnd();
  while (/[\r\n][ \t>]*$/.test(text.slice(-256))) text = text.replace(/[ \t>]+$/, "").trimEnd();
  return from + text.length;
}

function inlineOf(nodes: readonly Node[], source: string): Inline[] {
  const paired = pairs(nodes);
  const between = (from: number, to: number): Inline[] => {
    const content: Inline[] = [];
    for (let index = from; index < to; index++) {
      const node = nodes[index] as Node;
      const close = paired.get(index);
      if (close !== undefined && "name" in node) {
        const anchor = { as: "html", open: node.range, close: (nodes[close] as Node).range } as const;
        content.push(span(between(index + 1, close), anchor, { style: styleOf(node.name) }));
        index = close;
      } else content.push(inlineOfOne(node, source));
    }
    return content;
  };
  return between(0, nodes.length);
}

function inlineOfOne(node: Node, source: string): Inline {
  const raw = source.slice(...node.range);
  if (node.kind === "text")
    return { kind: "text", text: decodeText(unwrapped(raw.replace(/(\r\n|\n|\r)[ \t>]+/g, "$1"))).replace(/[ \t]+/g, " ") };
  if (node.kind === "code") return atom("code", decodeText(unwrapped(raw.replace(/<[^>]*>/g, ""))), node.range);
  return "name" in node && node.name === "br" ? atom("break", "", node.range) : atom("html", "", node.range);
}
