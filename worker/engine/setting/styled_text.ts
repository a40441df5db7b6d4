import type { Atom, Inline, TextStyle } from "../document/model.ts";
import type { Chip, ChipOf } from "./sheet.ts";

/** How letters are set: all that a style may leave open is given. */
export interface LetterStyle {
  readonly font: "serif" | "sans" | "mono";
  readonly bold: boolean;
  readonly italic: boolean;
  /** In points. */
  readonly size: number;
  /** How far their baseline is over the line's, in points. */
  readonly raise: number;
  readonly color: string;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly link: string | undefined;
}

/** Text of one style, or a chip. */
export interface StyledRun {
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
  readonly style: LetterStyle;
  readonly chip?: { readonly atom: Atom; readonly size: Chip };
}

export interface StyledText {
  /** A chip is one U+FFFC in it, a break that the source has a line feed; other white space is single spaces. */
  readonly text: string;
  readonly runs: readonly StyledRun[];
  /** Where words may be hyphenated, as the text itself says. */
  readonly softHyphens: ReadonlySet<number>;
}

const CHIP = "\uFFFC";
/** Sizes of raised and lowered letters against the line's, and how far they are moved, in its ems. */
const SCRIPT_SIZE = 0.65;
const RAISE = { super: 0.34, sub: -0.14 } as const;

/** `content` as one text with the style of each of its letters. `size` is the passage's, for where nothing says another. */
export function styledText(content: readonly Inline[], look: TextStyle, size: number, chipOf: ChipOf): StyledText {
  const builder = new Builder();
  const base: LetterStyle = {
    font: look.font ?? "serif",
    bold: look.bold ?? false,
    italic: look.italic ?? false,
    size,
    raise: 0,
    color: look.color ?? "#000000",
    underline: look.underline ?? false,
    strike: look.strike ?? false,
    link: undefined,
  };
  walk(content, look.script ? scripted(base, look.script, look.size) : base, { builder, chipOf });
  return builder.finish();
}

function walk(content: readonly Inline[], style: LetterStyle, to: { readonly builder: Builder; readonly chipOf: ChipOf }): void {
  for (const inline of content) {
    if (inline.kind === "text") to.builder.text(inline.text, style);
    else if (inline.kind === "span") walk(inline.content, styleOf(inline.style, inline.link, style), to);
    else if (inline.as === "break") to.builder.lineFeed(style);
    else {
      const size = to.chipOf(inline);
      if (size) to.builder.chip(inline, size, style);
      else to.builder.text(inline.text, inline.as === "code" ? { ...style, font: "mono" } : style);
    }
  }
}

function styleOf(own: TextStyle | undefined, link: string | undefined, outer: LetterStyle): LetterStyle {
  const style: LetterStyle = {
    font: own?.font ?? outer.font,
    bold: own?.bold ?? outer.bold,
    italic: own?.italic ?? outer.italic,
    size: own?.script ? outer.size : (own?.size ?? outer.size),
    raise: outer.raise,
    color: own?.color ?? outer.color,
    underline: own?.underline ?? outer.underline,
    strike: own?.strike ?? outer.strike,
    link: link ?? outer.link,
  };
  return own?.script ? scripted(style, own.script, own.size) : style;
}

/** Raised or lowered, and as small as the source says, if it says less than the line's size. */
function scripted(style: LetterStyle, script: "super" | "sub", size: number | undefined): LetterStyle {
  const isSmall = size !== undefined && size < 0.9 * style.size;
  return { ...style, size: isSmall ? size : style.size * SCRIPT_SIZE, raise: style.raise + RAISE[script] * style.size };
}

class Builder {
  #text = "";
  readonly #runs: StyledRun[] = [];
  readonly #softHyphens = new Set<number>();

  text(text: string, style: LetterStyle): void {
    const from = this.#text.length;
    // No-break spaces stay; what has no width and no meaning for shaping goes.
    for (const part of text.replace(/[\p{Cc}\uFFF9-\uFFFB\uFEFF]+|[^\S\u00A0\u202F\u2007]+/gu, " ").split(/( |\u00AD)/)) {
      if (part === "\u00AD") this.#softHyphens.add(this.#text.length);
      else if (part !== " " || !/(^|[ \n])$/.test(this.#text.slice(-1))) this.#text += part;
    }
    this.#run(from, style);
  }

  lineFeed(style: LetterStyle): void {
    const from = this.#text.length;
    this.#text += "\n";
    this.#run(from, style);
  }

  chip(atom: Atom, size: Chip, style: LetterStyle): void {
    this.#runs.push({ from: this.#text.length, to: this.#text.length + 1, style, chip: { atom, size } });
    this.#text += CHIP;
  }

  #run(from: number, style: LetterStyle): void {
    if (this.#text.length > from) this.#runs.push({ from, to: this.#text.length, style });
  }

  finish(): StyledText {
    return { text: this.#text, runs: this.#runs, softHyphens: this.#softHyphens };
  }
}
