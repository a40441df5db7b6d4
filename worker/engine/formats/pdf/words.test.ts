import { expect } from "chai";
import fc from "fast-check";
import type { QuarterTurn } from "../../document/geometry.ts";
import { lookOf } from "./fonts.ts";
import type { Glyph } from "./marks.ts";
import { wordsOf } from "./words.ts";

/** Of a letter, as a part of its size: narrow ones as in most faces. */
function widthOf(letter: string): number {
  return /[ijlt.,]/.test(letter) ? 0.26 : /[mwMW]/.test(letter) ? 0.82 : 0.52;
}

interface Setting {
  readonly turn: QuarterTurn;
  readonly size: number;
  /** All as parts of the size: between letters, between words beyond that, and how much each is off. */
  readonly letterGap: number;
  readonly wordGap: number;
  readonly jitter: number;
  /** The blanks are there as glyphs. */
  readonly blanks: boolean;
}

/** The glyphs of a line as a program might set it. */
function setLine(words: readonly string[], { turn, size, letterGap, wordGap, jitter, blanks }: Setting): Glyph[] {
  const look = lookOf({ name: "Helvetica" });
  const [cos, sin] = [Math.round(Math.cos((turn * Math.PI) / 180)), Math.round(Math.sin((turn * Math.PI) / 180))];
  const glyphs: Glyph[] = [];
  let along = 100;
  const put = (text: string, width: number) => {
    const off = jitter * size * Math.sin(glyphs.length * 7);
    const [x, y] = [300 + cos * (along + off), 300 + sin * (along + off)];
    const box = { x0: x, y0: y - size, x1: x + width, y1: y };
    const rest = { spacing: 0, color: "#000000", order: 0, shown: undefined, annotation: undefined, numbered: false, hidden: undefined };
    glyphs.push({ text, x, y, angle: Math.atan2(sin, cos), width, size, look, box, ...rest });
  };
  for (const word of words) {
    for (const letter of word) {
      put(letter, widthOf(letter) * size);
      along += (widthOf(letter) + letterGap) * size;
    }
    if (blanks) put(" ", 0.25 * size);
    along += wordGap * size;
  }
  return glyphs;
}

const words = fc.array(fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"), minLength: 2, maxLength: 9 }), {
  minLength: 3,
  maxLength: 9,
});
const setting = fc.record({
  turn: fc.constantFrom<QuarterTurn>(0, 90, 180, 270),
  size: fc.double({ min: 4, max: 60, noNaN: true }),
  letterGap: fc.double({ min: -0.03, max: 0.5, noNaN: true }),
  wordGap: fc.double({ min: 0.2, max: 1.3, noNaN: true }),
  jitter: fc.double({ min: 0, max: 0.015, noNaN: true }),
  blanks: fc.boolean(),
});

describe("the words of a line's glyphs", () => {
  it("are those that were set, however tight or wide, and whichever way they run", () => {
    fc.assert(
      fc.property(words, setting, (set, how) => {
        expect(wordsOf(setLine(set, how), how.turn, 1).map(({ text }) => text)).to.deep.equal(set);
      }),
      { numRuns: 400 },
    );
  });
  it("have boxes that lie side by side along the way they run", () => {
    fc.assert(
      fc.property(words, setting, (set, how) => {
        const boxes = wordsOf(setLine(set, how), how.turn, 1).map(({ box }) => box);
        const starts = boxes.map(({ x0, y0, x1, y1 }) => ({ 0: x0, 90: y0, 180: -x1, 270: -y1 })[how.turn]);
        expect(starts).to.deep.equal(starts.toSorted((a, b) => a - b));
        for (const { x0, y0, x1, y1 } of boxes) expect(x1 > x0 && y1 > y0).to.equal(true);
      }),
    );
  });
  it("are read from the right where several of them stand in an English line", () => {
    const seen = [..."We say םלוע םולש to them"].map((text, index) => ({ text, index }));
    const glyphs = setLine(["x".repeat(seen.length)], { turn: 0, size: 10, letterGap: 0, wordGap: 0.3, jitter: 0, blanks: false });
    const line = glyphs.map((glyph, index) => ({ ...glyph, text: seen[index]?.text ?? "" }));
    expect(wordsOf(line, 0, 1).map(({ text }) => text)).to.deep.equal(["We", "say", "שלום", "עולם", "to", "them"]);
  });
  it("are read from the right where they are they are Arabic or Hebrew, and figures in them from the left", () => {
    const seen = [..."ץעה 120 םיפד ןגב"].map((text, index) => ({ text, index }));
    const glyphs = setLine(["x".repeat(seen.length)], { turn: 0, size: 10, letterGap: 0, wordGap: 0.3, jitter: 0, blanks: false });
    const line = glyphs.map((glyph, index) => ({ ...glyph, text: seen[index]?.text ?? "" }));
    expect(wordsOf(line, 0, 1).map(({ text }) => text)).to.deep.equal(["בגן", "דפים", "120", "העץ"]);
  });
});
