import type { PixelBox, ReadWord } from "./hocr.ts";
import type { Rulings } from "./rulings.ts";
import { lettersOf } from "./sift.ts";

/** Of a word's height: so much of it an upright rule must pass to part it. */
const PASSES = 0.6;
const STEM = 1.25;
const BARS = /[|¦[\]]/u;

/** Signs that Tesseract read from the rules themselves left out, and words that go over an upright rule parted there: they are of two cells. */
export function splitAtRules(words: readonly ReadWord[], { level, upright }: Rulings): ReadWord[] {
  const columns = [...upright].sort((a, b) => a.x0 - b.x0);
  const rows = [...level].sort((a, b) => a.y0 - b.y0);
  return words.flatMap((word) => {
    if (lettersOf(word.text) === 0 && (lies(word.box, near(columns, "x", word.box)) || lies(word.box, near(rows, "y", word.box))))
      return [];
    const beside = near(columns, "x", word.box);
    const inner = beside.filter((rule) => parts(rule, word.box));
    if (inner.length === 0) return [withoutBars(word, beside)];
    return inner.reduce<ReadWord[]>((pieces, rule) => [...pieces.slice(0, -1), ...cutAt(pieces.at(-1) as ReadWord, rule)], [word]);
  });
}

/** Rules without those that are strokes of large letters, or the dashes between words. */
export function withoutStrokes(rules: readonly PixelBox[], words: readonly ReadWord[]): PixelBox[] {
  const sorted = [...words].sort((a, b) => a.box.y0 - b.box.y0);
  const tallest = sorted.reduce((most, { box }) => Math.max(most, box.y1 - box.y0), 0);
  return rules.filter((rule) => {
    const from = firstAt(sorted, ({ box }) => box.y0, rule.y0 - tallest);
    for (let index = from; index < sorted.length; index++) {
      const { box, text, baseline } = sorted[index] as ReadWord;
      if (box.y0 > rule.y0) break;
      const within = rule.x0 >= box.x0 - 2 && rule.x1 <= box.x1 + 2 && rule.y1 <= box.y1 + 2;
      // An underline is below the letters, if not below the tails of all.
      if (within && (lettersOf(text) === 0 || rule.y0 < baseline + 1)) return false;
    }
    return true;
  });
}

/** Those of `rules`, sorted along `axis`, that begin within `box`. */
export function near(rules: readonly PixelBox[], axis: "x" | "y", box: PixelBox): PixelBox[] {
  const [from, to] = axis === "x" ? [box.x0 - 4, box.x1] : [box.y0 - 4, box.y1];
  const start = (rule: PixelBox) => (axis === "x" ? rule.x0 : rule.y0);
  const found: PixelBox[] = [];
  for (let index = firstAt(rules, start, from); index < rules.length && start(rules[index] as PixelBox) <= to; index++)
    found.push(rules[index] as PixelBox);
  return found;
}

function firstAt<T>(sorted: readonly T[], value: (item: T) => number, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(sorted[middle] as T) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lies(box: PixelBox, rules: readonly PixelBox[]): boolean {
  const area = (box.x1 - box.x0) * (box.y1 - box.y0);
  const shared = (rule: PixelBox) =>
    Math.max(0, Math.min(box.x1, rule.x1 + 2) - Math.max(box.x0, rule.x0 - 2)) *
    Math.max(0, Math.min(box.y1, rule.y1 + 2) - Math.max(box.y0, rule.y0 - 2));
  return rules.some((rule) => shared(rule) > area / 2);
}

function parts(rule: PixelBox, box: PixelBox): boolean {
  const height = Math.min(box.y1, rule.y1) - Math.max(box.y0, rule.y0);
  // What is no longer than a letter is one's stem.
  return (
    rule.y1 - rule.y0 >= STEM * (box.y1 - box.y0) && height >= PASSES * (box.y1 - box.y0) && rule.x0 > box.x0 + 2 && rule.x1 < box.x1 - 2
  );
}

/** The rule of a cell that a word stands close to was read as its first or last letter. */
function withoutBars(word: ReadWord, rules: readonly PixelBox[]): ReadWord {
  const { text, box } = word;
  const at = (x: number) => rules.some((rule) => rule.x0 - 4 <= x && x <= rule.x1 + 4 && rule.y1 - rule.y0 >= STEM * (box.y1 - box.y0));
  const first = text.length > 1 && BARS.test(text.slice(0, 1)) && at(box.x0) ? 1 : 0;
  const last = text.length - first > 1 && BARS.test(text.slice(-1)) && at(box.x1) ? 1 : 0;
  return first + last > 0 ? { ...word, text: text.slice(first, text.length - last) } : word;
}

/** By the bar that Tesseract read there, or else by the share of the width: it says no letters' boxes. */
function cutAt(word: ReadWord, rule: PixelBox): ReadWord[] {
  const { text, box } = word;
  const letters = [...text];
  const share = ((rule.x0 + rule.x1) / 2 - box.x0) / (box.x1 - box.x0);
  const guess = Math.round(letters.length * share);
  const bar = letters.findIndex((letter, index) => BARS.test(letter) && Math.abs(index + 0.5 - letters.length * share) <= 2);
  const [left, right] = bar >= 0 ? [letters.slice(0, bar), letters.slice(bar + 1)] : [letters.slice(0, guess), letters.slice(guess)];
  const pieces = [
    { ...word, text: left.join(""), box: { ...box, x1: rule.x0 } },
    { ...word, text: right.join(""), box: { ...box, x0: rule.x1 } },
  ];
  return pieces.filter((piece) => piece.text !== "" && piece.box.x1 > piece.box.x0);
}
