import { type Inline, plainText, type Span } from "../../document/model.ts";
import type { Cue } from "./cues.ts";
import type { SpanAnchor } from "./markup.ts";
import type { Speech } from "./speeches.ts";

/** A sentence stops being read as one after so long a silence. */
const MAX_GAP_MS = 1_000;
/** Captions that a machine wrote have no stops: they are taken in pieces of this size. */
const MAX_CUES = 8;
const MAX_LETTERS = 400;

const ENDS = /[.!?…。！？][\s"'”’»)\]]*$/u;
const HANGS = /[,;、，–—-]\s*$/u;
const ABBREVIATED = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Sra|Srta|Mme|Mlle|Hr|Fr|No|vs)\.$/;
const ELLIPSIS = /(?:\.{2,}|…)\s*$/;
const SMALL = /^["'“‘«(¿¡]?(?:\.{2,}|…)?\s*\p{Ll}/u;

/** Speeches whose sentence goes on in the next cue, together. A cue's last speech alone can go on, in the first of the next. */
export function joined(cues: readonly (readonly Speech[])[], times: readonly Cue[]): Speech[][] {
  const groups: Speech[][] = [];
  let last: Speech[] | undefined;
  for (const speeches of cues) {
    for (const [index, speech] of speeches.entries()) {
      if (index === 0 && last && goesOn(last, speech, times)) last.push(speech);
      else {
        last = [speech];
        groups.push(last);
      }
    }
  }
  return groups;
}

function goesOn(before: readonly Speech[], next: Speech, times: readonly Cue[]): boolean {
  const last = before.at(-1) as Speech;
  if (!next.mayGoOn || last.frame || last.outer !== next.outer || next.cue !== last.cue + 1) return false;
  const [cue, after] = [times[last.cue] as Cue, times[next.cue] as Cue];
  const gap = after.startMs - cue.endMs;
  if (gap > MAX_GAP_MS || after.startMs < cue.startMs || cue.settings !== after.settings) return false;
  if (hasTimes(last.content) || hasTimes(next.content)) return false;
  const letters = before.reduce((sum, { content }) => sum + plainText(content).length, plainText(next.content).length);
  if (before.length >= MAX_CUES || letters > MAX_LETTERS) return false;
  return isUnfinished(plainText(last.content).trim(), plainText(next.content).trim());
}

/** Marks within a cue are shown at a time of their own, which no other cue has. */
function hasTimes(content: readonly Inline[]): boolean {
  return content.some((inline) => (inline.kind === "span" ? hasTimes(inline.content) : inline.kind === "atom" && inline.as === "html"));
}

/** Whether the sentence that `text` ends with goes on in `next`. */
function isUnfinished(text: string, next: string): boolean {
  if (ELLIPSIS.test(text)) return SMALL.test(next);
  if (ENDS.test(text)) return ABBREVIATED.test(text);
  if (HANGS.test(text) && !/--\s*$/.test(text)) return true;
  if (SMALL.test(next)) return true;
  // A name or a noun begins with a capital as well; scripts without small letters often do without stops.
  return /\p{Ll}[\p{L}\p{N}'’]*$/u.test(text) && /^["'“‘«]?[\p{Lu}\p{N}$€£]/u.test(next) && !/^(?:I|You|He|She|It|We|They)\b/.test(next);
}

const NO_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uffef]/u;

/** The content of `speeches` as one. A span that ends one and begins the next alike is one. */
export function togetherOf(speeches: readonly Speech[], source: string): Inline[] {
  const content: Inline[] = [];
  for (const speech of speeches) {
    const before = plainText(content);
    const isClose = before === "" || (NO_SPACES.test(before.slice(-1)) && NO_SPACES.test(plainText(speech.content).slice(0, 1)));
    const space: Inline[] = isClose ? [] : [{ kind: "text", text: " " }];
    const [last, [first, ...rest]] = [content.at(-1), speech.content];
    if (last?.kind === "span" && first?.kind === "span" && tagOf(last, source) === tagOf(first, source))
      content.splice(-1, 1, { ...last, content: [...last.content, ...space, ...first.content] }, ...rest);
    else content.push(...space, ...speech.content);
  }
  return content;
}

function tagOf(span: Span, source: string): string {
  return source.slice(...(span.anchor as SpanAnchor).open);
}
