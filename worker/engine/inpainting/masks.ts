import type { PixelBox } from "./strip.ts";

/** Every pixel of `mask` grown into a square that reaches `radius` from it. */
export function dilated(mask: Uint8Array, width: number, radius: number): Uint8Array {
  const height = mask.length / width;
  const across = new Uint8Array(mask.length);
  for (let row = 0; row < height; row++) grow(mask, across, { from: row * width, step: 1, count: width, radius });
  const result = new Uint8Array(mask.length);
  for (let column = 0; column < width; column++) grow(across, result, { from: column, step: width, count: height, radius });
  return result;
}

interface Run {
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly radius: number;
}

function grow(mask: Uint8Array, into: Uint8Array, { from, step, count, radius }: Run): void {
  let filled = -1;
  for (let at = 0; at < count; at++) {
    if (!mask[from + at * step]) continue;
    const until = Math.min(count - 1, at + radius);
    for (let each = Math.max(filled + 1, at - radius); each <= until; each++) into[from + each * step] = 1;
    filled = until;
  }
}

/** `box`, `by` pixels larger on all sides, as far as it is within `width` and `height`. */
export function grownBox({ x0, y0, x1, y1 }: PixelBox, by: number, { width, height }: { width: number; height: number }): PixelBox {
  return {
    x0: Math.max(0, Math.min(width, x0 - by)),
    y0: Math.max(0, Math.min(height, y0 - by)),
    x1: Math.max(0, Math.min(width, x1 + by)),
    y1: Math.max(0, Math.min(height, y1 + by)),
  };
}

/** Sets all of `box` in `mask`. */
export function fillBox(mask: Uint8Array, width: number, { x0, y0, x1, y1 }: PixelBox): void {
  for (let row = y0; row < y1; row++) mask.fill(1, row * width + x0, row * width + x1);
}
