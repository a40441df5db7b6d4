import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";

const DARK = 160;
/** Of two words that it took for one Tesseract is less sure. */
const UNSURE = 90;
/** Of the middle one of a line's gaps between words: what is as wide within a word is one too. */
const AS_WIDE = 0.8;
/** Of a word's other gaps, those between its letters, at least so many times: in spaced letters all are wide. */
const WIDER = 1.6;
/** In heights of the line's type: what is between words at least, and where a line has too few of them to tell, or so far apart that they are columns. */
const LEAST = 0.2;
const USUAL = 0.4;
const COLUMNS = 1.5;
const ENOUGH = 3;

/** Columns of pixels without ink, from the first to before the last. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Gaps within words that are as wide as those between the words of their lines: where Tesseract took two words for one, mostly
 * after a single letter. Of words without any there is no entry.
 */
export function gapsWithin(image: Picture, words: readonly ReadWord[]): Map<ReadWord, Gap[]> {
  const lines = Map.groupBy(
    words.filter(({ turn }) => turn === 0),
    ({ line }) => line,
  );
  const found = new Map<ReadWord, Gap[]>();
  for (const line of lines.values()) {
    const least = AS_WIDE * spaceOf(line);
    for (const word of line) {
      const gaps = [...word.text].length > 1 && word.confidence < UNSURE ? clearColumns(image, word.box) : [];
      const wide = gaps.filter((gap) => widthOf(gap) >= Math.max(least, LEAST * word.height));
      const others = gaps.filter((gap) => !wide.includes(gap));
      const widest = Math.max(0, ...others.map(widthOf));
      const isSpaced = wide.length > 1 && wide.length + 1 >= [...word.text].length;
      if (wide.length > 0 && !isSpaced && wide.every((gap) => widthOf(gap) >= WIDER * widest)) found.set(word, wide);
    }
  }
  return found;
}

function widthOf({ from, to }: Gap): number {
  return to - from;
}

/** How wide the space between two of a line's words is. */
function spaceOf(line: readonly ReadWord[]): number {
  const [{ height }] = line as [ReadWord];
  const sorted = line.toSorted((a, b) => a.box.x0 - b.box.x0);
  const gaps = sorted
    .slice(1)
    .map(({ box }, index) => box.x0 - (sorted[index] as ReadWord).box.x1)
    .filter((gap) => gap > 0 && gap < COLUMNS * height)
    .sort((a, b) => a - b);
  return gaps.length < ENOUGH ? USUAL * height : (gaps[gaps.length >> 1] as number);
}

/** Between the first ink in `box` and the last. */
function clearColumns({ data, width }: Picture, { x0, y0, x1, y1 }: PixelBox): Gap[] {
  const gaps: Gap[] = [];
  let last = -1;
  for (let x = x0; x < x1; x++) {
    let index = y0 * width + x;
    while (index < y1 * width && (data[index] as number) >= DARK) index += width;
    if (index >= y1 * width) continue;
    if (last >= 0 && x - last > 1) gaps.push({ from: last + 1, to: x });
    last = x;
  }
  return gaps;
}
