import type { Tag, Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";

/** What must come through untouched: addresses, code in back ticks, and signs that Apertium reads as its own marks. */
const OPAQUE = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]|www\.[^\s<>"]*[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w|`[^`]+`|[*#@~]+/g;
/** Styles are not begun within one of these, or Apertium takes its parts for words. The figure of "m2" is a word by itself. */
const WORD = /(?:\p{N}+(?=\p{Ll}))?[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{N}+/gu;
/** It knows no plural of figures, and gives "the 1960s" back as "el @1960s". */
const DECADE = /(?<![\p{L}\p{N}-])(\d{3}0)['’]?s\b/gu;

/** Spans that are open over a piece of text, outermost first. */
type Ids = readonly number[];

/** What Apertium does not see into: text that stays, or an atom. */
interface Island {
  readonly text: string;
  readonly atom?: number;
  readonly ids: Ids;
}

/** What is asked, and what is needed to read the answer. */
export interface Request {
  readonly stream: string;
  readonly source: Tagged;
  readonly islands: readonly Island[];
}

/**
 * A sentence in Apertium's stream format: reserved signs escaped, styles as word-bound blanks, which follow their words
 * when these change places, atoms and opaque parts as superblanks, and an end mark that flushes the last sentence.
 * https://wiki.apertium.org/wiki/Apertium_stream_format
 */
export function encode(source: Tagged, language: string, keepsTags = true): Request {
  const islands: Island[] = [];
  let stream = "";
  for (const piece of piecesOf(source)) {
    if (piece.kind === "island") stream += `[<i${islands.push(piece) - 1}/>]`;
    else stream += keepsTags && piece.ids.length > 0 ? bound(piece.text, piece.ids, language) : plain(piece.text, language);
  }
  return { stream: `${stream}.[]`, source, islands };
}

function plain(text: string, language: string): string {
  const said = language === "en" ? text.replace(DECADE, "years $1") : text;
  return said.replaceAll("\0", " ").replace(/[\\^$/<>{}[\]]/g, "\\$&");
}

/** The blank is bound to words: space stands outside. */
function bound(text: string, ids: Ids, language: string): string {
  const words = text.trim();
  if (words === "") return plain(text, language);
  const start = text.indexOf(words);
  const blank = ids.map((id) => `t:s:${id}`).join("; ");
  return `${plain(text.slice(0, start), language)}[[${blank}]]${plain(words, language)}[[/]]${plain(text.slice(start + words.length), language)}`;
}

type Piece = ({ readonly kind: "island" } & Island) | { readonly kind: "text"; readonly text: string; readonly ids: Ids };

/** The text cut at tags and around what is opaque. A span that begins or ends within a word has all of it. */
function piecesOf({ text, tags }: Tagged): Piece[] {
  const pieces: Piece[] = [];
  const opaque = [...text.matchAll(OPAQUE)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  const place = wordEnds(text, opaque);
  let ids: Ids = [];
  let at = 0;
  const advance = (to: number) => {
    while (at < to) {
      const next = opaque.find((range) => range.to > at);
      const inside = next !== undefined && next.from <= at;
      const end = Math.min(to, next === undefined ? to : inside ? next.to : next.from);
      const part = text.slice(at, end);
      pieces.push(inside ? { kind: "island", text: part, ids } : { kind: "text", text: part, ids });
      at = end;
    }
  };
  for (const [index, tag] of tags.entries()) {
    advance(place(tag));
    if (tag.kind === "atom") pieces.push({ kind: "island", text: "", atom: tag.id, ids });
    else if (tag.kind === "open") {
      ids = [...ids, tag.id];
      // A span without anything in it would not come back.
      const next = tags[index + 1];
      if (next?.id === tag.id && next.kind === "close" && place(next) <= at) pieces.push({ kind: "island", text: "", ids });
    } else ids = ids.filter((id) => id !== tag.id);
  }
  advance(text.length);
  return pieces;
}

/** Where a tag goes: out of the middle of a word. */
function wordEnds(text: string, opaque: readonly { readonly from: number; readonly to: number }[]): (tag: Tag) => number {
  const words = [...text.matchAll(WORD)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  return ({ at, kind }) => {
    const within = ({ from, to }: { readonly from: number; readonly to: number }) => from < at && at < to;
    const word = opaque.some(within) ? undefined : words.find(within);
    if (!word) return at;
    return kind === "open" ? word.from : word.to;
  };
}

/** A letter of the answer, with the spans over it; or what stands for an island. */
interface Sign {
  readonly text: string;
  readonly ids: Ids;
  /** Kept as it is. */
  readonly island?: Island;
}

const NOTHING_UNKNOWN: readonly string[] = [];

/** Reads an answer. Throws a RangeError for one that is cut off. */
export function decode(reply: string, request: Request): Translation {
  const { signs, unknown } = signsOf(reply.replace(/\.?\s*\[\]\s*$/, ""), request.islands);
  const polished = polish(signs, request.source.text);
  return { kind: "translated", target: taggedOf(polished), unknown: unknown.length > 0 ? unknown : NOTHING_UNKNOWN };
}

/** One thing at a time: a word-bound blank or its end, a superblank, an escaped sign, a mark of a word, a letter. */
const TOKEN = /\[\[([^\]]*)\]\]|\[((?:\\.|[^\]\\])*)\]|\\?([*@#])|\\(.)|([\s\S])/gu;

/** Takes out the marks before words that are unknown (`*`) or could not be rendered (`@`, `#`). */
function signsOf(reply: string, islands: readonly Island[]): { readonly signs: Sign[]; readonly unknown: string[] } {
  const signs: Sign[] = [];
  const unknown: string[] = [];
  let ids: Ids = [];
  for (const match of reply.matchAll(TOKEN)) {
    const [, blank, superblank, mark, escaped, letter] = match;
    if (blank !== undefined) ids = blank === "/" ? [] : [...blank.matchAll(/t:s:(\d+)/g)].map(([, id]) => Number(id));
    else if (superblank !== undefined) {
      const island = islands[Number(/^<i(\d+)\/>$/.exec(superblank)?.[1] ?? -1)];
      if (island) signs.push({ text: island.text, ids: island.ids, island });
    } else if (mark !== undefined) {
      // The text's own signs of these kinds came as islands: here they are marks.
      const word = /^[\p{L}\p{M}\p{N}'’_-]+/u.exec(reply.slice(match.index + match[0].length, match.index + 200))?.[0];
      if (word) unknown.push(word);
    } else signs.push({ text: escaped ?? letter ?? "", ids });
  }
  return { signs, unknown };
}

/** Reordered words leave double spaces, spaces before stops, and small letters at the start. */
function polish(signs: readonly Sign[], source: string): Sign[] {
  const isSpace = (sign: Sign | undefined) => sign !== undefined && !sign.island && /^\s$/.test(sign.text);
  const single = signs.filter((sign, index) => !isSpace(sign) || !isSpace(signs[index - 1]));
  const ends = (sign: Sign | undefined) => sign === undefined || isSpace(sign);
  const spaced = single.filter((sign, index) => {
    const next = single[index + 1];
    const isStop = next !== undefined && !next.island && /^[.,;:!?]$/.test(next.text);
    return !(isSpace(sign) && isStop && ends(single[index + 2]));
  });
  while (isSpace(spaced[0])) spaced.shift();
  while (isSpace(spaced.at(-1))) spaced.pop();
  const shouted = shoutedArticle(spaced, source);
  const first = spaced.findIndex((sign) => !isSpace(sign) && sign.island?.atom === undefined && sign.text !== "");
  return spaced.map((sign, index) => {
    const small = index === first && !sign.island && /^\p{Ll}/u.test(sign.text) && /^\s*\p{Lu}/u.test(source);
    const cased = small ? sign.text.toUpperCase() : shouted.has(index) ? sign.text.toLowerCase() : sign.text;
    const text = isSpace(sign) ? " " : cased;
    return { ...sign, text };
  });
}

/** "La agua" becomes "EL agua" at a sentence's start, whatever the source's letters are: the places of those that should be small. */
function shoutedArticle(signs: readonly Sign[], source: string): ReadonlySet<number> {
  const start = signs.findIndex(({ text, island }) => island?.atom === undefined && /\S/.test(text));
  const length =
    /^\p{Lu}{2,3}(?=\s)/u.exec(
      signs
        .slice(start, start + 4)
        .map(({ text, island }) => (island ? "-" : text))
        .join(""),
    )?.[0].length ?? 0;
  if (start < 0 || /(?<!\p{L})\p{Lu}{2}/u.test(source)) return new Set();
  return new Set(Array.from({ length: Math.max(0, length - 1) }, (_, index) => start + 1 + index));
}

function taggedOf(signs: readonly Sign[]): Tagged {
  const tags: Tag[] = [];
  let text = "";
  let open: Ids = [];
  const change = (ids: Ids) => {
    const same = open.findIndex((id, index) => ids[index] !== id);
    const kept = same < 0 ? open.length : same;
    for (const id of open.slice(kept).reverse()) tags.push({ id, at: text.length, kind: "close" });
    for (const id of ids.slice(kept)) tags.push({ id, at: text.length, kind: "open" });
    open = ids;
  };
  for (const { text: letters, ids, island } of signs) {
    change(ids);
    if (island?.atom !== undefined) tags.push({ id: island.atom, at: text.length, kind: "atom" });
    text += letters;
  }
  change([]);
  return { text, tags };
}
