import { type Inline, plainText } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import type { Cue, SubtitleKind } from "./cues.ts";
import { contentOf, pairsOf, type Token, tokensOf } from "./markup.ts";

/** What one voice says in one cue. */
export interface Speech {
  /** Its index. */
  readonly cue: number;
  /** Of its words: marks of the whole, as a dash and tags around all of it, are outside. */
  readonly range: Range;
  readonly content: readonly Inline[];
  /** The tags and overrides around all of it. */
  readonly outer: string;
  /** What a sound or a song stands in. */
  readonly frame?: Frame;
  /** It begins with a dash: somebody else speaks. */
  readonly dashed: boolean;
  /** It goes on with what the last cue said, for all that is seen here. */
  readonly mayGoOn: boolean;
  /** So many speeches the cue has. */
  readonly ofCue: number;
}

export interface Frame {
  readonly open: string;
  readonly close: string;
}

const DASH = /^[ \t]*(?:[-–‐—][ \t]*(?=[^\s\d–—‐-])|[-–‐—][ \t]+(?=\d|$))/u;
/** "ANNA:", "MAN #2:". */
const LABEL = /^[ \t]*\p{Lu}[\p{Lu}\p{N} .'’#-]{1,30}:(?=\s|$)/u;
const SONG = /^[ \t]*[♪♫#*]+(?=\s|\p{L})|^[ \t]*[♪♫]/u;
const ENDED = /[.!?…。！？:][\s"'”’»)\]♪♫]*$/u;

/** The speeches of the cue at `index`; none where it has no words. */
export function speechesOf(cue: Cue, index: number, source: string, kind: SubtitleKind): Speech[] {
  const groups = groupsOf(linesOf(tokensOf(source, cue.text, kind)), source);
  return groups
    .flatMap((tokens): Omit<Speech, "ofCue">[] => {
      const inner = innerOf(tokens, source);
      if (!inner) return [];
      const content = contentOf(inner.tokens, source, kind);
      if (!/[\p{L}\p{N}]/u.test(plainText(content))) return [];
      const text = plainText(content).trim();
      const frame = frameOf(text);
      const mayGoOn = !inner.dashed && !frame && !LABEL.test(text);
      return [{ cue: index, range: inner.range, content, outer: inner.outer, ...(frame && { frame }), dashed: inner.dashed, mayGoOn }];
    })
    .map((speech, _, all) => ({ ...speech, ofCue: all.length }));
}

/** Each with the line end behind it. */
function linesOf(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]];
  for (const token of tokens) {
    lines.at(-1)?.push(token);
    if (token.kind === "line") lines.push([]);
  }
  return lines;
}

/** Lines that one voice says. */
function groupsOf(lines: readonly (readonly Token[])[], source: string): Token[][] {
  const groups: Token[][] = [[]];
  let [before, opened] = ["", ""];
  for (const [index, line] of lines.entries()) {
    const text = line
      .filter(({ kind }) => kind === "text")
      .map(({ range }) => source.slice(...range))
      .join("");
    const first = opened.trim() === "";
    const startsVoice = line.find(({ kind }) => kind !== "text")?.name === "v";
    if (!first && (startsVoice || begins(text, before, opened))) {
      groups.push([]);
      opened = "";
    }
    groups.at(-1)?.push(...line);
    opened = opened === "" ? text : opened;
    before = text.trim() === "" && index > 0 ? "" : text;
  }
  return groups;
}

/** Whether a line is no more of what `opened` began and of which `before` was the last line. */
function begins(text: string, before: string, opened: string): boolean {
  // A blank line within a cue.
  if (before === "") return true;
  if (DASH.test(text)) return DASH.test(opened) || ENDED.test(before);
  if (LABEL.test(text)) return true;
  const [open, last] = [opened.trim(), before.trim()];
  if (SONG.test(text)) return !SONG.test(open) || /[♪♫#*]$/u.test(last);
  if (SONG.test(open)) return /[♪♫#*]$/u.test(last) && last.length > 1;
  const bracket = /^\s*(?:[-–‐—]\s*)?([[(])/u.exec(opened)?.[1];
  if (bracket && last.endsWith(CLOSING[bracket] as string)) return true;
  return /^\s*\[/.test(text) || (/^\s*\(/.test(text) && /\)\s*$/.test(text));
}

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "(": ")" };

function frameOf(text: string): Frame | undefined {
  const close = CLOSING[text[0] ?? ""];
  if (close && text.indexOf(close) === text.length - 1) return { open: text[0] as string, close };
  const song = /^([♪♫]+\s*|[#*]+\s+)(?=\S)/u.exec(text)?.[1];
  if (song === undefined) return undefined;
  return { open: song, close: /(?<=\S)\s*[♪♫#*]+$/u.exec(text)?.[0] ?? "" };
}

interface Inner {
  readonly tokens: readonly Token[];
  readonly range: Range;
  readonly outer: string;
  readonly dashed: boolean;
}

/** So many tags around a speech are looked through. */
const MAX_OUTER = 64;

/** Without what is around all of it: space, a dash, tags. Undefined if there is nothing in it. */
function innerOf(tokens: readonly Token[], source: string): Inner | undefined {
  let left = tokens;
  let [outer, dashed] = ["", false];
  for (let step = 0; step < MAX_OUTER; step++) {
    left = trimmed(left, source);
    const first = left[0];
    if (!first) return undefined;
    const dash = dashed || first.kind !== "text" ? undefined : DASH.exec(source.slice(...first.range))?.[0];
    if (dash !== undefined) {
      dashed = true;
      left = [{ ...first, range: [first.range[0] + dash.length, first.range[1]] }, ...left.slice(1)];
      continue;
    }
    const stripped = withoutOuter(left);
    if (!stripped) break;
    if (stripped[0] !== first) outer += source.slice(...first.range);
    left = stripped;
  }
  const [first, last] = [left[0], left.at(-1)];
  return first && last ? { tokens: left, range: [first.range[0], last.range[1]], outer, dashed } : undefined;
}

function trimmed(tokens: readonly Token[], source: string): readonly Token[] {
  const isSpace = ({ kind, range }: Token) => kind === "line" || (kind === "text" && source.slice(...range).trim() === "");
  const from = tokens.findIndex((token) => !isSpace(token));
  const left = from < 0 ? [] : tokens.slice(from, tokens.findLastIndex((token) => !isSpace(token)) + 1);
  const [first, last] = [left[0], left.at(-1)];
  if (first?.kind === "text") {
    const text = source.slice(...first.range);
    left[0] = { ...first, range: [first.range[1] - text.trimStart().length, first.range[1]] };
  }
  if (last?.kind === "text") {
    const [start, end] = (left.at(-1) as Token).range;
    left[left.length - 1] = { ...last, range: [start, start + source.slice(start, end).trimEnd().length] };
  }
  return left;
}

/** Without a tag around all of it, or one at an end whose other half is in another speech; undefined if there is none. */
function withoutOuter(tokens: readonly Token[]): readonly Token[] | undefined {
  const [first, last] = [tokens[0] as Token, tokens.at(-1) as Token];
  const pairs = pairsOf(tokens);
  if (first.kind === "mark" || first.kind === "close") return tokens.slice(1);
  if (first.kind === "open") {
    const close = pairs.get(0);
    if (close === undefined) return tokens.slice(1);
    if (close === tokens.length - 1) return tokens.slice(1, -1);
  }
  const isLoose = last.kind === "open" || (last.kind === "close" && ![...pairs.values()].includes(tokens.length - 1));
  return isLoose ? tokens.slice(0, -1) : undefined;
}
