import type { Atom, Inline, Span, Text } from "./model.ts";
import type { Tag, Tagged } from "./segment.ts";

/** A span or an atom of a block's content, without what it holds. */
export type Node = Span | Atom;

/** The spans and atoms of a content, in reading order. */
export interface Numbered {
  /** By id: the first has 1. */
  readonly nodes: ReadonlyMap<number, Node>;
  /** The span that each stands in; 0 if in none. */
  readonly parents: ReadonlyMap<number, number>;
}

export function numbered(content: readonly Inline[]): Numbered {
  const nodes = new Map<number, Node>();
  const parents = new Map<number, number>();
  const walk = (inlines: readonly Inline[], parent: number) => {
    for (const inline of inlines) {
      if (inline.kind === "text") continue;
      const id = nodes.size + 1;
      nodes.set(id, inline);
      parents.set(id, parent);
      if (inline.kind === "span") walk(inline.content, id);
    }
  };
  walk(content, 0);
  return { nodes, parents };
}

/**
 * `content` around other text. The tags are of its spans and atoms, in order, each span's opened before it is closed;
 * where spans cross, they are cut so that they nest.
 */
export function rebuilt(content: readonly Inline[], known: Numbered, { text, tags }: Tagged): Inline[] {
  return written(pruned(grow(text, tags, known)), known, textsOf(content));
}

/** A part of the tree that is being made: the tag's id, and what it holds. Atoms hold nothing. */
interface Branch {
  readonly id: number;
  children: (Branch | string)[];
}

/** The tree of the tags, each span within the span that it is in by the content wherever both are open. */
function grow(text: string, tags: readonly Tag[], { nodes, parents }: Numbered): Branch {
  const root: Branch = { id: 0, children: [] };
  let stack = [root];
  const top = () => stack.at(-1) as Branch;
  const push = (id: number) => {
    const branch: Branch = { id, children: [] };
    top().children.push(branch);
    if (nodes.get(id)?.kind === "span") stack.push(branch);
  };
  let last = 0;
  for (const tag of tags) {
    if (tag.at > last) top().children.push(text.slice(last, tag.at));
    last = Math.max(last, tag.at);
    if (tag.kind === "close") {
      const place = stack.findLastIndex(({ id }) => id === tag.id);
      const above = stack.slice(place + 1);
      stack = stack.slice(0, place);
      for (const { id } of above) push(id);
    } else {
      // Whatever is open and belongs into it by the content is cut here and goes on inside.
      const place = tag.kind === "atom" ? -1 : stack.findIndex(({ id }) => isWithin(id, tag.id, parents));
      const above = place < 0 ? [] : stack.slice(place);
      if (place >= 0) stack = stack.slice(0, place);
      push(tag.id);
      for (const { id } of above) push(id);
    }
  }
  if (text.length > last) top().children.push(text.slice(last));
  return root;
}

function isWithin(id: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = parents.get(id) ?? 0; at >= ancestor; at = parents.get(at) ?? 0) if (at === ancestor) return true;
  return false;
}

/** Leaves out the pieces of a span that hold nothing, as long as one is left. */
function pruned(root: Branch): Branch {
  const counts = new Map<number, number>();
  const count = (branch: Branch) => {
    counts.set(branch.id, (counts.get(branch.id) ?? 0) + 1);
    for (const child of branch.children) if (typeof child !== "string") count(child);
  };
  const prune = (branch: Branch) => {
    branch.children = branch.children.filter((child) => {
      if (typeof child === "string") return true;
      prune(child);
      const others = (counts.get(child.id) ?? 1) - 1;
      if (child.children.length > 0 || others === 0) return true;
      counts.set(child.id, others);
      return false;
    });
  };
  count(root);
  prune(root);
  return root;
}

/** A place for text: between which two neighbours, in which span. */
function gapKey(parent: number, before: number, after: number): string {
  return `${parent} ${before} ${after}`;
}

/** The texts of `content` by their places. */
function textsOf(content: readonly Inline[]): Map<string, Text[]> {
  const texts = new Map<string, Text[]>();
  let next = 1;
  const walk = (inlines: readonly Inline[], parent: number) => {
    let before = 0;
    let run: Text[] = [];
    for (const inline of inlines) {
      if (inline.kind === "text") {
        run.push(inline);
        continue;
      }
      const id = next++;
      texts.set(gapKey(parent, before, id), run);
      run = [];
      if (inline.kind === "span") walk(inline.content, id);
      before = id;
    }
    texts.set(gapKey(parent, before, 0), run);
  };
  walk(content, 0);
  return texts;
}

function written(branch: Branch, known: Numbered, texts: ReadonlyMap<string, readonly Text[]>): Inline[] {
  const result: Inline[] = [];
  let before = 0;
  let text = "";
  const flush = (after: number) => {
    const old = texts.get(gapKey(branch.id, before, after)) ?? [];
    if (old.map((each) => each.text).join("") === text) result.push(...old);
    else if (text !== "") result.push(old.length === 1 ? { ...(old[0] as Text), text } : { kind: "text", text });
    text = "";
  };
  for (const child of branch.children) {
    if (typeof child === "string") {
      text += child;
      continue;
    }
    flush(child.id);
    const node = known.nodes.get(child.id) as Node;
    result.push(node.kind === "span" ? { ...node, content: written(child, known, texts) } : node);
    before = child.id;
  }
  flush(0);
  return result;
}
