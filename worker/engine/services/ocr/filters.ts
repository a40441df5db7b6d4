import type { Picture } from "../../formats/format.ts";

const WHITE = 255;

/** The picture turned counter-clockwise about its middle, on white, as large as its corners then reach. Pixels between pixels are interpolated bilinearly. */
export function straightened(image: Picture, degrees: number): Picture {
  const { data, width, height } = image;
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const wide = Math.round(width * cos + height * Math.abs(sin));
  const high = Math.round(height * cos + width * Math.abs(sin));
  const turned = Buffer.alloc(wide * high, WHITE);
  for (let y = 0; y < high; y++) {
    const down = y - (high - 1) / 2;
    const startX = (width - 1) / 2 - down * sin - ((wide - 1) / 2) * cos;
    const startY = (height - 1) / 2 + down * cos - ((wide - 1) / 2) * sin;
    const [fromX, toX] = stretchWithin(startX, cos, width - 1);
    const [fromY, toY] = stretchWithin(startY, sin, height - 1);
    const from = Math.max(0, Math.ceil(Math.max(fromX, fromY)));
    const to = Math.min(wide, Math.ceil(Math.min(toX, toY)));
    let atX = startX + from * cos;
    let atY = startY + from * sin;
    // No arrays in here, not even to take them apart: that takes ten times as long.
    for (let index = y * wide + from; index < y * wide + to; index++, atX += cos, atY += sin) {
      const left = atX | 0;
      const top = atY | 0;
      const at = top * width + left;
      const first = data[at] as number;
      const second = data[at + 1] as number;
      const third = data[at + width] as number;
      const fourth = data[at + width + 1] as number;
      // Most of a page is paper, and is so already.
      if ((first & second & third & fourth) === WHITE) continue;
      const above = first + (second - first) * (atX - left);
      const below = third + (fourth - third) * (atX - left);
      turned[index] = above + (below - above) * (atY - top) + 0.5;
    }
  }
  return { ...image, data: turned, width: wide, height: high };
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
  const { first, last } = inkOfRows(image);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const above = y === 0 ? row : row - width;
    const below = y === height - 1 ? row : row + width;
    const [up, down] = [Math.max(0, y - 1), Math.min(height - 1, y + 1)];
    // Outside of what is inked in the three rows all is paper, and stays so.
    const from = Math.max(0, Math.min(first[up] as number, first[y] as number, first[down] as number) - 1);
    const to = Math.min(width, Math.max(last[up] as number, last[y] as number, last[down] as number) + 2);
    if (from >= to) continue;
    // Of the column at hand, of the one before it, and of the one before that.
    let [low, middle, high] = sorted(data[above + from] as number, data[row + from] as number, data[below + from] as number);
    let [low1, middle1, high1, low2, middle2, high2] = [low, middle, high, low, middle, high];
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
  return { ...image, data: found };
}

/** Of each row of a levelled picture the first pixel that is not white, and the last; of a white one the width, and -1. */
export function inkOfRows({ data, width, height }: Picture): { readonly first: Int32Array; readonly last: Int32Array } {
  const [first, last] = [new Int32Array(height), new Int32Array(height)];
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let from = 0;
    while (from < width && data[row + from] === WHITE) from++;
    let to = width - 1;
    while (to >= from && data[row + to] === WHITE) to--;
    first[y] = from;
    last[y] = from === width ? -1 : to;
  }
  return { first, last };
}

function sorted(a: number, b: number, c: number): readonly [low: number, middle: number, high: number] {
  const [low, high] = [Math.min(a, b, c), Math.max(a, b, c)];
  return [low, a + b + c - low - high, high];
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
