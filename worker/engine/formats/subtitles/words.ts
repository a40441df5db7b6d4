import type { Inline, Span } from "../../document/model.ts";
import { cleaned } from "../setting.ts";
import type { SubtitleKind } from "./cues.ts";
import { type AtomAnchor, encoded } from "./markup.ts";

/** What a line can end before, as it is to be written. */
export interface Word {
  readonly runs: readonly Run[];
  /** What is seen of it. */
  readonly text: string;
  /** Whether a space stands before it on a line. */
  readonly spaced: boolean;
}

interface Run {
  readonly text: string;
  /** The outermost first. */
  readonly spans: readonly Span[];
}

const CJK = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f\\uff00-\\uffef";
const WIDE = new RegExp(`[${CJK}\\p{Script=Hangul}]`, "gu");
const UNSPACED = new RegExp(`[${CJK}\\p{Script=Thai}\\p{Script=Khmer}\\p{Script=Lao}]`, "u");
/** What begins no line, and what ends none. */
const CLOSES = /^[\p{Pe}\p{Pf}\p{Po}ーぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const OPENS = /[\p{Ps}\p{Pi}]$/u;

let segmenter: Intl.Segmenter | undefined;

/** The words of `content`; in scripts without spaces those that a dictionary finds. */
export function wordsOf(content: readonly Inline[], source: string, kind: SubtitleKind): Word[] {
  const words: { runs: Run[]; text: string; spaced: boolean }[] = [];
  let [spaced, glued] = [false, false];
  const add = (text: string, spans: readonly Span[], { seen = text }: { seen?: string } = {}) => {
    const last = words.at(-1);
    if (last && glued && !spaced) {
      last.runs.push({ text, spans });
      last.text += seen;
    } else words.push({ runs: [{ text, spans }], text: seen, spaced });
    [spaced, glued] = [false, true];
  };
  const walk = (inlines: readonly Inline[], spans: readonly Span[]) => {
    for (const inline of inlines) {
      if (inline.kind === "span") walk(inline.content, [...spans, inline]);
      else if (inline.kind === "atom") {
        const range = (inline.anchor as AtomAnchor | undefined)?.range;
        add(range ? source.slice(...range) : encoded(inline.text, kind), spans, { seen: inline.text });
      } else
        for (const piece of cleaned(inline.text).split(/([ \t]+)/)) {
          if (piece === "") continue;
          if (piece.trim() === "") spaced = true;
          else
            for (const [index, part] of partsOf(piece).entries()) {
              if (index > 0) glued = false;
              if (index === 0 && canPart(words.at(-1)?.text ?? "", part)) glued = false;
              add(encoded(part, kind), spans, { seen: part });
            }
        }
    }
  };
  walk(content, []);
  return words;
}

function partsOf(text: string): string[] {
  if (!UNSPACED.test(text)) return [text];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = parts.at(-1);
    if (last !== undefined && !canPart(last, segment)) parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts;
}

function canPart(before: string, after: string): boolean {
  return (
    (UNSPACED.test(before.slice(-1)) || UNSPACED.test(after.slice(0, 1))) && before !== "" && !CLOSES.test(after) && !OPENS.test(before)
  );
}

/** Lines of `words` as they are written: what is open at the end is closed. */
export function linesText(lines: readonly (readonly Word[])[], lineEnd: string, source: string): string {
  let text = "";
  let open: readonly Span[] = [];
  const move = (to: readonly Span[], space: string) => {
    const same = open.findIndex((span, index) => span !== to[index]);
    const kept = same < 0 ? open.length : same;
    for (const span of open.slice(kept).toReversed()) text += tag(span, "close", source);
    text += space;
    for (const span of to.slice(kept)) text += tag(span, "open", source);
    open = to;
  };
  for (const [index, line] of lines.entries())
    for (const [at, word] of line.entries())
      for (const [piece, run] of word.runs.entries()) {
        const before = at === 0 ? (index > 0 ? lineEnd : "") : word.spaced ? " " : "";
        move(run.spans, piece === 0 ? before : "");
        text += run.text;
      }
  move([], "");
  return text;
}

function tag(span: Span, end: "open" | "close", source: string): string {
  const range = (span.anchor as Readonly<Record<"open" | "close", readonly [number, number]>> | undefined)?.[end];
  return range ? source.slice(...range) : "";
}

/** How wide `text` is, in letters of its script: among wide ones others take half of their room. */
export function widthOf(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  const all = [...text].length;
  return wide * 2 > all ? wide + (all - wide) / 2 : all;
}

/** What of a text can be read: on a line, and in a second. */
export interface Limits {
  readonly line: number;
  readonly perSecond: number;
}

/** Latin as most guides for subtitles have it; wide scripts as Netflix's Timed Text Style Guides, with as much to spare. */
const LATIN: Limits = { line: 42, perSecond: 20 };
const WIDE_LIMITS: Limits = { line: 16, perSecond: 11 };

export function limitsOf(text: string): Limits {
  return (text.match(WIDE)?.length ?? 0) * 2 > [...text].length ? WIDE_LIMITS : LATIN;
}
