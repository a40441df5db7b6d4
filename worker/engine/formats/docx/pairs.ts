import type { Range } from "../edits.ts";
import type { Kept } from "../ooxml/places.ts";
import type { Token } from "../ooxml/tokens.ts";
import type { XmlElement } from "../xml/parse.ts";
import { fieldOf } from "./fields.ts";
import type { RawToken } from "./tokens.ts";

/** Nobody puts fields so deep into fields. */
const MAX_FIELDS = 40;
/** Nor so many ranges around the same words. */
const MAX_RANGES = 200;

interface Begun {
  readonly at: number;
  readonly container: XmlElement;
  separate: number;
  instructions: string;
}

/**
 * Fields that begin and end in the paragraph become what they are to a reader: an atom, or a span around the words of their
 * result. Of those that go on in other paragraphs, as a table of contents does, the result is text as any other.
 */
export function withFields(raw: readonly RawToken[]): RawToken[] {
  const out: RawToken[] = [];
  const begun: Begun[] = [];
  for (const each of raw) {
    const top = begun.at(-1);
    if (each.instructions !== undefined && each.field === undefined && top && top.separate < 0) top.instructions += each.instructions;
    if (each.field === "begin" && begun.length < MAX_FIELDS)
      begun.push({ at: out.length, container: each.container, separate: -1, instructions: each.instructions ?? "" });
    if (each.field === "separate" && top && top.separate < 0) top.separate = out.length;
    if (each.field === "end" && top) {
      begun.pop();
      if (top.container === each.container) {
        const parts = out.splice(top.at);
        for (const made of field(top, [...parts, each])) out.push(made);
        continue;
      }
    }
    out.push(each);
  }
  return out;
}

function field({ at, container, separate, instructions }: Begun, parts: readonly RawToken[]): RawToken[] {
  const { as, link } = fieldOf(instructions);
  const tokens = parts.map(({ token }) => token);
  const [first, last] = [tokens[0] as Token, tokens.at(-1) as Token];
  const head = separate < 0 ? tokens.length - 1 : separate - at + 1;
  const result = parts.slice(head, -1);
  if (as === "text" && result.some(({ token, hidden }) => token.kind === "text" && !hidden)) {
    const open: Token = {
      kind: "open",
      kept: merged(tokens.slice(0, head)),
      whole: first.whole,
      once: true,
      ...(link !== undefined && { link }),
    };
    return [{ token: open, container }, ...result, { token: { kind: "close", kept: last.kept, whole: last.whole }, container }];
  }
  const text = result.map(({ token }) => (token.kind === "text" || token.kind === "atom" ? token.text : "")).join("");
  const kept = { kept: merged(tokens), whole: [first.whole[0], last.whole[1]] as Range };
  // What shows nothing, as the entry of an index, is no sign in a sentence.
  const isSeen = text !== "" || (as === "formula" && tokens.length > 2);
  return [
    { token: isSeen ? { kind: "atom", as: as === "formula" ? "formula" : "field", text, ...kept } : { kind: "point", ...kept }, container },
  ];
}

/** What is kept of `tokens`, as few pieces of the source. */
function merged(tokens: readonly Token[]): Kept[] {
  const pieces: { range: Range; run?: Range | null }[] = [];
  for (const { range, run } of tokens.flatMap(({ kept }) => kept)) {
    const last = pieces.at(-1);
    if (range[0] === range[1]) continue;
    if (last && last.run === undefined && run === undefined && last.range[1] === range[0]) last.range = [last.range[0], range[1]];
    else pieces.push(run === undefined ? { range } : { range, run });
  }
  return pieces;
}

/**
 * A bookmark, or what a comment is about, that begins and ends amid the paragraph goes along with its words: it is a span.
 * All others stay where they are, and so do those that cross.
 */
export function withRanges(raw: readonly RawToken[]): Token[] {
  const tokens = raw.map(({ token }) => token);
  const seen = (index: number) => tokens[index]?.kind !== "point";
  const [first, last] = [tokens.findIndex((_, index) => seen(index)), tokens.findLastIndex((_, index) => seen(index))];
  const open: { readonly at: number; readonly key: string | undefined; readonly container: XmlElement }[] = [];
  for (const [at, { token, mark, container }] of raw.entries()) {
    if (token.kind === "open") open.push({ at, key: undefined, container });
    else if (token.kind === "close") {
      while (open.length > 0 && open.pop()?.key !== undefined);
    } else if (mark?.side === "start" && open.length < MAX_RANGES) open.push({ at, key: mark.key, container });
    else if (mark?.side === "end") {
      const top = open.at(-1);
      if (top?.key !== mark.key) {
        // One that crosses another stays a point, and so does the other.
        const crossed = open.findLastIndex(({ key }) => key === mark.key);
        if (crossed >= 0 && open.slice(crossed).every(({ key }) => key !== undefined)) open.splice(crossed, 1);
        continue;
      }
      open.pop();
      const isAmid = top.at > first || at < last;
      const hasText = tokens.slice(top.at, at).some(({ kind }) => kind === "text");
      if (!isAmid || !hasText || top.container !== container) continue;
      tokens[top.at] = { kind: "open", kept: (tokens[top.at] as Token).kept, whole: (tokens[top.at] as Token).whole, once: true };
      tokens[at] = { kind: "close", kept: token.kept, whole: token.whole };
    }
  }
  return tokens;
}
