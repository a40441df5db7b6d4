import type { Inline, Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { type Edit, edited, inOrder } from "../edits.ts";
import type { Emitter } from "../text_document.ts";
import { type Cue, nameOf, type SubtitleKind } from "./cues.ts";
import { decoded, tokensOf } from "./markup.ts";
import type { LeafAnchor } from "./read.ts";
import type { Frame } from "./speeches.ts";
import { spread } from "./spread.ts";
import { limitsOf, linesText, type Word, widthOf, wordsOf } from "./words.ts";

interface Subtitles {
  readonly source: string;
  readonly kind: SubtitleKind;
  readonly cues: readonly Cue[];
}

const LINES = 2;
/** More lines than these are too many to be looked at together. */
const MOST_BALANCED = 6;

/** Sets leaves in their cues: words over cues and lines; times, tags around cues and all else stay. */
export function subtitleEmitter(subtitles: Subtitles): Emitter {
  return {
    edits(leaves) {
      const edits = inOrder(leaves.flatMap((leaf) => editsOf(leaf, subtitles)));
      const pages = new Map(leaves.flatMap((leaf) => (leaf.anchor as LeafAnchor).parts.map(({ cue }) => [cue, pageOf(leaf)])));
      return { edits, remarks: [...pages].flatMap(([cue, page]) => remarksOn(subtitles.cues[cue] as Cue, edits, page, subtitles)) };
    },
  };
}

function pageOf({ id }: Leaf): number {
  return Number(/^p(\d+)/.exec(id)?.[1] ?? 0);
}

function editsOf(leaf: Leaf, { source, kind, cues }: Subtitles): Edit[] {
  const { parts, frame } = leaf.anchor as LeafAnchor;
  const words = wordsOf(inTimes(frame ? framed(leaf.content, frame) : leaf.content, source), source, kind);
  const limits = limitsOf(words.map(({ text }) => text).join(""));
  const seconds = parts.map(({ cue }) => secondsOf(cues[cue] as Cue));
  const letters = parts.map(({ range }) => Math.max(1, range[1] - range[0]));
  const [time, length] = [sum(seconds), sum(letters)];
  const places = parts.map(({ ofCue }, index) => {
    const room = (limits.line * LINES) / ofCue;
    const readable = ((seconds[index] as number) * limits.perSecond) / ofCue;
    const share = ((seconds[index] as number) / time + (letters[index] as number) / length) / 2;
    return { share, room: Math.max(8, readable > 0 ? Math.min(room, readable) : room) };
  });
  const pieces = spread(words, places);
  return parts.map(({ cue, range, ofCue }, index) => {
    // A sentence that became one word stays on the screen as long as it did.
    const own = pieces[index]?.length ? (pieces[index] as Word[]) : (pieces.findLast((piece) => piece.length > 0) ?? []);
    const was = source.slice(...(cues[cue] as Cue).text);
    const lines = brokenUp(own, limits.line, ofCue > 1 ? 1 : LINES);
    return { from: range[0], to: range[1], text: linesText(lines, lineEndOf(was, source), source) };
  });
}

function sum(values: readonly number[]): number {
  return Math.max(
    1e-9,
    values.reduce((total, value) => total + value, 0),
  );
}

function secondsOf({ startMs, endMs }: Cue): number {
  return Math.max(0, endMs - startMs) / 1000;
}

/** Lines of about the same length: as few as hold `words`. */
function brokenUp(words: readonly Word[], width: number, wanted: number): Word[][] {
  const total = lineWidth(words);
  if (total <= width) return [[...words]];
  const least = Math.ceil(total / width);
  if (least > MOST_BALANCED) return filled(words, width);
  for (let count = least; count <= Math.max(wanted, least + 1); count++) {
    const lines = spread(
      words,
      Array.from({ length: count }, () => ({ share: 1 / count, room: width })),
    ).filter((line) => line.length > 0);
    if (lines.every((line) => lineWidth(line) <= width)) return lines;
  }
  return filled(words, width);
}

/** As many in each line as it holds. */
function filled(words: readonly Word[], width: number): Word[][] {
  const lines: Word[][] = [];
  let room = 0;
  for (const word of words) {
    const needs = widthOf(word.text) + (word.spaced ? 1 : 0);
    if (needs > room || lines.length === 0) {
      lines.push([]);
      room = width;
    }
    lines.at(-1)?.push(word);
    room -= needs;
  }
  return lines;
}

function lineWidth(words: readonly Word[]): number {
  return widthOf(words.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join(""));
}

function lineEndOf(text: string, source: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? /\r\n|\n|\r/.exec(source)?.[0] ?? "\n";
}

/** In the brackets, or the notes, that its source stood in. */
function framed(content: readonly Inline[], { open, close }: Frame): Inline[] {
  const edge = /^[\s[\]()♪♫#*]+|[\s[\]()♪♫#*]+$/gu;
  const [first, last] = [content[0], content.at(-1)];
  const strip = (inline: Inline): Inline =>
    inline.kind === "text"
      ? {
          ...inline,
          text: inline.text.replace(edge, (found, at: number) =>
            (inline === first && at === 0) || (inline === last && at + found.length === inline.text.length) ? "" : found,
          ),
        }
      : inline;
  return [{ kind: "text", text: open }, ...content.map(strip), { kind: "text", text: close }];
}

/** The times within a cue in their order, wherever the words went that they stood at. */
function inTimes(content: readonly Inline[], source: string): readonly Inline[] {
  const marks: Inline[] = [];
  const collect = (inlines: readonly Inline[]) => {
    for (const inline of inlines)
      if (inline.kind === "span") collect(inline.content);
      else if (isMark(inline)) marks.push(inline);
  };
  collect(content);
  if (marks.length < 2) return content;
  const at = (inline: Inline) => (inline.anchor as { range: readonly [number, number] } | undefined)?.range[0] ?? source.length;
  const ordered = marks.toSorted((a, b) => at(a) - at(b));
  const placed = (inlines: readonly Inline[]): Inline[] =>
    inlines.map((inline) => {
      if (inline.kind === "span") return { ...inline, content: placed(inline.content) };
      return isMark(inline) ? (ordered.shift() as Inline) : inline;
    });
  return placed(content);
}

function isMark(inline: Inline): boolean {
  return inline.kind === "atom" && inline.as === "html";
}

/** What of a cue is more than its source was, and more than can be read. */
function remarksOn(cue: Cue, edits: readonly Edit[], page: number, subtitles: Subtitles): Remark[] {
  const { source, kind } = subtitles;
  const [is, was] = [seen(edited(source, edits, ...cue.text), kind), seen(source.slice(...cue.text), kind)];
  const { line, perSecond } = limitsOf(is.join(""));
  const about = { page, code: "TEXT_OVERFLOW" as const };
  const widest = (lines: readonly string[]) => Math.max(0, ...lines.map(widthOf));
  if (is.length > Math.max(LINES, was.length) || widest(is) > Math.max(line, widest(was)))
    return [{ ...about, message: `Cue ${nameOf(cue)} has more than ${LINES} lines of ${line} letters.` }];
  const speed = (lines: readonly string[]) => sum(lines.map(widthOf)) / Math.max(0.001, secondsOf(cue));
  if (secondsOf(cue) === 0 || speed(is) <= Math.max(perSecond, speed(was))) return [];
  return [{ ...about, message: `Cue ${nameOf(cue)} has ${Math.round(speed(is))} letters a second; ${perSecond} can be read.` }];
}

/** The lines of a cue without their tags. */
function seen(text: string, kind: SubtitleKind): string[] {
  return tokensOf(text, [0, text.length], kind)
    .map(({ kind: as, range }) => (as === "text" ? decoded(text.slice(...range), kind) : as === "line" ? "\n" : ""))
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
