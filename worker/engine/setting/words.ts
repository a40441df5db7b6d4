import LineBreaker from "linebreak";
import { levelsOf } from "./direction.ts";
import type { FontFace } from "./font_face.ts";
import type { Fonts } from "./fonts.ts";
import type { ShapedGlyph } from "./sheet.ts";
import type { LetterStyle, StyledRun, StyledText } from "./styled_text.ts";

/** Letters of one face, style and direction, or a chip. */
export interface Fragment {
  readonly style: LetterStyle;
  readonly level: number;
  /** In points at the source's size. */
  readonly width: number;
  readonly face?: FontFace;
  readonly glyphs: readonly ShapedGlyph[];
  readonly chip?: NonNullable<StyledRun["chip"]>;
}

/** What no line ends within, but for a hyphen. */
export interface Word {
  /** Where it stands in the text, without the space after it. */
  readonly from: number;
  readonly to: number;
  readonly fragments: readonly Fragment[];
  readonly width: number;
  /** The blank after it, which a line's end swallows. */
  readonly space?: Fragment;
  /** A line may be stretched after it though there is no blank: it is of Chinese or Japanese letters. */
  readonly isStretchable: boolean;
  /** A new line begins after it in any case. */
  readonly endsLine: boolean;
}

/** In UTF-16 units. */
const LONGEST = 200;
const FOLLOWS = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zs}]/u;
const COMMON = /[\p{P}\p{S}]/u;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFF60]/u;
/** Scripts without blanks between words, which UAX 14 leaves to dictionaries. */
const DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** Cuts a passage's text where lines may end, and shapes its words. */
export class Typesetter {
  /** Signs that no font has. */
  readonly missing = new Set<string>();
  readonly #source: StyledText;
  readonly #levels: Uint8Array;
  readonly #fonts: Fonts;
  readonly #language: string;

  constructor(source: StyledText, base: "ltr" | "rtl", { fonts, language }: { readonly fonts: Fonts; readonly language: string }) {
    this.#source = source;
    this.#levels = levelsOf(source.text, base);
    this.#fonts = fonts;
    this.#language = language;
  }

  get text(): string {
    return this.#source.text;
  }

  /** Where the text itself lets the word between `from` and `to` be hyphenated. */
  softHyphensIn(from: number, to: number): number[] {
    const positions: number[] = [];
    if (this.#source.softHyphens.size > 0) for (let at = from + 1; at < to; at++) if (this.#source.softHyphens.has(at)) positions.push(at);
    return positions;
  }

  words(): Word[] {
    const { text } = this.#source;
    const words: Word[] = [];
    let from = 0;
    for (const { position, required } of breaksIn(text)) {
      const piece = text.slice(from, position);
      const to = from + piece.replace(/[ \n]+$/, "").length;
      const endsLine = required && piece.endsWith("\n");
      const hasSpace = text[to] === " ";
      for (let cut = this.#cut(from, to); cut < to; cut = this.#cut(from, to)) {
        words.push(this.word(from, cut));
        from = cut;
      }
      if (to > from || endsLine) words.push(this.word(from, to, { endsLine, ...(hasSpace && { space: to }) }));
      from = position;
    }
    return words;
  }

  /** Where what is longer than any word ends as one: shaping it over and over to see what of it fits would take for ever. */
  #cut(from: number, to: number): number {
    if (to - from <= LONGEST) return to;
    let cut = from + LONGEST;
    while (cut < to && /^[\p{M}\uDC00-\uDFFF]/u.test(this.text.slice(cut, cut + 1)) && cut < from + 2 * LONGEST) cut++;
    return cut;
  }

  /** The text between `from` and `to` as a word, with a hyphen if it goes on in the next line. */
  word(from: number, to: number, after: { readonly hyphen?: boolean; readonly space?: number; readonly endsLine?: boolean } = {}): Word {
    const fragments = this.#fragments(from, to);
    if (after.hyphen) fragments.push(this.#hyphen(to - 1));
    return {
      ...{ from, to, fragments },
      width: fragments.reduce((sum, { width }) => sum + width, 0),
      ...(after.space !== undefined && { space: this.#space(after.space) }),
      isStretchable: after.space === undefined && CJK.test(this.text.slice(to - 1, to)),
      endsLine: after.endsLine ?? false,
    };
  }

  #fragments(from: number, to: number): Fragment[] {
    const { text } = this.#source;
    const fragments: Fragment[] = [];
    for (let run = this.#runAt(from), at = from; run && at < to; run = this.#runAt(at)) {
      const end = Math.min(run.to, to);
      if (run.chip) fragments.push(this.#chip(run, run.chip));
      else {
        for (let start = at, next = at, face = this.#faceAt(at, run.style, undefined); start < end; start = next) {
          let other: FontFace | undefined = face;
          next = start;
          while (next < end && this.#levels[next] === this.#levels[start]) {
            other = this.#faceAt(next, run.style, face);
            if (other !== face) break;
            next += (text.codePointAt(next) ?? 0) > 0xffff ? 2 : 1;
          }
          if (next > start) fragments.push(this.#letters(text.slice(start, next), { style: run.style, face, at: start }));
          else face = other;
          if (next < end) face = this.#faceAt(next, run.style, face);
        }
      }
      at = end;
    }
    return fragments;
  }

  #letters(text: string, { style, face, at }: { readonly style: LetterStyle; readonly face: FontFace; readonly at: number }): Fragment {
    const level = this.#levels[at] ?? 0;
    const { glyphs, width } = face.shape(text, level % 2 === 1, this.#language);
    return { style, level, face, glyphs, width: width * style.size };
  }

  #chip({ from, style }: StyledRun, chip: NonNullable<StyledRun["chip"]>): Fragment {
    return { style, level: this.#levels[from] ?? 0, glyphs: [], width: chip.size.width, chip };
  }

  #space(at: number): Fragment {
    const style = this.#runAt(at)?.style ?? (this.#source.runs.at(-1) as StyledRun).style;
    const face = this.#fonts.first(style);
    return this.#letters(" ", { style, face, at });
  }

  /** A hyphen-minus: at the end of a line it is what programs that take text out of PDFs join words at, as they do not at U+00AD and U+2010. */
  #hyphen(at: number): Fragment {
    const run = this.#runAt(at) ?? (this.#source.runs.at(-1) as StyledRun);
    return this.#letters("-", { style: run.style, face: this.#fonts.first(run.style), at });
  }

  /** The run with the letter at `at`. */
  #runAt(at: number): StyledRun | undefined {
    const { runs } = this.#source;
    let [low, high] = [0, runs.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const run = runs[middle] as StyledRun;
      if (at < run.from) high = middle - 1;
      else if (at >= run.to) low = middle + 1;
      else return run;
    }
    return undefined;
  }

  /** Marks and blanks stay in the face of what they follow, and so do signs that it has. */
  #faceAt(at: number, style: LetterStyle, before: FontFace | undefined): FontFace {
    const codePoint = this.text.codePointAt(at) ?? 0;
    if (codePoint < 0x80 && !before) return this.#fonts.first(style);
    const sign = String.fromCodePoint(codePoint);
    if (FOLLOWS.test(sign)) return before ?? this.#fonts.first(style);
    if (before && COMMON.test(sign) && before.has(codePoint)) return before;
    const face = this.#fonts.faceFor(codePoint, style);
    if (!face) this.missing.add(sign);
    return face ?? this.#fonts.first(style);
  }
}

/** Where lines of `text` may and must end (UAX 14, and dictionaries for scripts that it leaves to them). */
function* breaksIn(text: string): Generator<{ readonly position: number; readonly required: boolean }> {
  // A chip keeps to what touches it, as a letter does.
  const breaker = new LineBreaker(text.replaceAll("\uFFFC", "x"));
  const inner = dictionaryBreaks(text);
  let next = 0;
  for (let found = breaker.nextBreak(); found; found = breaker.nextBreak()) {
    for (; next < inner.length && (inner[next] ?? 0) < found.position; next++) yield { position: inner[next] ?? 0, required: false };
    if (inner[next] === found.position) next++;
    yield { position: found.position, required: found.required };
  }
}

function dictionaryBreaks(text: string): number[] {
  const breaks: number[] = [];
  for (const { 0: run, index } of text.matchAll(DICTIONARY)) {
    for (const word of new Intl.Segmenter("th", { granularity: "word" }).segment(run)) if (word.index > 0) breaks.push(index + word.index);
  }
  return breaks;
}
