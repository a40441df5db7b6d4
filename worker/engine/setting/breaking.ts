import type { Hyphenator } from "./hyphenation.ts";
import type { Typesetter, Word } from "./words.ts";

/** A line of words, as far as their widths decide. */
export interface BrokenLine {
  readonly words: readonly Word[];
  /** In points at the source's size, without a blank at its end. */
  readonly width: number;
  /** Nothing follows, or what follows begins a new line in any case. */
  readonly isLast: boolean;
  /** A word was cut where none should be, because no line is wide enough for it. */
  readonly isForced: boolean;
}

/** Where the next line begins: at a word, or within one that was cut. */
export interface Cursor {
  readonly index: number;
  readonly rest?: Word;
}

export interface Measure {
  /** How wide a line may be, in points at the source's size. */
  readonly measure: number;
  readonly isJustified: boolean;
  /** Of most letters. */
  readonly size: number;
}

/** A gap of a justified line that grows by more than this, in ems, is rather closed by a part of the next word. */
const LOOSE = 0.3;
const ROUNDING = 1e-6;
const GRAPHEMES = new Intl.Segmenter();

/** Fills lines one after the other, each with all that it has room for. */
export class LineFiller {
  readonly #words: readonly Word[];
  readonly #typesetter: Typesetter;
  readonly #hyphenator: Hyphenator;

  constructor(typesetter: Typesetter, hyphenator: Hyphenator) {
    this.#typesetter = typesetter;
    this.#words = typesetter.words();
    this.#hyphenator = hyphenator;
  }

  isEnd({ index, rest }: Cursor): boolean {
    return !rest && index >= this.#words.length;
  }

  /** The line that begins at `cursor`, `measure` points wide at the source's size, and where the next one begins. */
  line(cursor: Cursor, { measure, isJustified, size }: Measure): { readonly line: BrokenLine; readonly next: Cursor } {
    const words: Word[] = [];
    let [width, blank, gaps] = [0, 0, 0];
    let { index } = cursor;
    let word = cursor.rest ?? this.#words[index];
    while (word && width + blank + word.width <= measure + ROUNDING) {
      words.push(word);
      width += blank + word.width;
      blank = word.space?.width ?? 0;
      index++;
      if (word.endsLine) return done(words, width, { index }, true);
      gaps += word.space || word.isStretchable ? 1 : 0;
      word = this.#words[index];
    }
    if (!word) return done(words, width, { index }, true);
    const isLoose = isJustified && measure - width > LOOSE * size * Math.max(gaps, 1);
    if (words.length === 0 || isLoose) {
      const parts = this.#hyphenated(word, measure - width - blank);
      if (parts) return done([...words, parts.head], width + blank + parts.head.width, { index, rest: parts.rest });
    }
    if (words.length > 0) return done(words, width, { index });
    const forced = this.#forced(word, measure);
    const next = forced.rest ? { index, rest: forced.rest } : { index: index + 1 };
    const { line } = done([forced.head], forced.head.width, next, forced.rest === undefined && word.endsLine);
    return { line: { ...line, isForced: true }, next };
  }

  /** `word` with as much of it as has room, and a hyphen, and the rest. */
  #hyphenated(word: Word, room: number): { readonly head: Word; readonly rest: Word } | undefined {
    if (room <= 0) return undefined;
    for (const at of this.#hyphensIn(word)) {
      const head = this.#typesetter.word(word.from, at, { hyphen: true });
      if (head.width <= room + ROUNDING) return { head, rest: this.#rest(word, at) };
    }
    return undefined;
  }

  /** From the last to the first. */
  #hyphensIn({ from, to }: Word): number[] {
    const positions = new Set<number>();
    const text = this.#typesetter.text.slice(from, to);
    for (const { 0: letters, index } of text.matchAll(/[\p{L}\p{M}]+/gu))
      for (const position of this.#hyphenator(letters)) positions.add(from + index + position);
    for (const at of this.#typesetter.softHyphensIn(from, to)) positions.add(at);
    return [...positions].sort((a, b) => b - a);
  }

  #rest(word: Word, from: number): Word {
    return { ...this.#typesetter.word(from, word.to), ...(word.space && { space: word.space }), endsLine: word.endsLine };
  }

  /** As many letters of `word` as have room, at least one. */
  #forced(word: Word, measure: number): { readonly head: Word; readonly rest?: Word } {
    const cuts = [...GRAPHEMES.segment(this.#typesetter.text.slice(word.from, word.to))].map(({ index }) => word.from + index);
    const last = cuts.length - 1;
    if (last < 1) return { head: word };
    const fits = (count: number) => this.#typesetter.word(word.from, cuts[count] ?? word.to).width <= measure;
    // Most letters are about as wide as others: what fits is near to where it would be if all were.
    let count = Math.max(1, Math.min(last, Math.floor((cuts.length * measure) / word.width)));
    while (count < last && fits(count + 1)) count++;
    while (count > 1 && !fits(count)) count--;
    const cut = cuts[count] ?? word.to;
    return { head: this.#typesetter.word(word.from, cut), rest: this.#rest(word, cut) };
  }
}

function done(words: readonly Word[], width: number, next: Cursor, isLast = false): { line: BrokenLine; next: Cursor } {
  return { line: { words, width, isLast, isForced: false }, next };
}
