import type { Word } from "../../layout/content.ts";
import type { Dot } from "./marks.ts";

const LETTERS = { disc: "•", circle: "◦", square: "▪" } as const;
/** Words are looked up by their height in steps of so many points. */
const STEP = 8;
/** No line has more words. */
const MAX_ROW = 500;
/** In sizes of the words beside: a mark is no larger, and stands this far before its item. */
const LARGEST = 0.6;
const GAP = { least: 0.1, most: 2.5 };

/** `words` with the marks of list items that are drawn, not written: as words of their own, each before the one that it stands at the left of. */
export function withBullets(words: readonly Word[], dots: readonly Dot[]): readonly Word[] {
  if (dots.length === 0) return words;
  const rows = new Map<number, Word[]>();
  for (const word of words) {
    if (word.turn !== 0) continue;
    const row = rows.get(Math.round(word.baseline / STEP));
    if (row) row.push(word);
    else rows.set(Math.round(word.baseline / STEP), [word]);
  }
  const marked = new Map<Word, Dot>();
  for (const dot of dots) {
    const row = Math.round((dot.box.y0 + dot.box.y1) / 2 / STEP);
    const beside = [-1, 0, 1, 2, 3].flatMap((step) => rows.get(row + step)?.slice(0, MAX_ROW) ?? []).filter((word) => isBeside(word, dot));
    const item = beside.filter(({ box }) => box.x0 >= dot.box.x1).reduce<Word | undefined>(leftmost, undefined);
    if (!item || item.joined || beside.some((word) => isInTheWay(word, dot))) continue;
    const gap = (item.box.x0 - dot.box.x1) / item.size;
    if (gap >= GAP.least && gap <= GAP.most) marked.set(item, dot);
  }
  return words.flatMap((word) => {
    const dot = marked.get(word);
    return dot ? [markOf(dot, word), word] : [word];
  });
}

function isBeside({ baseline, size }: Word, { box: { y0, y1 } }: Dot): boolean {
  const above = (baseline - (y0 + y1) / 2) / size;
  return above > 0.05 && above < 0.75 && y1 - y0 <= size * LARGEST;
}

function leftmost(one: Word | undefined, other: Word): Word {
  return one && one.box.x0 <= other.box.x0 ? one : other;
}

/** A word at the left of it, near: then it stands within a line. */
function isInTheWay({ box, size }: Word, dot: Dot): boolean {
  return box.x0 < dot.box.x1 && box.x1 > dot.box.x0 - size;
}

function markOf({ box, shape }: Dot, { baseline, size, layer }: Word): Word {
  return { text: LETTERS[shape], box, baseline, size, style: {}, turn: 0, confidence: 100, ...(layer ? { layer } : {}) };
}
