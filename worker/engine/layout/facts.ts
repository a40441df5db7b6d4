import { around } from "../document/geometry.ts";
import { medianBy } from "../document/median.ts";
import type { TextStyle } from "../document/model.ts";
import type { Token } from "./token.ts";

/** What a page's text is like as a whole; blocks are told apart by how they differ from it. */
export interface PageFacts {
  readonly page: number;
  /** Of its running text, in points. */
  readonly size: number;
  readonly bold: boolean;
  readonly mono: boolean;
  /** Of most of its text. */
  readonly font: TextStyle["font"];
  /** "#rrggbb", of most of its text. */
  readonly color: string | undefined;
  /** Whether capitals are all that it has. */
  readonly capitals: boolean;
  /** Where its text begins and ends. */
  readonly extent: { readonly x0: number; readonly x1: number };
  /** How often it has each word, for hyphens at the ends of lines. */
  readonly words: WordCounts;
}

/** `height` is that of the page, in points. */
export function factsOf(page: number, tokens: readonly Token[], height: number): PageFacts {
  const letters = tokens.reduce((sum, { word }) => sum + word.text.length, 0);
  const share = (test: (token: Token) => boolean) =>
    tokens.reduce((sum, token) => sum + (test(token) ? token.word.text.length : 0), 0) / letters;
  const commonest = <T>(of: (style: TextStyle) => T): T | undefined => {
    const counts = new Map<T, number>();
    for (const { word } of tokens) counts.set(of(word.style), (counts.get(of(word.style)) ?? 0) + word.text.length);
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  };
  return {
    page,
    size: bodySize(tokens, height),
    bold: share(({ word }) => word.style.bold === true) > 0.5,
    mono: share(({ word }) => word.style.font === "mono") > 0.5,
    font: commonest(({ font }) => font),
    color: commonest(({ color }) => color),
    capitals: share(({ word: { text } }) => text === text.toUpperCase()) > 0.6,
    extent: around(tokens.map(({ box }) => box)),
    words: countWords(tokens.map(({ word }) => word.text)),
  };
}

/** The size that most letters have, to half a point; OCR's vary, so that what is near counts too. At the foot stand notes, which count less. */
function bodySize(tokens: readonly Token[], height: number): number {
  const weights = new Map<number, number>();
  for (const { size, word, base } of tokens) {
    const letters = base > height * 0.8 ? word.text.length / 2 : word.text.length;
    const rounded = Math.round(Math.min(size, 200) * 2) / 2;
    weights.set(rounded, (weights.get(rounded) ?? 0) + letters);
  }
  const near = (size: number) =>
    [...weights].reduce((sum, [other, weight]) => sum + (Math.abs(other - size) <= size * 0.06 ? weight : 0), 0);
  const most = [...weights.keys()].sort((a, b) => near(b) - near(a))[0];
  if (most === undefined) return 10;
  return medianBy(
    tokens.filter(({ size }) => Math.abs(size - most) <= most * 0.08).map(({ size, word }) => ({ value: size, weight: word.text.length })),
  );
}

/** By words in lower case. */
export type WordCounts = ReadonlyMap<string, number>;

/** Of whole words: what is parted at a line's end is none. */
export function countWords(texts: Iterable<string>): WordCounts {
  const counts = new Map<string, number>();
  for (const text of texts) {
    if (/[-\u2010\u00ad]$/.test(text)) continue;
    const word = bare(text);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** A word as a dictionary has it. */
function bare(text: string): string {
  return text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}
