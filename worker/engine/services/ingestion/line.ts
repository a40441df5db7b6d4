import type { Box, Place, Word } from "../../models.ts";

/** Words that stand together on one line, with no gap wide enough to part columns. */
export interface Line {
  readonly words: readonly Word[];
  readonly box: Box;
  readonly text: string;
}

export function around(boxes: readonly Box[]): Box {
  return {
    x0: Math.min(...boxes.map((box) => box.x0)),
    y0: Math.min(...boxes.map((box) => box.y0)),
    x1: Math.max(...boxes.map((box) => box.x1)),
    y1: Math.max(...boxes.map((box) => box.y1)),
  };
}

/** Of a block made of these lines. */
export function placeOf(lines: readonly Line[]): Place {
  const confidences = lines.flatMap(({ words }) => words.map(({ confidence }) => confidence));
  const mean = confidences.reduce((sum, confidence) => sum + confidence, 0) / Math.max(1, confidences.length);
  return { box: around(lines.map(({ box }) => box)), confidence: Math.round(mean) };
}

/**
 * The size of a word's type. A box alone misleads: "sum" is half as high as "lily". The shares of the size
 * that letters without, with one, and with both extenders take are those of common book faces.
 */
export function sizeOf({ text, box, size }: Word): number {
  if (size !== undefined) return size;
  const rises = /[bdfhijklt\p{Lu}\p{N}áéíóúàèìòùâêîôûäöüñ]/u.test(text);
  const falls = /[gjpqyçQ]/.test(text);
  return (box.y1 - box.y0) / (rises && falls ? 0.97 : rises ? 0.75 : falls ? 0.77 : 0.55);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
