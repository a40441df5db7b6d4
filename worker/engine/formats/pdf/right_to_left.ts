import type { PlacedGlyph } from "./runs.ts";

type Pieces = readonly (readonly PlacedGlyph[])[];

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const LEFT_TO_RIGHT = /\p{L}|\d/u;

/**
 * Words that stand side by side in a line, in the order that they are read. A line with most of its words in Arabic or
 * Hebrew letters is read from its right; figures and foreign words in it from their left. In another line each stretch
 * of such words is read from the right. (What is kept of Unicode's
 * bidirectional algorithm, UAX 9, where a page shows the result and the text before it is wanted.)
 */
export function readingOrder(words: readonly Pieces[]): readonly Pieces[] {
  if (!words.some(isRightToLeft)) return words;
  const made = words.map((word) => (isRightToLeft(word) ? reversed(word) : word));
  const [right, left] = [
    words.filter(isRightToLeft).length,
    words.filter((word) => !isRightToLeft(word) && LEFT_TO_RIGHT.test(textOf(word))).length,
  ];
  return right < left ? withStretches(made) : fromTheRight(made, (word) => !isRightToLeft(word) && LEFT_TO_RIGHT.test(textOf(word)));
}

function isRightToLeft(word: Pieces): boolean {
  return RIGHT_TO_LEFT.test(textOf(word));
}

function textOf(word: Pieces): string {
  return word.map((piece) => piece.map(({ text }) => text).join("")).join("");
}

function reversed(word: Pieces): Pieces {
  return word.map((piece) => fromTheRight(piece, ({ text }) => /\d/.test(text))).reverse();
}

/** A line that is read from the left, but for its stretches of words that are read from the right. */
function withStretches(words: readonly Pieces[]): Pieces[] {
  const made: Pieces[] = [];
  let stretch: Pieces[] = [];
  for (const word of words) {
    if (isRightToLeft(word)) stretch.unshift(word);
    else {
      made.push(...stretch, word);
      stretch = [];
    }
  }
  return [...made, ...stretch];
}

/** The reverse of `items`, but for stretches that are read from the left. */
function fromTheRight<Item>(items: readonly Item[], fromLeft: (item: Item) => boolean): Item[] {
  const made: Item[] = [];
  let stretch: Item[] = [];
  for (const item of [...items].reverse()) {
    if (fromLeft(item)) stretch.unshift(item);
    else {
      made.push(...stretch, item);
      stretch = [];
    }
  }
  return [...made, ...stretch];
}
