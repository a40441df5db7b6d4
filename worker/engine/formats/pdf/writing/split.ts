import { around, type Box, contains } from "../../../document/geometry.ts";
import type { Frame, Inline } from "../../../document/model.ts";
import { type GlyphRange, rangesOf } from "../anchors.ts";
import type { Setting } from "./settings.ts";

/** Where the glyphs of ranges stand. */
export type BoxesOf = (ranges: readonly GlyphRange[]) => readonly Box[];

/**
 * The texts before, between and behind what stays where it is: what was filled into a form, the dots that lead to a page's
 * number with that number, and the number of a heading that stands apart from it. Undefined if it cannot be told where each
 * text stands.
 */
export function parted(setting: Setting, boxesOf: BoxesOf): readonly Setting[] | undefined {
  const { leaf, passage } = setting;
  const whole = withoutNumber(setting, boxesOf);
  if (!passage.content.some(hasField)) return [whole];
  const parts: Inline[][] = [[]];
  const leaders: GlyphRange[] = [];
  for (const inline of whole.passage.content) {
    if (!hasField(inline)) parts.at(-1)?.push(inline);
    else if (inline.kind === "atom") {
      parts.push([]);
      leaders.push(...rangesOf(inline.anchor));
    } else return undefined;
  }
  const made: Setting[] = [];
  const own = new Set(whole.ranges.map(String));
  const end = leaders.length > 0 ? around(boxesOf(leaders)).x1 - ROOM * (passage.look.size ?? 10) : 0;
  for (const [index, content] of parts.entries()) {
    const ranges = rangesIn(content).filter((range) => own.has(String(range)));
    if (!content.some(hasText) || (index > 0 && !content.some(hasWords))) continue;
    const frames = whole.passage.frames.flatMap((frame) => clipped(frame, boxesOf(ranges), index === 0 ? end : 0) ?? []);
    const [first, ...others] = frames;
    if (!first) return undefined;
    const id = `${leaf.id}/${index}`;
    made.push({ leaf, ranges, leaders, passage: { ...passage, id, content: trimmed(content), frames: [first, ...others] } });
  }
  return made;
}

/** Of the size: what is left of the dots at least. */
const ROOM = 2;
/** Of the size: what is further from its number than this is set apart from it. */
const APART = 0.5;
const NUMBER = /^(?:\p{N}+|\p{Lu})(?:\.\p{N}+)*\.?\s+(?=\S)/u;

/** A heading behind its number, where both stand apart: the number keeps its place, and the words begin where they did. */
function withoutNumber(setting: Setting, boxesOf: BoxesOf): Setting {
  const { leaf, passage, ranges } = setting;
  const [head, ...rest] = passage.content;
  const text = head?.kind === "span" ? head.content[0] : head;
  const number = text?.kind === "text" ? NUMBER.exec(text.text)?.[0] : undefined;
  const [first] = (Array.isArray(leaf.anchor) ? leaf.anchor : []) as readonly (readonly GlyphRange[])[];
  if (!head || text?.kind !== "text" || number === undefined || !first || (passage.frames[0].turn ?? 0) !== 0) return setting;
  const others = ranges.filter((range) => !first.includes(range));
  const [frame, ...later] = passage.frames;
  const [line, ...below] = frame.lines ?? [];
  const inLine = boxesOf(others).filter((box) => line && contains(line.box, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2));
  const [own, words] = [around(boxesOf(first)), around(inLine)];
  const size = passage.look.size ?? 10;
  const counted = first.reduce((sum, [, , from, to]) => sum + to - from, 0);
  if (!line || inLine.length === 0 || counted !== number.trim().length || words.x0 - own.x1 < APART * size) return setting;
  const bare = { ...text, text: text.text.slice(number.length) };
  const content = [head.kind === "span" ? { ...head, content: [bare, ...head.content.slice(1)] } : bare, ...rest];
  const lines = [{ ...line, box: { ...line.box, x0: words.x0 } }, ...below];
  const clippedFrame = { ...frame, box: around(lines.map(({ box }) => box)), lines };
  return { leaf, ranges: others, passage: { ...passage, content, frames: [clippedFrame, ...later] } };
}

/** A value, which has no glyphs of the page's content, or the dots before a page's number. */
function hasField(inline: Inline): boolean {
  if (inline.kind === "span") return inline.content.some(hasField);
  return inline.kind === "atom" && inline.as === "field";
}

function hasWords(inline: Inline): boolean {
  if (inline.kind === "span") return inline.content.some(hasWords);
  return inline.kind === "text" && /\p{L}{2}/u.test(inline.text) && !/^\s*[ivxlcdm]+\s*$/i.test(inline.text);
}

function hasText(inline: Inline): boolean {
  return inline.kind === "span" ? inline.content.some(hasText) : inline.text.trim() !== "";
}

function rangesIn(content: readonly Inline[]): readonly GlyphRange[] {
  return content.flatMap((inline) => (inline.kind === "span" ? rangesIn(inline.content) : rangesOf(inline.anchor)));
}

function trimmed(content: readonly Inline[]): Inline[] {
  return content.map((inline, index) => {
    if (inline.kind !== "text") return inline;
    const text = index === 0 ? inline.text.trimStart() : inline.text;
    return { ...inline, text: index === content.length - 1 ? text.trimEnd() : text };
  });
}

/** The lines of `frame` as far as `boxes` are in them, the last of them at least to `end`. */
function clipped(frame: Frame, boxes: readonly Box[], end: number): Frame | undefined {
  if ((frame.turn ?? 0) !== 0) return undefined;
  const lines = (frame.lines ?? []).flatMap((line, index, all) => {
    const own = boxes.filter((box) => contains(line.box, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2));
    const { x0, x1 } = around(own);
    const last = index === all.length - 1 ? Math.max(x1, Math.min(end, line.box.x1)) : x1;
    return own.length > 0 ? [{ ...line, box: { ...line.box, x0, x1: last } }] : [];
  });
  return lines.length > 0 ? { ...frame, box: around(lines.map(({ box }) => box)), lines } : undefined;
}
