import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import { cut } from "./prepare.ts";
import { type Band, sheetOf, within } from "./sheet.ts";
import { lettersOf } from "./sift.ts";

const DARK = 128;
/** All in heights of the line's type. How far a mark stands from its line, */
const FARTHEST = 3;
/** how wide it is at most, and how much white there is within it at most, and at least about it; */
const WIDEST = 3;
const GAP = 0.4;
/** how high it is at least: what is lower is a bullet, a dash or a speck; */
const LOWEST = 0.5;
/** and how far from the baseline its foot may be: a bracket reaches below. */
const FOOT = 0.25;
/** A page has a few dozen lines with something before them; one of specks has any number. */
const MOST_MARKS = 200;
const MOST_TRIED = 1_000;

const POINT = /^[.,:)\]]$/;

interface Mark {
  /** That it stands before. */
  readonly word: ReadWord;
  /** The point after a number that was left out may be read by itself. */
  readonly point: ReadWord | undefined;
  readonly box: PixelBox;
}

/**
 * `words` with the numbers before their lines that Tesseract leaves out: a column of single figures it takes for specks, and
 * says nothing of them. What stands by itself before a line, as high as its letters, and belongs to no word, is read anew, one
 * below the other. `image` is levelled; `read` reads lines.
 */
export async function withMarks(
  words: readonly ReadWord[],
  image: Picture,
  read: (sheet: Picture) => Promise<readonly ReadWord[]>,
): Promise<ReadWord[]> {
  const marks = unreadMarks(words, image);
  if (marks.length === 0) return [...words];
  const { sheet, bands } = sheetOf(
    image,
    marks.map(({ box }) => cut(image, box)),
  );
  const found = await read(sheet);
  const before = new Map(marks.map((mark, index) => [mark.point ?? mark.word, asWord(mark, within(found, bands[index] as Band))]));
  const points = new Set(marks.map(({ point }) => point));
  return words.flatMap((word) => {
    const mark = before.get(word);
    if (!mark) return [word];
    return points.has(word) ? [mark] : [mark, word];
  });
}

function asWord({ word, box }: Mark, read: readonly ReadWord[]): ReadWord | undefined {
  const text = read.map((each) => each.text).join("");
  return lettersOf(text) > 0 ? { ...word, text, box, confidence: Math.min(...read.map(({ confidence }) => confidence)) } : undefined;
}

function unreadMarks(words: readonly ReadWord[], image: Picture): Mark[] {
  const lines = Map.groupBy(
    words.filter(({ turn }) => turn === 0),
    ({ line }) => line,
  );
  const marks: Mark[] = [];
  let tried = 0;
  for (const [first, second] of lines.values()) {
    if (!first || marks.length >= MOST_MARKS || tried >= MOST_TRIED) continue;
    const point = second && POINT.test(first.text) ? first : undefined;
    const word = point && second ? second : first;
    const box = inkBefore(word, image);
    if (!box) continue;
    tried++;
    if (!words.some((other) => other !== point && meets(other.box, box))) marks.push({ word, point, box });
  }
  return marks;
}

/** The box around what stands before a word by itself, as high as letters, on the same baseline. */
function inkBefore({ box, baseline, height }: ReadWord, { data, width, height: bottomEdge }: Picture): PixelBox | undefined {
  const top = Math.max(0, Math.round(baseline - height));
  const bottom = Math.min(bottomEdge, Math.round(baseline + height * FOOT) + 1);
  const gap = Math.round(GAP * height);
  const right = Math.round(box.x0) - 2;
  let [x0, x1, y0, y1] = [0, 0, bottom, top];
  for (let x = right; x >= 0 && x > (x1 === 0 ? right - FARTHEST * height : x0 - gap - 1); x--)
    for (let y = top; y < bottom; y++) {
      if ((data[y * width + x] as number) >= DARK) continue;
      [x0, x1] = [x, x1 || x + 1];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y + 1)];
      if (x1 - x0 > WIDEST * height) return undefined;
    }
  const isWhole = y0 > top && y1 < bottom && x0 > 0;
  const isMark = x1 > 0 && y1 - y0 >= LOWEST * height && Math.abs(baseline - y1) <= FOOT * height;
  return isMark && isWhole && box.x0 - x1 >= gap / 2 ? { x0: x0 - 1, y0: y0 - 1, x1: x1 + 1, y1: y1 + 1 } : undefined;
}

function meets(a: PixelBox, b: PixelBox): boolean {
  return a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;
}
