import { type Node, numbered, rebuilt } from "./inline_tree.ts";
import type { Inline } from "./model.ts";
import type { Tag, Tagged } from "./segment.ts";

const MAX_FILLER = 12;

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
 * several times, unless only space or a filler lies between them. Text that stands between the same tags as before keeps its anchor.
 */
export function fromTagged(content: readonly Inline[], tagged: Tagged): Inline[] {
  const known = numbered(content);
  const kindOf = (id: number) => known.nodes.get(id)?.kind;
  // A link in two pieces is two links to a reader, a picture two pictures; a style may be parted.
  const isOneThing = (id: number) => {
    const node = known.nodes.get(id);
    return node?.kind === "span" && node.style === undefined;
  };
  const tags = withMissing(joined(cleaned(tagged, kindOf), tagged.text, isOneThing), known.nodes, tagged.text.length);
  return rebuilt(content, known, { text: tagged.text, tags });
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

/**
 * `tagged` with each letter and its accents as one code point where there is one (Unicode's NFC): translators know words so,
 * and take a letter with an accent beside it for two words.
 */
export function composed({ text, tags }: Tagged): Tagged {
  const whole = text.normalize("NFC");
  if (whole === text) return { text, tags };
  let [made, from] = ["", 0];
  const moved: Tag[] = [];
  for (const tag of inOrder(tags)) {
    made += text.slice(from, tag.at).normalize("NFC");
    from = tag.at;
    moved.push({ ...tag, at: made.length });
  }
  return { text: made + text.slice(from).normalize("NFC"), tags: moved };
}

/** Undoes `renumbered`; tags that it did not give are left out. */
export function withIds({ text, tags }: Tagged, ids: readonly number[]): Tagged {
  return { text, tags: tags.flatMap((tag) => (ids[tag.id - 1] === undefined ? [] : [{ ...tag, id: ids[tag.id - 1] as number }])) };
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

/**
 * Joins the pieces of a span that have no letter or figure between them, as the stroke of "and/or"; those of one that should be whole also over a word or two,
 * such as "de las", that the translator put in and marked as nothing's.
 */
function joined(tags: readonly Tag[], text: string, shouldBeWhole: (id: number) => boolean = () => false): Tag[] {
  const dropped = new Set<Tag>();
  const closed = new Map<number, Tag>();
  const isWordless = wordTest(text);
  /** The last place before `at` that has a tag. */
  let [last, at] = [0, 0];
  for (const tag of tags) {
    if (tag.at > at) [last, at] = [at, tag.at];
    if (tag.kind === "close") closed.set(tag.id, tag);
    if (tag.kind !== "open") continue;
    const before = closed.get(tag.id);
    if (!before) continue;
    const over = last === before.at && shouldBeWhole(tag.id) && isFiller(text.slice(before.at, tag.at));
    if (!over && !isWordless(before.at, tag.at)) continue;
    dropped.add(before);
    dropped.add(tag);
  }
  return tags.filter((tag) => !dropped.has(tag));
}

/** One or two short words in small letters. */
function isFiller(text: string): boolean {
  return text.length <= MAX_FILLER && /^\s+\p{Ll}{1,4}(?:\s+\p{Ll}{1,4})?\s+$/u.test(text);
}

/** Whether no letter or figure lies between two places of `text`, without looking at it again for each. */
function wordTest(text: string): (from: number, to: number) => boolean {
  const words = new Uint32Array(text.length + 1);
  for (let at = 0; at < text.length; at++) words[at + 1] = (words[at] ?? 0) + (/[\p{L}\p{N}\p{Cs}]/u.test(text.charAt(at)) ? 1 : 0);
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
