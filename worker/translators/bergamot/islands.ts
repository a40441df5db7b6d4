import type { Tag, Tagged } from "../../engine/document/segment.ts";
import { repaired } from "../../engine/document/tagging.ts";

/** A word, or one sign that is none. */
const WORD_OR_SIGN = /[^\s\p{P}]+|\p{P}/gu;

/** A text whose words that a model cannot read are atoms. */
export interface Islands {
  readonly unit: Tagged;
  /** As they stand in the text. */
  readonly unknown: readonly string[];
  /** The translation of `unit` with these words as they were, each where its atom went. */
  restored(target: Tagged): Tagged;
}

/** `knows` says of each letter or sign whether the model has heard of it. */
export function islandsOf(source: Tagged, knows: (sign: string) => boolean): Islands {
  const found = [...source.text.matchAll(WORD_OR_SIGN)].filter(([word]) => ![...word].every(knows));
  if (found.length === 0) return { unit: source, unknown: [], restored: (target) => target };
  const first = source.tags.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const words = found.map(({ 0: word, index }, order) => wordOf(source.text, { word, from: index, id: first + order }));
  const unit = without(source, words);
  const atoms = new Map(words.map((each) => [each.id, each]));
  const unknown = words.map(({ word }) => word).filter((word) => /\p{L}/u.test(word));
  return { unit, unknown, restored: (target) => filled(repaired(unit, target).target, atoms) };
}

interface Word {
  readonly id: number;
  readonly word: string;
  readonly from: number;
  /** With the space behind it, where it has one before it too: what is left is read as if it had never been there. */
  readonly to: number;
  readonly isSpacedBefore: boolean;
  readonly isSpacedAfter: boolean;
}

function wordOf(text: string, { word, from, id }: Pick<Word, "word" | "from" | "id">): Word {
  const end = from + word.length;
  const isSpacedBefore = /\s/u.test(text.charAt(from - 1));
  const isSpacedAfter = /\s/u.test(text.charAt(end));
  const isSpare = isSpacedAfter && (isSpacedBefore || from === 0);
  return { id, word, from, to: isSpare ? end + 1 : end, isSpacedBefore, isSpacedAfter };
}

/** What stands within such a word comes to its beginning. */
function without({ text, tags }: Tagged, words: readonly Word[]): Tagged {
  const all = [...tags, ...words.map(({ id, from }): Tag => ({ id, at: from, kind: "atom" }))].toSorted((one, other) => one.at - other.at);
  let [kept, from, next] = ["", 0, 0];
  const moved: Tag[] = [];
  for (const tag of all) {
    for (let word = words[next]; word && word.to <= tag.at; word = words[++next]) {
      kept += text.slice(from, word.from);
      from = word.to;
    }
    moved.push({ ...tag, at: kept.length + Math.min(tag.at, words[next]?.from ?? tag.at) - from });
  }
  for (const word of words.slice(next)) {
    kept += text.slice(from, word.from);
    from = word.to;
  }
  return { text: kept + text.slice(from), tags: moved };
}

/** Words stand apart from what is beside them where they did so before. */
function filled({ text, tags }: Tagged, words: ReadonlyMap<number, Word>): Tagged {
  const kept: Tag[] = [];
  let [made, from, isApart] = ["", 0, false];
  const say = (piece: string) => {
    if (piece === "") return;
    made += isApart && !/^\s/u.test(piece) ? ` ${piece}` : piece;
    isApart = false;
  };
  for (const tag of tags) {
    say(text.slice(from, tag.at));
    from = tag.at;
    const word = words.get(tag.id);
    if (word) {
      isApart ||= word.isSpacedBefore && /\S$/u.test(made);
      say(word.word);
      isApart = word.isSpacedAfter;
    } else {
      if (tag.kind === "open" && isApart) [made, isApart] = [`${made} `, false];
      kept.push({ ...tag, at: made.length });
    }
  }
  say(text.slice(from));
  return { text: made, tags: kept };
}
