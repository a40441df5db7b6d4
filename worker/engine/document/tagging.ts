import type { Atom, Inline, Span, Text } from "./model.ts";
import type { Tag, Tagged } from "./segment.ts";

/** A span or an atom of a block's content, without what it holds. */
type Node = Span | Atom;

interface Numbered {
  /** By id: the first has 1. */
  readonly nodes: ReadonlyMap<number, Node>;
  /** The span that each stands in; 0 if in none. */
  readonly parents: ReadonlyMap<number, number>;
}

/** `content` as text with numbered tags, numbered in reading order. An atom's own text is not in it. */
export function toTagged(content: readonly Inline[]): Tagged {
  const tags: Tag[] = [];
  let text = "";
  let next = 1;
  const walk = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind === "text") text += inline.text;
      else {
        const id = next++;
        if (inline.kind === "atom") tags.push({ id, at: text.length, kind: "atom" });
        else {
          tags.push({ id, at: text.length, kind: "open" });
          walk(inline.content);
          tags.push({ id, at: text.length, kind: "close" });
        }
      }
    }
  };
  walk(content);
  return { text, tags };
}

/** The ids of the breaks in `content`, over which no sentence goes. */
export function breaksOf(content: readonly Inline[]): ReadonlySet<number> {
  const { nodes } = numbered(content);
  return new Set([...nodes].filter(([, node]) => node.kind === "atom" && node.as === "break").map(([id]) => id));
}

/**
 * `content` with other text: its spans and atoms stand where `tagged` has their tags. Total: tags of unknown ids are left
 * out, crossing spans are cut so that they nest, and what has no tag is put at the end. A span in several pieces comes
 * several times, unless only space lies between them. Text that stands between the same tags as before keeps its anchor.
 */
export function fromTagged(content: readonly Inline[], tagged: Tagged): Inline[] {
  const known = numbered(content);
  const kindOf = (id: number) => known.nodes.get(id)?.kind;
  const tags = withMissing(joined(cleaned(tagged, kindOf), tagged.text), known.nodes, tagged.text.length);
  const root = pruned(grow(tagged.text, tags, known));
  return written(root, known, textsOf(content));
}

/**
 * `target` with exactly the tags of `source`: foreign ones are left out, and `moved` lost ones stand at its end, or around the
 * words of theirs that were not translated.
 */
export function repaired(source: Tagged, target: Tagged): { readonly target: Tagged; readonly moved: number } {
  const kinds = new Map(source.tags.map(({ id, kind }) => [id, kind === "atom" ? ("atom" as const) : ("span" as const)]));
  const tags = joined(
    cleaned(target, (id) => kinds.get(id)),
    target.text,
  );
  const present = new Set(tags.map(({ id }) => id));
  const lost = [...kinds].filter(([id]) => !present.has(id));
  const opens = new Map(source.tags.flatMap(({ id, at, kind }) => (kind === "open" ? [[id, at]] : [])));
  const closes = new Map(source.tags.flatMap(({ id, at, kind }) => (kind === "close" ? [[id, at]] : [])));
  const wordsOf = (id: number) => source.text.slice(opens.get(id), closes.get(id)).trim();
  const added = lost.flatMap(([id, kind]) => (kind === "atom" ? atomAt(id, target.text.length) : spanAround(id, wordsOf(id), target.text)));
  return { target: { text: target.text, tags: inOrder([...tags, ...added]) }, moved: lost.length };
}

/** The spans that go over all of `tagged`, outermost first, and what is left without their tags. Whitespace at the ends stays in. */
export function unwrapped(tagged: Tagged): { readonly outer: readonly number[]; readonly inner: Tagged } {
  const { text, tags } = tagged;
  const outer: number[] = [];
  let [first, last] = [0, tags.length - 1];
  while (first < last) {
    const [open, close] = [tags[first], tags[last]];
    if (open?.kind !== "open" || close?.kind !== "close" || open.id !== close.id || open.at !== 0 || close.at !== text.length) break;
    outer.push(open.id);
    first++;
    last--;
  }
  return { outer, inner: { text, tags: tags.slice(first, last + 1) } };
}

/** Undoes `unwrapped`. */
export function wrapped({ text, tags }: Tagged, outer: readonly number[]): Tagged {
  const opens = outer.map((id): Tag => ({ id, at: 0, kind: "open" }));
  const closes = outer.map((id): Tag => ({ id, at: text.length, kind: "close" })).reverse();
  return { text, tags: [...opens, ...tags, ...closes] };
}

/** `tagged` with ids from 1 in order of appearance, and the ids that it had. */
export function renumbered({ text, tags }: Tagged): { readonly tagged: Tagged; readonly ids: readonly number[] } {
  const ids = [...new Set(tags.map(({ id }) => id))];
  const byId = new Map(ids.map((id, index) => [id, index + 1]));
  return { tagged: { text, tags: tags.map((tag) => ({ ...tag, id: byId.get(tag.id) ?? 0 })) }, ids };
}

/** Undoes `renumbered`; tags that it did not give are left out. */
export function withIds({ text, tags }: Tagged, ids: readonly number[]): Tagged {
  return { text, tags: tags.flatMap((tag) => (ids[tag.id - 1] === undefined ? [] : [{ ...tag, id: ids[tag.id - 1] as number }])) };
}

function numbered(content: readonly Inline[]): Numbered {
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

/** The known tags in order, within the text; each atom once, and of a span only what opens or closes it. */
function cleaned({ text, tags }: Tagged, kindOf: (id: number) => "span" | "atom" | undefined): Tag[] {
  const result: Tag[] = [];
  const atoms = new Set<number>();
  const open = new Set<number>();
  for (const tag of inOrder(tags.map((each) => ({ ...each, at: Math.min(Math.max(0, Math.trunc(each.at) || 0), text.length) })))) {
    const kind = kindOf(tag.id);
    if (kind === undefined || (kind === "atom") !== (tag.kind === "atom")) continue;
    if (tag.kind === "atom") {
      if (atoms.has(tag.id)) continue;
      atoms.add(tag.id);
    } else if (open.has(tag.id) === (tag.kind === "open")) continue;
    else if (tag.kind === "open") open.add(tag.id);
    else open.delete(tag.id);
    result.push(tag);
  }
  return [...result, ...[...open].reverse().map((id): Tag => ({ id, at: text.length, kind: "close" }))];
}

/** Joins the pieces of a span that have only space between them. */
function joined(tags: readonly Tag[], text: string): Tag[] {
  const dropped = new Set<Tag>();
  const closed = new Map<number, Tag>();
  const isSpace = spaceTest(text);
  for (const tag of tags) {
    if (tag.kind === "close") closed.set(tag.id, tag);
    if (tag.kind !== "open") continue;
    const before = closed.get(tag.id);
    if (!before || !isSpace(before.at, tag.at)) continue;
    dropped.add(before);
    dropped.add(tag);
  }
  return tags.filter((tag) => !dropped.has(tag));
}

/** Whether only space lies between two places of `text`, without looking at it again for each. */
function spaceTest(text: string): (from: number, to: number) => boolean {
  const words = new Uint32Array(text.length + 1);
  for (let at = 0; at < text.length; at++) words[at + 1] = (words[at] ?? 0) + (/\s/.test(text.charAt(at)) ? 0 : 1);
  return (from, to) => words[from] === words[to];
}

function withMissing(tags: readonly Tag[], nodes: ReadonlyMap<number, Node>, end: number): Tag[] {
  const present = new Set(tags.map(({ id }) => id));
  const missing = [...nodes].filter(([id]) => !present.has(id));
  return [...tags, ...missing.flatMap(([id, { kind }]) => (kind === "atom" ? atomAt(id, end) : emptySpan(id, end)))];
}

function atomAt(id: number, at: number): Tag[] {
  return [{ id, at, kind: "atom" }];
}

function emptySpan(id: number, at: number): Tag[] {
  return [
    { id, at, kind: "open" },
    { id, at, kind: "close" },
  ];
}

/** A lost span around the same words, where they stand in the translation as they did in the source: names, mostly. */
function spanAround(id: number, words: string, target: string): Tag[] {
  const at = words.length > 1 ? target.indexOf(words) : -1;
  if (at < 0) return emptySpan(id, target.length);
  return [
    { id, at, kind: "open" },
    { id, at: at + words.length, kind: "close" },
  ];
}

function inOrder(tags: readonly Tag[]): Tag[] {
  return tags.toSorted((a, b) => a.at - b.at);
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
