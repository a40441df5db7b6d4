import type { Picture } from "../../formats/format.ts";
import type { PixelBox, ReadWord } from "./hocr.ts";

/** What Tesseract makes of a bullet where it makes something of it. */
const MISREAD = /^[eoOcC0¢°«»*®©@+.·•●▪■-]$/;
/** All in heights of the line's type. How large a bullet is, */
const LEAST = 0.13;
const MOST = 0.58;
/** where its middle is over the baseline, */
const LOWEST = 0.12;
const HIGHEST = 0.5;
/** how far from its text it stands, and how much is clear on its other side. */
const NEAREST = 0.2;
const FARTHEST = 2.2;
const CLEAR = 0.5;
/** Of its box: a disc fills 0.79, an "e" half of it. */
const FILLED = 0.68;
const LONGEST_SIDE = 1.5;
const DARK = 128;
/** Of what is a disc or a square by its pixels. */
const SURE = 96;

/**
 * `words` with the bullets before their lines, which Tesseract mostly leaves out or takes for letters: a round or square spot
 * that stands by itself, at the height of small letters. `image` is levelled: dark on white.
 */
export function withBullets(words: readonly ReadWord[], image: Picture): ReadWord[] {
  const firsts = new Map<number, ReadWord>();
  for (const word of words) if (word.turn === 0 && !firsts.has(word.line)) firsts.set(word.line, word);
  return words.flatMap((word) => {
    if (firsts.get(word.line) !== word) return [word];
    if (MISREAD.test(word.text)) return [isSpot(inkIn(image, word.box), word.height) ? { ...word, text: "•", confidence: SURE } : word];
    const spot = spotBefore(word, image);
    return spot ? [{ ...word, text: "•", confidence: SURE, box: spot }, word] : [word];
  });
}

interface Ink {
  readonly box: PixelBox;
  readonly pixels: number;
}

function isSpot({ box, pixels }: Ink, height: number): boolean {
  const [wide, high] = [box.x1 - box.x0, box.y1 - box.y0];
  const isSized = Math.min(wide, high) >= LEAST * height && Math.max(wide, high) <= MOST * height;
  return isSized && Math.max(wide, high) <= LONGEST_SIDE * Math.min(wide, high) && pixels >= FILLED * wide * high;
}

/** The spot that stands left of a line by itself. */
function spotBefore({ box, baseline, height }: ReadWord, image: Picture): PixelBox | undefined {
  const top = Math.round(baseline - height);
  const bottom = Math.round(baseline + height * 0.3);
  const isInked = (column: number): boolean => {
    if (column < 0 || column >= image.width) return false;
    for (let row = Math.max(0, top); row < Math.min(image.height, bottom); row++)
      if ((image.data[row * image.width + column] as number) < DARK) return true;
    return false;
  };
  let right = Math.round(box.x0 - NEAREST * height);
  for (let column = right; column < box.x0; column++) if (isInked(column) && column < box.x0 - 2) return undefined;
  const farthest = box.x0 - FARTHEST * height;
  while (right > farthest && !isInked(right - 1)) right--;
  let left = right;
  while (left > right - MOST * height && isInked(left - 1)) left--;
  for (let column = left - 1; column > left - CLEAR * height; column--) if (isInked(column)) return undefined;
  const ink = inkIn(image, { x0: left, y0: top, x1: right, y1: bottom });
  const middle = (baseline - (ink.box.y0 + ink.box.y1) / 2) / height;
  return isSpot(ink, height) && middle >= LOWEST && middle <= HIGHEST ? ink.box : undefined;
}

/** The dark pixels in `box`, and the box around them. */
function inkIn({ data, width, height }: Picture, { x0, y0, x1, y1 }: PixelBox): Ink {
  let [left, top, right, bottom, pixels] = [x1, y1, x0, y0, 0];
  for (let row = Math.max(0, Math.round(y0)); row < Math.min(height, y1); row++)
    for (let column = Math.max(0, Math.round(x0)); column < Math.min(width, x1); column++) {
      if ((data[row * width + column] as number) >= DARK) continue;
      pixels += 1;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
    }
  return { box: { x0: left, y0: top, x1: right, y1: bottom }, pixels };
}
