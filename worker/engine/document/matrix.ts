import type { Box } from "./geometry.ts";

/** Maps (x, y) to (ax + cy + e, bx + dy + f), as PDF writes it. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** What applies `inner` first, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  return [
    a * inner[0] + c * inner[1],
    b * inner[0] + d * inner[1],
    a * inner[2] + c * inner[3],
    b * inner[2] + d * inner[3],
    a * inner[4] + c * inner[5] + e,
    b * inner[4] + d * inner[5] + f,
  ];
}

/** The box around what becomes of the rectangle between the two points. */
export function mapped([a, b, c, d, e, f]: Matrix, x0: number, y0: number, x1: number, y1: number): Box {
  const centreX = a * (x0 + x1) + c * (y0 + y1);
  const centreY = b * (x0 + x1) + d * (y0 + y1);
  const spreadX = Math.abs(a * (x1 - x0)) + Math.abs(c * (y1 - y0));
  const spreadY = Math.abs(b * (x1 - x0)) + Math.abs(d * (y1 - y0));
  return {
    x0: (centreX - spreadX) / 2 + e,
    y0: (centreY - spreadY) / 2 + f,
    x1: (centreX + spreadX) / 2 + e,
    y1: (centreY + spreadY) / 2 + f,
  };
}

/** Whether level and upright lines stay so. */
export function isSquare([a, b, c, d]: Matrix): boolean {
  const small = 1e-3 * (Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d));
  return (Math.abs(b) <= small && Math.abs(c) <= small) || (Math.abs(a) <= small && Math.abs(d) <= small);
}

/** Whether a picture, whose first row is at the top of its square, stands upright on a page whose y run down. */
export function isUpright([a, b, c, d]: Matrix): boolean {
  const small = 1e-3 * (Math.abs(a) + Math.abs(d));
  return Math.abs(b) <= small && Math.abs(c) <= small && a > 0 && d < 0;
}

/** By how much a length grows, taken over both directions. */
export function scaleOf([a, b, c, d]: Matrix): number {
  return Math.sqrt(Math.abs(a * d - b * c));
}

/** Of any six numbers that a file may give; undefined of anything else. */
export function asMatrix(value: unknown): Matrix | undefined {
  if (!(Array.isArray(value) || value instanceof Float32Array) || value.length < 6) return undefined;
  const [a, b, c, d, e, f] = Array.from(value as ArrayLike<number>).map(Number);
  const matrix = [a ?? 0, b ?? 0, c ?? 0, d ?? 0, e ?? 0, f ?? 0] as const;
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

/** What undoes `matrix`; undefined if it flattens the page to a line. */
export function inverse([a, b, c, d, e, f]: Matrix): Matrix | undefined {
  const determinant = a * d - b * c;
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) return undefined;
  const [ia, ib, ic, id] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [ia, ib, ic, id, -(ia * e + ic * f), -(ib * e + id * f)];
}
