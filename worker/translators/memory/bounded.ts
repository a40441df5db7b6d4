import type { Tagged } from "../../engine/document/segment.ts";

/** The contract's own, of one call. */
const MAX_UNITS = 100;
const MAX_LETTERS = 100_000;
const MAX_TAGS = 20_000;
/** Of one text. */
const MAX_TEXT = { letters: 20_000, tags: 2_000 };

/** Whether the memory takes it at all. */
export function isRememberable({ text, tags }: Tagged): boolean {
  return text.length >= 1 && text.length <= MAX_TEXT.letters && tags.length <= MAX_TEXT.tags && tags.every(({ id }) => id >= 1);
}

/** `items` in their order, so many together as one call takes; `textsOf` gives what counts of each. */
export function inCalls<T>(items: readonly T[], textsOf: (item: T) => readonly Tagged[]): T[][] {
  const calls: T[][] = [];
  let [letters, tags] = [0, 0];
  for (const item of items) {
    const [more, moreTags] = [sum(textsOf(item), ({ text }) => text.length), sum(textsOf(item), (each) => each.tags.length)];
    const last = calls.at(-1);
    if (last && last.length < MAX_UNITS && letters + more <= MAX_LETTERS && tags + moreTags <= MAX_TAGS) {
      last.push(item);
      [letters, tags] = [letters + more, tags + moreTags];
    } else {
      calls.push([item]);
      [letters, tags] = [more, moreTags];
    }
  }
  return calls;
}

function sum(texts: readonly Tagged[], of: (text: Tagged) => number): number {
  return texts.reduce((total, text) => total + of(text), 0);
}
