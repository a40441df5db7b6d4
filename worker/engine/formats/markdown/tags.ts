import type { Range } from "../edits.ts";
import { isVoid } from "../markup/elements.ts";

export type Token =
  | { readonly kind: "text"; readonly range: Range }
  /** A comment, a declaration, an instruction. */
  | { readonly kind: "mark"; readonly range: Range }
  | Tag;

export interface Tag {
  readonly kind: "open" | "close" | "void";
  readonly range: Range;
  readonly name: string;
  /** Those that a reader sees or hears, `alt` and `title`, and `translate="no"`. */
  readonly attributes: readonly Attribute[];
}

export interface Attribute {
  readonly name: string;
  /** Without quotes. */
  readonly value: Range;
}

/** What is not for reading, or not in lines of text. */
const KEPT = new Set(["script", "style", "pre", "textarea", "svg", "math", "template", "iframe", "object"]);

/** Whether what stands in the element is left as it is. */
export function isKept({ name, attributes }: { readonly name: string; readonly attributes: readonly Attribute[] }): boolean {
  return KEPT.has(name) || attributes.some((attribute) => attribute.name === "translate");
}

/** The tokens of `source` from `from` to `to`. What is no tag by HTML's rules is text. Each character is looked at a bounded number of times. */
export function tokens(source: string, [from, to]: Range): Token[] {
  const found: Token[] = [];
  let textFrom = from;
  let at = from;
  while (at < to) {
    const next = source.indexOf("<", at);
    if (next < 0 || next >= to) break;
    const token = tagAt(source, next, to);
    if (!token) {
      at = next + 1;
      continue;
    }
    if (next > textFrom) found.push({ kind: "text", range: [textFrom, next] });
    found.push(token);
    at = textFrom = token.range[1];
  }
  if (to > textFrom) found.push({ kind: "text", range: [textFrom, to] });
  return found;
}

const MARKS: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  ["<!", ">"],
];
const NAME = /<(\/?)([a-zA-Z][^\s<>/]*)/y;
const ATTRIBUTE = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/dy;
const TAG_END = /[\s/]*>/y;
/** More of one tag than this is no tag: what is looked at for one `<` stays bounded. */
const MAX_TAG = 16 * 1024;

function tagAt(source: string, at: number, to: number): Token | undefined {
  for (const [begin, end] of MARKS) {
    if (!source.startsWith(begin, at)) continue;
    // What is not closed goes on to the end, as in HTML.
    const close = source.indexOf(end, at + begin.length);
    return { kind: "mark", range: [at, close < 0 ? to : Math.min(to, close + end.length)] };
  }
  NAME.lastIndex = at;
  const [, slash, name] = NAME.exec(source) ?? [];
  if (name === undefined) return undefined;
  const attributes: Attribute[] = [];
  const limit = Math.min(to, at + MAX_TAG);
  let cursor = NAME.lastIndex;
  while (cursor <= limit) {
    TAG_END.lastIndex = cursor;
    if (TAG_END.test(source)) {
      const range: Range = [at, TAG_END.lastIndex];
      if (range[1] > to) return undefined;
      const lower = name.toLowerCase();
      if (slash) return { kind: "close", range, name: lower, attributes: [] };
      return { kind: isVoid(lower) || source[range[1] - 2] === "/" ? "void" : "open", range, name: lower, attributes };
    }
    ATTRIBUTE.lastIndex = cursor;
    const match = ATTRIBUTE.exec(source);
    if (!match?.indices) return undefined;
    const value = match.indices[2] ?? match.indices[3] ?? match.indices[4];
    const attribute = (match[1] as string).toLowerCase();
    if (value && isSeen(attribute, match)) attributes.push({ name: attribute, value });
    cursor = ATTRIBUTE.lastIndex;
  }
  return undefined;
}

function isSeen(attribute: string, match: RegExpExecArray): boolean {
  if (attribute === "translate") return (match[2] ?? match[3] ?? match[4])?.toLowerCase() === "no";
  // Values without quotes have one word, and could not take more.
  return (attribute === "alt" || attribute === "title") && match[4] === undefined;
}

/** Which tags belong together, by their index: the nearest one of the same name that no other pair crosses. */
export function pairs(tags: readonly ({ readonly kind: string; readonly name?: string } | undefined)[]): Map<number, number> {
  const paired = new Map<number, number>();
  const open: { name: string; index: number }[] = [];
  const counts = new Map<string, number>();
  const count = (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by);
  for (const [index, tag] of tags.entries()) {
    if (tag?.name === undefined) continue;
    if (tag.kind === "open") {
      open.push({ name: tag.name, index });
      count(tag.name, 1);
    } else if (tag.kind === "close" && (counts.get(tag.name) ?? 0) > 0) {
      for (let last = open.pop(); last; last = open.pop()) {
        count(last.name, -1);
        if (last.name !== tag.name) continue;
        paired.set(last.index, index);
        break;
      }
    }
  }
  return paired;
}

/** Whether an attribute's value is for people. */
export function isSaid({ name, value }: Attribute, source: string): boolean {
  return name !== "translate" && /\p{L}/u.test(source.slice(...value));
}
