import { type Node, numbered } from "../../document/inline_tree.ts";
import type { Inline } from "../../document/model.ts";
import type { Segment, Tagged } from "../../document/segment.ts";
import { escapeAttribute, escapeText } from "../../formats/xml/write.ts";

/** How often each tag stood in a unit so far: a code's id may be used once on either side. */
export interface Known {
  readonly source: Map<number, number>;
  readonly target: Map<number, number>;
}

/** A tagged text as XLIFF has it. Counts what it used. */
export type CodeOf = (tagged: Tagged, used: Map<number, number>) => string;

/** Of a leaf with `content`, in which its segments are translated. */
export function codesIn(content: readonly Inline[], segments: readonly Segment[]): CodeOf {
  const kinds = kindsOf(content, segments);
  return (tagged, used) => coded(tagged, (id) => kinds.get(id), used);
}

/**
 * What each tag is. The content is the translation's, in its own order: the tags are told by that. Where it has more or
 * fewer spans and atoms than there are tags, nothing is known of them.
 */
function kindsOf(content: readonly Inline[], segments: readonly Segment[]): Map<number, Node> {
  const ids = [...new Set(segments.flatMap(({ source, target }) => (target ?? source).tags.map(({ id }) => id)))];
  const nodes = distinct([...numbered(content).nodes.values()]);
  const inSentences = nodes.filter((node) => node.kind === "span" || node.as !== "break");
  const known = [nodes, inSentences].find(({ length }) => length === ids.length) ?? [];
  return new Map(known.map((node, index) => [ids[index] as number, node]));
}

/** A span that was parted is one. */
function distinct(nodes: readonly Node[]): Node[] {
  const seen = new Set<string>();
  return nodes.filter(({ anchor }) => {
    if (anchor === undefined) return true;
    const key = JSON.stringify(anchor);
    return seen.has(key) ? false : seen.add(key);
  });
}

/** Spans that cross are parted so that they nest. */
function coded({ text, tags }: Tagged, kindOf: (id: number) => Node | undefined, used: Map<number, number>): string {
  let written = "";
  let at = 0;
  let open: number[] = [];
  const name = (id: number) => {
    const count = (used.get(id) ?? 0) + 1;
    used.set(id, count);
    return count === 1 ? `${id}` : `${id}-${count}`;
  };
  const begin = (id: number) => {
    open.push(id);
    written += `<pc id="${name(id)}"${spanFacts(kindOf(id))}>`;
  };
  for (const tag of tags) {
    written += escapeText(text.slice(at, tag.at));
    at = Math.max(at, tag.at);
    if (tag.kind === "open") begin(tag.id);
    else if (tag.kind === "atom") written += `<ph id="${name(tag.id)}"${atomFacts(kindOf(tag.id))}/>`;
    else {
      const place = open.lastIndexOf(tag.id);
      if (place < 0) continue;
      const above = open.slice(place + 1);
      written += "</pc>".repeat(above.length + 1);
      open = open.slice(0, place);
      for (const id of above) begin(id);
    }
  }
  return `${written}${escapeText(text.slice(at))}${"</pc>".repeat(open.length)}`;
}

function spanFacts(node: Node | undefined): string {
  if (node?.kind !== "span") return "";
  if (node.link !== undefined) return ` type="link" dispStart="${escapeAttribute(shortened(node.link))}"`;
  const { bold, italic, underline } = node.style ?? {};
  if (node.style === undefined) return "";
  const sub = bold ? "xlf:b" : italic ? "xlf:i" : underline ? "xlf:u" : undefined;
  return ` type="fmt"${sub ? ` subType="${sub}"` : ""}`;
}

function atomFacts(node: Node | undefined): string {
  if (node?.kind !== "atom") return "";
  if (node.as === "break") return ' type="fmt" subType="xlf:lb" canDelete="no"';
  const type = node.as === "image" ? "image" : node.as === "field" ? "ui" : "other";
  const shown = escapeAttribute(shortened(node.text));
  return ` type="${type}"${node.text === "" ? "" : ` disp="${shown}" equiv="${shown}"`}`;
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text;
}
