import { around, grown, meets } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";
import { WHITE } from "./ink.ts";
import { cut } from "./prepare.ts";
import { type Band, type Cut, sheetOf, within } from "./sheet.ts";
import { MOST_SPOTS, spotsBeside } from "./spots.ts";

/** All in heights of the page's type. How high and wide a figure is: what is lower is a bullet, a dash or a speck; */
const LOWEST = 0.45;
const HIGHEST = 1.15;
const WIDEST = 1.2;
/** how far apart those of one number stand; */
const GAP = 0.4;
/** how much white there is about it; */
const CLEAR = 0.2;
/** and how far its foot may be from the baseline that it is said to stand on. */
const FOOT = 0.25;
/** Between the two of each on the sheet, of its own height. */
const SPACE = 0.6;
/** A page has a few dozen; one with more has a texture. */
const MOST_LEFT_OUT = 200;
const POINT = /^[.,:)\]]$/;
const FIGURE = /\p{N}/u;
/** A number, or a letter that is a mark of a list. */
const READ = /^[\p{P}\p{Sc}]*\p{N}[\p{N}\p{P}\p{Sc}]*$|^[([]?\p{L}{1,2}[.)\]]$/u;

export interface WithLeftOut {
  readonly words: readonly ReadWord[];
  /** Where a number seems to stand that was read as one the first time and as another the second. */
  readonly unread: readonly PixelBox[];
}

/**
 * `words` with the numbers that Tesseract leaves out and says nothing of: single figures that stand by themselves, as before
 * the items of a list, in a column of counts or at the foot of a page, it takes for specks. What stands by itself as high as
 * letters and belongs to no word is read anew, one below the other. `image` is levelled; `read` reads lines.
 */
export async function withLeftOut(
  words: readonly ReadWord[],
  image: Picture,
  read: (sheet: Picture) => Promise<readonly ReadWord[]>,
): Promise<WithLeftOut> {
  const level = words.filter(({ turn }) => turn === 0);
  const height = level.map((word) => word.height).sort((a, b) => a - b)[level.length >> 1];
  if (height === undefined) return { words, unread: [] };
  const pieces = piecesBeside(words, image, height);
  if (pieces.length === 0 || pieces.length > MOST_LEFT_OUT) return { words, unread: [] };
  const { sheet, bands } = sheetOf(
    image,
    pieces.map((box) => twice(cut(image, box))),
  );
  const found = await read(sheet);
  const numbers: LeftOut[] = [];
  const unread: PixelBox[] = [];
  for (const [index, box] of pieces.entries()) {
    const both = within(found, bands[index] as Band);
    const number = numberIn(box, both);
    if (number) numbers.push(number);
    else if (both.some(({ text }) => FIGURE.test(text))) unread.push(box);
  }
  return { words: placed(words, numbers, height), unread };
}

interface LeftOut {
  readonly text: string;
  readonly confidence: number;
  readonly box: PixelBox;
}

/** A figure that is alone on its line is left out again, so each is there twice; and it is what it is read as both times. */
function twice({ data, width, height }: Picture): Cut {
  const space = Math.round(SPACE * height);
  const wide = 2 * width + space;
  const pixels = Buffer.alloc(wide * height, WHITE);
  for (let y = 0; y < height; y++) for (const x of [0, width + space]) data.copy(pixels, y * wide + x, y * width, (y + 1) * width);
  return { data: pixels, width: wide, height };
}

function numberIn(box: PixelBox, read: readonly ReadWord[]): LeftOut | undefined {
  const both = read.map((each) => each.text).join("");
  const text = both.slice(0, both.length / 2);
  if (both !== text + text || !READ.test(text)) return undefined;
  return { text, box, confidence: Math.min(...read.map(({ confidence }) => confidence)) };
}

/** Each beside the nearest word on its baseline, or in a line of its own after all others. */
function placed(words: readonly ReadWord[], numbers: readonly LeftOut[], height: number): ReadWord[] {
  const kept = words.filter((word) => !(isRest(word) && numbers.some((number) => meets(number.box, word.box))));
  const [before, after] = [new Map<ReadWord, ReadWord[]>(), new Map<ReadWord, ReadWord[]>()];
  const last = words.reduce(
    (most, { block, paragraph, line }) => ({
      block: Math.max(most.block, block),
      paragraph: Math.max(most.paragraph, paragraph),
      line: Math.max(most.line, line),
    }),
    { block: 0, paragraph: 0, line: 0 },
  );
  const alone: ReadWord[] = [];
  for (const { text, confidence, box } of numbers.toSorted((a, b) => a.box.x0 - b.box.x0)) {
    const beside = kept.filter(({ turn, baseline }) => turn === 0 && Math.abs(baseline - box.y1) <= FOOT * height);
    const distance = (word: ReadWord) => Math.max(word.box.x0 - box.x1, box.x0 - word.box.x1);
    const [first, ...rest] = beside;
    if (first) {
      const nearest = rest.reduce((best, word) => (distance(word) < distance(best) ? word : best), first);
      const side = nearest.box.x0 > box.x0 ? before : after;
      side.set(nearest, [...(side.get(nearest) ?? []), { ...nearest, text, confidence, box }]);
    } else {
      const place = {
        block: last.block + alone.length + 1,
        paragraph: last.paragraph + alone.length + 1,
        line: last.line + alone.length + 1,
      };
      alone.push({ ...{ text, confidence, box, height, baseline: box.y1, turn: 0 }, ...place });
    }
  }
  return [...kept.flatMap((word) => [...(before.get(word) ?? []), word, ...(after.get(word) ?? [])]), ...alone];
}

/** What may be read from numbers that are left out: the point behind one, and a column of them as a line that runs up or down. */
function isRest({ text, turn }: ReadWord): boolean {
  return turn !== 0 || POINT.test(text);
}

/** Boxes around what stands by itself as high as letters, and belongs to no word. */
function piecesBeside(words: readonly ReadWord[], image: Picture, height: number): PixelBox[] {
  const known = words.filter((word) => !isRest(word)).map(({ box }) => grown(box, 1));
  const spots = spotsBeside(known, image);
  const isFigure = ({ x0, y0, x1, y1 }: PixelBox) =>
    y1 - y0 >= LOWEST * height && y1 - y0 <= HIGHEST * height && x1 - x0 <= WIDEST * height;
  const figures = spots.filter(isFigure).sort((a, b) => a.x0 - b.x0);
  if (spots.length > MOST_SPOTS || figures.length > 4 * MOST_LEFT_OUT) return [];
  const pieces: PixelBox[] = [];
  for (const figure of figures) {
    const at = pieces.findIndex((piece) => isBeside(piece, figure, GAP * height));
    if (at < 0) pieces.push(figure);
    else pieces[at] = around([pieces[at] as PixelBox, figure]);
  }
  return pieces.flatMap((piece) => {
    const small = spots.filter((spot) => !isFigure(spot) && spot.y1 - spot.y0 < LOWEST * height && isWithinLine(spot, piece, GAP * height));
    const whole = around([piece, ...small]);
    const space = grown(whole, CLEAR * height);
    const others = [...known, ...spots.filter((spot) => !meets(spot, whole))];
    return others.some((other) => meets(other, space)) ? [] : [grown(whole, 1)];
  });
}

function isBeside(a: PixelBox, b: PixelBox, gap: number): boolean {
  const shared = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return shared >= Math.min(a.y1 - a.y0, b.y1 - b.y0) / 2 && a.x0 - gap < b.x1 && a.x1 + gap > b.x0;
}

function isWithinLine(spot: PixelBox, piece: PixelBox, gap: number): boolean {
  const middle = (spot.y0 + spot.y1) / 2;
  return middle > piece.y0 && middle < piece.y1 + gap / 2 && piece.x0 - gap < spot.x1 && piece.x1 + gap > spot.x0;
}
