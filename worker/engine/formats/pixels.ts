import type { Sharp } from "sharp";

/** A4 at 300 dpi has 8.7 million pixels; this is A3 with room to spare. */
const PIXEL_BUDGET = 25_000_000;
/** Tesseract and canvases take at most 32,767 pixels to a side. */
const MAX_SIDE = 30_000;
/** More than this is not even opened. */
export const MAX_PIXELS = 300_000_000;

/** What a picture is to be scaled by, at most 1, to keep to the pixel budget and the longest side. */
export function fittingScale(width: number, height: number): number {
  return Math.min(1, Math.sqrt(PIXEL_BUDGET / (width * height)), MAX_SIDE / Math.max(width, height));
}

/** Grey pixels, a byte each, row by row. Raw, because a page's PNG takes longer to write and read than the page to render. */
export interface Grey {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What `picture` gives, as grey on white. */
export async function toGrey(picture: Sharp): Promise<Grey> {
  const flat = picture.flatten({ background: "white" }).greyscale().toColourspace("b-w").raw();
  const { data, info } = await flat.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
