import { medianBy } from "../document/median.ts";
import type { TextStyle } from "../document/model.ts";
import { deepened } from "./deepened.ts";
import type { Color, Letters } from "./letters.ts";

/** What was measured of a leaf's lines. */
export interface Measured {
  readonly id: string;
  readonly lines: readonly Letters[];
  /** As it was told before: what is not measured stays. */
  readonly look: TextStyle;
  /** Most of its letters are capitals or figures. */
  readonly capitals: boolean;
  readonly letters: number;
}

/** Heights of lower case letters and of capitals, in ems, of the faces that text is set in: Tinos and Arimo, as their tables say. */
const HEIGHTS = { serif: { small: 0.459, capital: 0.655 }, sans: { small: 0.528, capital: 0.716 } };
/** Level strokes are so much thinner than upright ones in faces with serifs; in those without they are nearly as thick. */
const SERIF_CONTRAST = { regular: 0.69, bold: 0.55 };
/**
 * Strokes of bold faces are thicker than this, in heights of lower case letters (0.26 to 0.35 of ten faces measured, and of
 * regular ones 0.16 to 0.22); capitals are so much higher.
 */
const BOLD = 0.235;
const CAPITAL_HEIGHT = 1.4;
/** Beside the page's other text a bold line must be so much bolder, for some scanners make all ink fat; without any, as fat as this. */
const BOLDER = 1.2;
const FATTEST = 0.25;
/** Fewer letters tell no face by themselves. */
const LEAST_LETTERS = 6;
/** What was measured is trusted that far from what OCR said of the size. */
const TRUSTED = { least: 0.7, most: 1.4 };
/** Sizes and colors that differ by less, as shares and in steps of each channel, are one; a few letters are measured less well. */
const SAME_SIZE = 0.05;
const SAME_SIZE_OF_FEW = 0.13;
const FEW_LETTERS = 25;
const SAME_SIZE_OF_A_WORD = 0.25;
const WORD_LETTERS = 8;
const SAME_COLOR = 30;

interface Look {
  readonly id: string;
  readonly given: TextStyle;
  readonly letters: number;
  readonly font: "serif" | "sans";
  readonly size: number;
  /** Width of its strokes over the height of its letters. */
  readonly fatness: number;
  readonly color: Color;
}

/** How each leaf looks; leaves of one page that look nearly the same look the same. */
export function looksOf(measured: readonly Measured[], pixelsPerPoint: number): Map<string, TextStyle> {
  const told = deepened(measured.filter(({ lines }) => lines.length > 0));
  const serifs = told.map((leaf) => ({ value: isSerif(leaf) ? 1 : 0, weight: leaf.letters }));
  const pageFont = medianBy(serifs) === 1 ? "serif" : "sans";
  const looks = told.map((leaf) => lookOf(leaf, pageFont, pixelsPerPoint));
  const usual = medianBy(looks.map(({ fatness, letters }) => ({ value: fatness, weight: letters })));
  const sizes = evened(
    looks,
    ({ size }) => [size],
    ([a = 0], [b = 0], { letters }) => Math.abs(a - b) <= sameSize(letters) * Math.max(a, b),
  );
  const colors = evened(
    looks,
    ({ color }) => color,
    (a, b) => a.every((value, channel) => Math.abs(value - (b[channel] as number)) <= SAME_COLOR),
  );
  return new Map(
    looks.map((look): [string, TextStyle] => {
      const bold = look.fatness > FATTEST || (look.fatness > BOLD && look.fatness > usual * BOLDER);
      const { bold: _, ...given } = look.given;
      const [size = look.size] = sizes.get(look) ?? [];
      const color = hex(colors.get(look) ?? look.color);
      const font = given.font === "mono" ? "mono" : look.font;
      return [look.id, { ...given, ...(bold ? { bold } : {}), font, size: Math.round(size * 10) / 10, color }];
    }),
  );
}

function isSerif(leaf: Measured): boolean {
  const contrast = medianBy(leaf.lines.map(({ hair, stem, weight }) => ({ value: hair / stem, weight })));
  return contrast < (fatnessOf(leaf) > BOLD ? SERIF_CONTRAST.bold : SERIF_CONTRAST.regular);
}

function fatnessOf({ lines, capitals }: Measured): number {
  return medianBy(lines.map(({ stem, height, weight }) => ({ value: stem / height, weight }))) * (capitals ? CAPITAL_HEIGHT : 1);
}

function lookOf(leaf: Measured, pageFont: "serif" | "sans", pixelsPerPoint: number): Look {
  const { id, lines, look: given, letters, capitals } = leaf;
  const own = isSerif(leaf) ? "serif" : "sans";
  const font = letters >= LEAST_LETTERS ? own : pageFont;
  const { small, capital } = HEIGHTS[font];
  const height = medianBy(lines.map((line) => ({ value: line.height, weight: line.weight })));
  const measured = height / (capitals ? capital : small) / pixelsPerPoint;
  const isTrusted = given.size === undefined || (measured > given.size * TRUSTED.least && measured < given.size * TRUSTED.most);
  const size = isTrusted ? measured : (given.size as number);
  const channel = (at: 0 | 1 | 2) => medianBy(lines.map(({ color, weight }) => ({ value: color[at], weight })));
  return { id, given, letters, font, size, fatness: fatnessOf(leaf), color: [channel(0), channel(1), channel(2)] };
}

function sameSize(letters: number): number {
  if (letters < WORD_LETTERS) return SAME_SIZE_OF_A_WORD;
  return letters < FEW_LETTERS ? SAME_SIZE_OF_FEW : SAME_SIZE;
}

/** Values that are the same to the eye become those of the leaf with the most letters among them. */
function evened(
  looks: readonly Look[],
  read: (look: Look) => readonly number[],
  isSame: (leader: readonly number[], own: readonly number[], look: Look) => boolean,
): Map<Look, readonly number[]> {
  const leaders: (readonly number[])[] = [];
  const result = new Map<Look, readonly number[]>();
  for (const look of looks.toSorted((a, b) => b.letters - a.letters)) {
    const value = read(look);
    const leader = leaders.filter((each) => isSame(each, value, look)).sort((a, b) => distance(a, value) - distance(b, value))[0];
    if (!leader && leaders.length < MAX_KINDS) leaders.push(value);
    result.set(look, leader ?? value);
  }
  return result;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, at) => value - (b[at] as number)));
}

/** Of sizes, or colors, on one page. */
const MAX_KINDS = 64;

function hex(color: readonly number[]): string {
  return `#${color
    .map((value) =>
      Math.max(0, Math.min(255, Math.round(value)))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
