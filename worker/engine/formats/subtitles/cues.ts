import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";

export type SubtitleKind = "srt" | "vtt";

/** What is shown for a while, as the file has it. */
export interface Cue {
  /** From 1, as they stand in the file. */
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  /** What stands behind the times: positions, settings. */
  readonly settings: string;
  /** Of its lines, without the line end behind the last. */
  readonly text: Range;
}

const HOURS = "(?:(\\d{1,4}):)?";
const TIME = `${HOURS}(\\d{1,2}):(\\d{1,2})[,.:](\\d{1,3})`;
/** Programs write SRT with stops for commas, hours left out, and spaces left out. */
const TIMES = new RegExp(`^[ \\t]*${TIME}[ \\t]*-{1,2}>[ \\t]*${TIME}(?:[ \\t]+(.*))?$`);
/** What was meant as times: taken for text it would be read out. */
const ALMOST_TIMES = /^[ \t]*\d{1,4}:\d.*-->/;
const NUMBER = /^[ \t]*\d{1,9}[ \t]*$/;
const BLANK = /^[ \t]*$/;

/** So much is shown for no while: a film's cue has a hundred. */
const MAX_LETTERS = 5_000;

interface Line {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The cues of SubRip, whose text goes on to the next cue's times as FFmpeg reads it, or of WebVTT, where a blank line ends it
 * (https://www.w3.org/TR/webvtt1/#file-parsing). Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX.
 */
export function cuesOf(source: string, kind: SubtitleKind): Cue[] {
  const lines = linesOf(source);
  if (kind === "vtt" && !/^WEBVTT(?=\s|$)/.test(source))
    throw new EngineError("DOCUMENT_CORRUPT", "The file does not begin with WEBVTT (line 1).");
  const cues: Cue[] = [];
  // The header of WebVTT goes on to the first blank line.
  let at =
    kind === "vtt"
      ? Math.max(
          0,
          lines.findIndex(({ text }) => BLANK.test(text) || text.includes("-->")),
        )
      : 0;
  for (; at < lines.length; at++) {
    const line = lines[at] as Line;
    const match = TIMES.exec(line.text);
    if (!match) {
      if (line.text.includes("-->") && kind === "vtt" && !isComment(lines, at)) throw broken(at + 1);
      continue;
    }
    const end = kind === "vtt" ? blankFrom(lines, at + 1) : nextCue(lines, at + 1);
    const [first, last] = [lines[at + 1], lines[end - 1] as Line];
    const text: Range = first && end > at + 1 ? [first.from, last.to] : [line.to, line.to];
    if (text[1] - text[0] > MAX_LETTERS)
      throw new EngineError("DOCUMENT_TOO_COMPLEX", `A cue has more than ${MAX_LETTERS} letters (line ${at + 1}).`);
    const [, h1, m1, s1, f1, h2, m2, s2, f2, settings = ""] = match;
    cues.push({
      ...{ number: cues.length + 1, startMs: timeMs(h1, m1, s1, f1), endMs: timeMs(h2, m2, s2, f2) },
      ...{ settings: settings.trim(), text },
    });
    at = end - 1;
  }
  if (cues.length === 0) throw new EngineError("DOCUMENT_CORRUPT", "The file has no times of subtitles.");
  return cues;
}

function linesOf(source: string): Line[] {
  const lines: Line[] = [];
  let from = 0;
  for (const match of source.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: source.slice(from, match.index), from, to: match.index });
    from = match.index + match[0].length;
  }
  lines.push({ text: source.slice(from), from, to: source.length });
  return lines;
}

function timeMs(hours = "0", minutes = "0", seconds = "0", fraction = "0"): number {
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"));
}

/** Where a cue of WebVTT ends: at a blank line, or at the times of the next. */
function blankFrom(lines: readonly Line[], from: number): number {
  let at = from;
  while (at < lines.length && !BLANK.test((lines[at] as Line).text) && !(lines[at] as Line).text.includes("-->")) at++;
  return at;
}

/** Behind the last line of a cue's text: blank lines and the number of the next cue are no part of it. */
function nextCue(lines: readonly Line[], from: number): number {
  let next = from;
  while (next < lines.length && !TIMES.test((lines[next] as Line).text)) {
    if (ALMOST_TIMES.test((lines[next] as Line).text)) throw broken(next + 1);
    next++;
  }
  let end = next;
  const isBlank = (at: number) => BLANK.test((lines[at] as Line).text);
  if (next < lines.length && end > from && NUMBER.test((lines[end - 1] as Line).text)) end--;
  while (end > from && isBlank(end - 1)) end--;
  return end;
}

/** A comment may hold anything but a blank line. */
function isComment(lines: readonly Line[], at: number): boolean {
  let first = at;
  while (first > 0 && at - first < 1000 && !BLANK.test((lines[first - 1] as Line).text)) first--;
  return /^NOTE(?:[ \t]|$)/.test((lines[first] as Line).text);
}

function broken(line: number): EngineError {
  return new EngineError("DOCUMENT_CORRUPT", `The times of a cue cannot be read (line ${line}).`);
}

/** "12 (00:01:07)": for remarks. */
export function nameOf({ number, startMs }: Cue): string {
  const seconds = Math.floor(startMs / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${number} (${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)})`;
}
