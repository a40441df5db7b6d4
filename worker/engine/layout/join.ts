import type { Block, Frame, Inline, List, Paragraph } from "../document/model.ts";
import { plainText } from "../document/model.ts";
import type { PageFacts, WordCounts } from "./facts.ts";
import { joint } from "./inlines.ts";

/** The blocks of columns one after the other; a paragraph that goes on from one to the next is one. */
export function joinColumns(columns: readonly (readonly Block[])[], { words }: Pick<PageFacts, "words">): Block[] {
  const blocks: Block[] = [];
  for (const column of columns) {
    const goesOn = blocks.length > 0 ? joinOver(blocks, column, words) : undefined;
    if (goesOn) blocks.splice(0, blocks.length, ...goesOn.before, ...goesOn.after);
    else blocks.push(...column);
  }
  return blocks;
}

/** The blocks before and after a break, with the paragraph that goes on over it made whole and standing before it; undefined if none does. */
export function joinOver(
  before: readonly Block[],
  after: readonly Block[],
  words: WordCounts,
): { readonly before: readonly Block[]; readonly after: readonly Block[] } | undefined {
  const at = before.findLastIndex((block) => !isPassedOver(block));
  const then = after.findIndex((block) => !isPassedOver(block));
  const [last, next] = [before[at], after[then]];
  if (!last || next?.kind !== "paragraph") return undefined;
  const joined = joinBlocks(last, next, words);
  return joined && { before: before.with(at, joined), after: after.toSpliced(then, 1) };
}

/** What may stand at the end or the beginning of a column in the middle of a sentence. */
function isPassedOver({ kind, layer = "body" }: Block): boolean {
  return kind === "figure" || kind === "caption" || layer !== "body";
}

/** Within the last item if `last` is a list. */
function joinBlocks(last: Block, next: Paragraph, words: WordCounts): Block | undefined {
  if (last.kind === "paragraph") return joinParagraphs(last, next, words);
  if (last.kind !== "list") return undefined;
  const item = last.items.at(-1);
  const inner = item?.blocks.at(-1);
  const joined = item && inner && joinBlocks(inner, next, words);
  if (!joined) return undefined;
  const list: List = { ...last, items: last.items.with(-1, { ...item, blocks: item.blocks.with(-1, joined) }) };
  return list;
}

function joinParagraphs(one: Paragraph, other: Paragraph, words: WordCounts): Paragraph | undefined {
  const [end, begin] = [plainText(one.content).trimEnd(), plainText(other.content).trimStart()];
  if (!goesOn(end, begin, one, other)) return undefined;
  const { cut, space } = joint(end, begin, words);
  const head = cut > 0 ? withoutEnd(one.content, cut) : one.content;
  const confidences = [one.confidence, other.confidence].filter((value) => value !== undefined);
  const confidence = confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  return {
    ...one,
    content: concatenated(head, space, other.content),
    frames: [...(one.frames ?? []), ...(other.frames ?? [])],
    ...anchored(one, other),
    ...(confidences.length > 0 ? { confidence: Math.round(confidence) } : {}),
  };
}

/** Anchors of what was laid out are lists, one for each word. */
function anchored({ anchor: one }: Paragraph, { anchor: other }: Paragraph): { readonly anchor?: readonly unknown[] } {
  const anchor = [...(Array.isArray(one) ? one : []), ...(Array.isArray(other) ? other : [])];
  return anchor.length > 0 ? { anchor } : {};
}

/** A sentence is not over, and what follows goes on in lower case, or comes behind a full line of the same column width and size. */
function goesOn(end: string, begin: string, one: Paragraph, other: Paragraph): boolean {
  if (end === "" || begin === "" || /[.!?:…。！？]["'”’»)\]]*$/.test(end)) return false;
  if (!isSameSize(one.frames?.at(-1), other.frames?.[0])) return false;
  if (/^\p{Ll}/u.test(begin)) return true;
  return (
    /[\p{L},-]$/u.test(end) && isFull(one.frames?.at(-1)) && /^["'“«(]?\p{L}/u.test(begin) && (other.frames?.[0]?.lines?.length ?? 0) > 1
  );
}

function isSameSize(a: Frame | undefined, b: Frame | undefined): boolean {
  if (a?.turn !== b?.turn) return false;
  const [one, two] = [lineHeight(a), lineHeight(b)];
  // Boxes of OCR are as high as the letters of the line.
  return one === 0 || two === 0 || Math.max(one, two) < Math.min(one, two) * 1.5;
}

function lineHeight(frame: Frame | undefined): number {
  const heights = frame?.lines?.map(({ box }) => (frame.turn === 90 || frame.turn === 270 ? box.x1 - box.x0 : box.y1 - box.y0)) ?? [];
  return heights.length > 0 ? Math.min(...heights) : 0;
}

/** Whether the last of several lines reaches to where the others do. */
function isFull(frame: Frame | undefined): boolean {
  const lines = frame?.lines ?? [];
  const last = lines.at(-1);
  if (!frame || !last || lines.length < 2) return false;
  const [from, to] = frame.turn === 90 || frame.turn === 270 ? [last.box.y0, last.box.y1] : [last.box.x0, last.box.x1];
  const [start, end] = frame.turn === 90 || frame.turn === 270 ? [frame.box.y0, frame.box.y1] : [frame.box.x0, frame.box.x1];
  return to - from > (end - start) * 0.95;
}

function withoutEnd(content: readonly Inline[], count: number): readonly Inline[] {
  const last = content.at(-1);
  if (!last) return content;
  if (last.kind === "text") return content.with(-1, { ...last, text: last.text.trimEnd().slice(0, -count) });
  return last.kind === "span" ? content.with(-1, { ...last, content: withoutEnd(last.content, count) }) : content;
}

function concatenated(head: readonly Inline[], space: string, tail: readonly Inline[]): Inline[] {
  const [last, first] = [head.at(-1), tail[0]];
  if (last?.kind === "text" && first?.kind === "text" && last.anchor === undefined && first.anchor === undefined)
    return [...head.slice(0, -1), { ...last, text: last.text + space + first.text }, ...tail.slice(1)];
  return space ? [...head, { kind: "text", text: space }, ...tail] : [...head, ...tail];
}
