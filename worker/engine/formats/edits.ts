/** A part of the source: UTF-16 units, the second is behind its end. */
export type Range = readonly [from: number, to: number];

/** What stands in the place of a part of a text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** `source` from `from` to `to` with `edits` made, those that lie in it whole. They are in order and do not overlap. */
export function edited(source: string, edits: readonly Edit[], from = 0, to = source.length): string {
  const parts: string[] = [];
  let at = from;
  for (let index = firstEdit(edits, from); index < edits.length; index++) {
    const edit = edits[index] as Edit;
    if (edit.to > to) break;
    parts.push(source.slice(at, edit.from), edit.text);
    at = edit.to;
  }
  parts.push(source.slice(at, to));
  return parts.join("");
}

/** Whether one of `edits`, which are in order, has `edit` in its range. */
export function isCovered({ from, to }: Edit, edits: readonly Edit[]): boolean {
  const before = edits[firstEdit(edits, from + 1) - 1];
  return before !== undefined && before.to >= to;
}

function firstEdit(edits: readonly Edit[], from: number): number {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle] as Edit).from < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function inOrder(edits: readonly Edit[]): Edit[] {
  return edits.toSorted((a, b) => a.from - b.from || a.to - b.to);
}
