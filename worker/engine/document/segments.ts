import type { Inline } from "./model.ts";
import type { Segment, Tag, Tagged } from "./segment.ts";
import { sentencesOf } from "./sentences.ts";
import { breaksOf, fromTagged, repaired, toTagged } from "./tagging.ts";

/** Apertium took 29 minutes over 35,000 words without a stop; nothing longer than this reaches a translator as a sentence. */
export const MAX_SENTENCE_LETTERS = 600;
/** For translators that take whole paragraphs. */
const MAX_PARAGRAPH_LETTERS = 4_000;

/** How a block's content is taken apart. */
export interface Cutting {
  /** ISO 639-1. */
  readonly language: string;
  readonly unit: "sentence" | "paragraph";
}

/**
 * What of `content` is translated piece by piece, in order: its sentences without the white space around them. None goes
 * over a break. Spans that go over several are closed in each and opened again in the next.
 */
export function sourcesOf(content: readonly Inline[], { language, unit }: Cutting): Tagged[] {
  const tagged = toTagged(content);
  const breaks = breaksOf(content);
  const ends = breakPlaces(tagged, breaks);
  const ranges: Range[] = [];
  let from = 0;
  for (const to of [...ends, tagged.text.length]) {
    const sentences = unit === "sentence" ? sentenceLengths(tagged, from, to, language) : [to - from];
    for (const length of sentences) {
      const limit = unit === "sentence" ? MAX_SENTENCE_LETTERS : MAX_PARAGRAPH_LETTERS;
      for (const end of cuts(tagged.text, from, from + length, limit)) {
        const range = trimmed(tagged, from, end, breaks);
        if (range) ranges.push(range);
        from = end;
      }
    }
    from = to;
  }
  return piecesOf(tagged, ranges, breaks)
    .filter(({ isSource }) => isSource)
    .map(({ tagged: piece }) => piece);
}

/** What `apply` made, and how many tags the translator had lost. */
export interface Applied {
  readonly content: Inline[];
  readonly moved: number;
}

/**
 * `content` with its `segments` in their targets, whatever stands between them as it was. Total: a segment that is not
 * found in its place is left out, and of lost tags each is put at the end of its sentence.
 */
export function apply(content: readonly Inline[], segments: readonly Pick<Segment, "source" | "target">[]): Applied {
  const tagged = toTagged(content);
  const breaks = breaksOf(content);
  const placed = placesOf(tagged.text, segments);
  let text = "";
  let moved = 0;
  const tags: Tag[] = [];
  let next = 0;
  for (const piece of piecesOf(tagged, placed.ranges, breaks)) {
    let { tagged: made } = piece;
    const target = piece.isSource ? placed.targets[next++] : undefined;
    if (target) {
      const mended = repaired(made, target);
      made = mended.target;
      moved += mended.moved;
    }
    for (const tag of made.tags) tags.push({ ...tag, at: tag.at + text.length });
    text += made.text;
  }
  return { content: fromTagged(content, { text, tags }), moved };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where a sentence can't go on, in order. */
function breakPlaces({ tags }: Tagged, breaks: ReadonlySet<number>): number[] {
  return tags.filter(({ id }) => breaks.has(id)).map(({ at }) => at);
}

/** Stands for an atom where sentences are looked for, so that none ends before it or is empty without it. */
const ATOM = "\uFFFC";

function sentenceLengths({ text, tags }: Tagged, from: number, to: number, language: string): number[] {
  const atoms = tags.filter(({ kind, at }) => kind === "atom" && at >= from && at < to).map(({ at }) => at);
  let shown = "";
  let last = from;
  for (const at of atoms) {
    shown += text.slice(last, at) + ATOM;
    last = at;
  }
  shown += text.slice(last, to);
  if (atoms.length === 0) return sentencesOf(shown, language).map(({ length }) => length);
  // The text's own signs of this kind are not counted out: atoms are told by their places.
  let at = from;
  let next = 0;
  return sentencesOf(shown, language).map((sentence) => {
    const start = at;
    let left = sentence.length;
    while (left > 0) {
      const atom = atoms[next];
      if (atom === at) {
        next++;
        left--;
        continue;
      }
      const step = Math.min(left, (atom ?? to) - at);
      at += step;
      left -= step;
    }
    return at - start;
  });
}

/** Where to cut so that no piece is longer than `limit`: between words, never within a letter. */
function cuts(text: string, from: number, to: number, limit: number): number[] {
  const ends: number[] = [];
  let start = from;
  while (to - start > limit) {
    const space = text.lastIndexOf(" ", start + limit);
    const halved = /[\uD800-\uDBFF]/.test(text.charAt(start + limit - 1));
    const uncut = halved ? start + limit - 1 : start + limit;
    start = space > start ? space + 1 : uncut;
    ends.push(start);
  }
  return [...ends, to];
}

/** Without the white space at both ends, unless an atom stands beyond it; undefined if there is no text in it. */
function trimmed(tagged: Tagged, from: number, to: number, breaks: ReadonlySet<number>): Range | undefined {
  const text = tagged.text.slice(from, to);
  if (text.trim() === "") return undefined;
  let [start, end] = [from + (text.length - text.trimStart().length), to - (text.length - text.trimEnd().length)];
  for (const tag of between(tagged.tags, from, to)) {
    if (tag.kind !== "atom" || breaks.has(tag.id)) continue;
    if (tag.at < start) start = tag.at;
    // At the very end it may be the next sentence's; only what is parted by space is surely not its own.
    if (tag.at > end && tag.at < to) end = tag.at;
  }
  return { from: start, to: end };
}

/** The tags from the first at `from` to the last before `to`; the tags are in order. */
function between(tags: readonly Tag[], from: number, to: number): readonly Tag[] {
  return tags.slice(firstFrom(tags, from), firstFrom(tags, to + 1));
}

function firstFrom(tags: readonly Tag[], at: number): number {
  let [low, high] = [0, tags.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tags[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Piece {
  readonly tagged: Tagged;
  /** Or else what stands between two. */
  readonly isSource: boolean;
}

/**
 * The text in pieces: the ranges, and what is between them. Every tag is in one piece; a span that goes over its end is
 * closed there and opened in the next.
 */
function piecesOf(tagged: Tagged, ranges: readonly Range[], breaks: ReadonlySet<number>): Piece[] {
  const { text, tags } = tagged;
  const pieces: Piece[] = [];
  let active: number[] = [];
  let next = 0;
  let from = 0;
  const take = (to: number, isSource: boolean) => {
    const own: Tag[] = active.map((id) => ({ id, at: 0, kind: "open" }));
    const end = isSource ? ownEnd(tags, next, to, breaks) : gapEnd(tags, next, to, breaks, active);
    for (; next < end; next++) {
      const tag = tags[next] as Tag;
      own.push({ ...tag, at: tag.at - from });
      if (tag.kind === "open") active = [...active, tag.id];
      if (tag.kind === "close") active = active.filter((id) => id !== tag.id);
    }
    for (const id of active.toReversed()) own.push({ id, at: to - from, kind: "close" });
    pieces.push({ tagged: { text: text.slice(from, to), tags: own }, isSource });
    from = to;
  };
  for (const range of ranges) {
    take(range.from, false);
    take(range.to, true);
  }
  take(text.length, false);
  // What is left stands at the very end.
  if (next < tags.length) pieces.push({ tagged: { text: "", tags: remaining(tags.slice(next), active) }, isSource: false });
  return pieces;
}

function remaining(tags: readonly Tag[], active: readonly number[]): Tag[] {
  return [...active.map((id): Tag => ({ id, at: 0, kind: "open" })), ...tags.map((tag) => ({ ...tag, at: 0 }))];
}

/** Before a sentence, all that comes before its first sign but what opens there, and its atoms. */
function gapEnd(tags: readonly Tag[], next: number, to: number, breaks: ReadonlySet<number>, active: readonly number[]): number {
  let end = next;
  const open = new Set(active);
  let after = next;
  // The last tag at this place that surely belongs before: a break, or what closes a span that was open before it.
  for (; after < tags.length && (tags[after]?.at ?? 0) <= to; after++) {
    const tag = tags[after] as Tag;
    const isBefore = tag.at < to || breaks.has(tag.id) || (tag.kind === "close" && open.has(tag.id));
    if (isBefore) end = after + 1;
  }
  return end;
}

/** At the end of a sentence, its own: what closes there, and atoms; not what opens or breaks. */
function ownEnd(tags: readonly Tag[], next: number, to: number, breaks: ReadonlySet<number>): number {
  let end = next;
  while (end < tags.length && (tags[end]?.at ?? 0) < to) end++;
  const started = end;
  for (let at = started; at < tags.length && tags[at]?.at === to; at++) {
    const tag = tags[at] as Tag;
    if (tag.kind === "open" || breaks.has(tag.id)) break;
    end = at + 1;
  }
  return end;
}

/** Where the segments stand, and what they become. */
function placesOf(
  text: string,
  segments: readonly Pick<Segment, "source" | "target">[],
): { readonly ranges: Range[]; readonly targets: (Tagged | undefined)[] } {
  const ranges: Range[] = [];
  const targets: (Tagged | undefined)[] = [];
  let at = 0;
  for (const { source, target } of segments) {
    if (source.text.trim() === "") continue;
    const lead = source.text.length - source.text.trimStart().length;
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0) - lead;
    const from = start >= at && text.startsWith(source.text, start) ? start : -1;
    if (from < 0) continue;
    ranges.push({ from, to: from + source.text.length });
    targets.push(target);
    at = from + source.text.length;
  }
  return { ranges, targets };
}
