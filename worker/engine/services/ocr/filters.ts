import type { Picture } from "../../formats/format.ts";
import { Ink, WHITE } from "./ink.ts";

/** Pixels of a row that are done at once, or passed over. */
const CHUNK = 64;

/** The picture turned counter-clockwise about its middle, on white, as large as its corners then reach. Pixels between pixels are interpolated bilinearly. */
export function straightened(image: Picture, degrees: number): Picture {
  const { data, width, height } = image;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const wide = Math.round(width * cos + height * Math.abs(sin));
  const high = Math.round(height * cos + width * Math.abs(sin));
  const turned = Buffer.alloc(wide * high, WHITE);
  const isPaper = paperOf(image);
  for (let y = 0; y < high; y++) {
    const down = y - (high - 1) / 2;
    const startX = (width - 1) / 2 - down * sin - ((wide - 1) / 2) * cos;
    const startY = (height - 1) / 2 + down * cos - ((wide - 1) / 2) * sin;
    const [fromX, toX] = stretchWithin(startX, cos, width - 1);
    const [fromY, toY] = stretchWithin(startY, sin, height - 1);
    const from = Math.max(0, Math.ceil(Math.max(fromX, fromY)));
    const to = Math.min(wide, Math.ceil(Math.min(toX, toY)));
    for (let begin = from; begin < to; begin += CHUNK) {
      const end = Math.min(to, begin + CHUNK);
      const [firstY, lastY] = [startY + begin * sin, startY + (end - 1) * sin];
      const left = startX + begin * cos;
      const right = startX + (end - 1) * cos;
      if (isPaper(left, right + 1, Math.min(firstY, lastY), Math.max(firstY, lastY) + 1)) continue;
      let atX = left;
      let atY = firstY;
      // No arrays in here, not even to take them apart: that takes ten times as long.
      for (let index = y * wide + begin; index < y * wide + end; index++, atX += cos, atY += sin) {
        const column = atX | 0;
        const row = atY | 0;
        const at = row * width + column;
        const first = data[at] as number;
        const second = data[at + 1] as number;
        const third = data[at + width] as number;
        const fourth = data[at + width + 1] as number;
        if ((first & second & third & fourth) === WHITE) continue;
        const above = first + (second - first) * (atX - column);
        const below = third + (fourth - third) * (atX - column);
        turned[index] = above + (below - above) * (atY - row) + 0.5;
      }
    }
  }
  return { ...image, data: turned, width: wide, height: high };
}

/** Whether all pixels of `image` from one column to another, and from one row to another, both included, are white. */
function paperOf(image: Picture) {
  const ink = new Ink(image);
  return (left: number, right: number, top: number, bottom: number): boolean => {
    for (let row = top | 0; row <= bottom && row < image.height; row++) {
      const end = row * image.width + Math.min(image.width, (right | 0) + 1);
      if (ink.from(row * image.width + (left | 0), end) < end) return false;
    }
    return true;
  };
}

/** From which step on, and until which, `start` and so many `step`s come to lie in [0, `end`). */
function stretchWithin(start: number, step: number, end: number): readonly [from: number, to: number] {
  if (step === 0) return start >= 0 && start < end ? [0, Number.POSITIVE_INFINITY] : [0, 0];
  const ends = [-start / step, (end - start) / step] as const;
  // The first step after one end, and the first at the other: an end itself is not within where steps go down.
  return step > 0 ? ends : [Math.floor(ends[1]) + 1, Math.floor(ends[0]) + 1];
}

/** Each pixel the median of the nine about it, by columns that are sorted once each (Devillard, "Fast median search"). */
export function median(image: Picture): Picture {
  const { data, width, height } = image;
  const found = Buffer.alloc(data.length, WHITE);
  const isPaper = paperOf(image);
  for (let y = 0; y < height; y++)
    for (let from = 0; from < width; from += CHUNK) {
      const to = Math.min(width, from + CHUNK);
      if (!isPaper(Math.max(0, from - 1), to, Math.max(0, y - 1), y + 1)) medianOfRow(image, found, y, from, to);
    }
  return { ...image, data: found };
}

/** The pixels of row `y` from `from` to before `to`, put into `found`. */
function medianOfRow({ data, width, height }: Picture, found: Buffer, y: number, from: number, to: number): void {
  const row = y * width;
  const above = y === 0 ? row : row - width;
  const below = y === height - 1 ? row : row + width;
  // Of the column at hand, of the one before it, and of the one before that; the first stands for the one before it.
  const before = Math.max(0, from - 1);
  let [low, middle, high] = sorted(data[above + from] as number, data[row + from] as number, data[below + from] as number);
  let [low1, middle1, high1] = sorted(data[above + before] as number, data[row + before] as number, data[below + before] as number);
  let [low2, middle2, high2] = [low1, middle1, high1];
  for (let x = from + 1; x <= to; x++) {
    low2 = low1;
    middle2 = middle1;
    high2 = high1;
    low1 = low;
    middle1 = middle;
    high1 = high;
    // The last column stands for the one after it.
    if (x < width) {
      const a = data[above + x] as number;
      const b = data[row + x] as number;
      const c = data[below + x] as number;
      // Most of a page is paper.
      if ((a & b & c) === WHITE) low = middle = high = WHITE;
      else {
        low = Math.min(a, b, c);
        high = Math.max(a, b, c);
        middle = a + b + c - low - high;
      }
    }
    if ((low & low1 & low2) === WHITE) continue;
    const lowest = Math.max(low, low1, low2);
    const highest = Math.min(high, high1, high2);
    found[row + x - 1] = middleOf(lowest, middleOf(middle, middle1, middle2), highest);
  }
}

function sorted(a: number, b: number, c: number): readonly [low: number, middle: number, high: number] {
  const [low, high] = [Math.min(a, b, c), Math.max(a, b, c)];
  return [low, a + b + c - low - high, high];
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
