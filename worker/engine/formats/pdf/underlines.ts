import { around, type Box, heightOf, widthOf } from "../../document/geometry.ts";
import type { Word } from "../../layout/content.ts";

/** In points: an underline ends with its words; what goes further parts rows or sections. */
const OVERHANG = 2.5;
/** Lines are looked up by their height in steps of so many points. */
const STEP = 4;
/** No line has more words. */
const MAX_ROW = 500;

/** Takes the rules that underline or strike words for their style, and gives the rest. */
export function underlined(
  words: readonly Word[],
  rules: readonly Box[],
): { readonly words: readonly Word[]; readonly rules: readonly Box[] } {
  const rows = new Map<number, Word[]>();
  for (const word of words) {
    if (word.turn !== 0) continue;
    const row = rows.get(Math.round(word.baseline / STEP));
    if (row) row.push(word);
    else rows.set(Math.round(word.baseline / STEP), [word]);
  }
  const marked = new Map<Word, "underline" | "strike">();
  const rest = rules.filter((rule) => {
    if (widthOf(rule) < 2 * heightOf(rule)) return true;
    const found = markedBy(rule, rows);
    if (found) for (const word of found.words) marked.set(word, found.mark);
    return !found;
  });
  if (marked.size === 0) return { words, rules };
  return {
    words: words.map((word) => {
      const mark = marked.get(word);
      return mark ? { ...word, style: { ...word.style, [mark]: true } } : word;
    }),
    rules: rest,
  };
}

function markedBy(rule: Box, rows: ReadonlyMap<number, readonly Word[]>) {
  const y = (rule.y0 + rule.y1) / 2;
  const row = Math.round(y / STEP);
  for (const mark of ["underline", "strike"] as const) {
    const words: Word[] = [];
    for (let near = row - 1; near <= row + 3; near++)
      for (const word of rows.get(near)?.slice(0, MAX_ROW) ?? []) if (isMarked(word, y, mark) && isAcross(word, rule)) words.push(word);
    const { x0, x1 } = around(words.map(({ box }) => box));
    if (words.length > 0 && x0 - rule.x0 < OVERHANG && rule.x1 - x1 < OVERHANG) return { mark, words };
  }
  return undefined;
}

function isMarked({ baseline, size }: Word, y: number, mark: "underline" | "strike"): boolean {
  const below = (y - baseline) / size;
  return mark === "underline" ? below > 0 && below < 0.28 : below > -0.42 && below < -0.16;
}

function isAcross({ box }: Word, rule: Box): boolean {
  const middle = (box.x0 + box.x1) / 2;
  return middle > rule.x0 && middle < rule.x1;
}
