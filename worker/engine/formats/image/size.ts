import { EngineError } from "../../errors.ts";
import { openFrame } from "./frame.ts";

const POINTS_PER_INCH = 72;
/** A4. A picture that does not say how large it is on paper is taken for a page of it. */
const PAGE_POINTS = { short: 595, long: 842 };
/** 72 and 96 dots an inch are what programs write that know of no paper, and scanners begin above. */
const LEAST_DENSITY = 100;
/** What says to be larger than A1 or smaller than a stamp says wrong. */
const LARGEST_POINTS = 2400;
const SMALLEST_POINTS = 40;

/** How large a picture is on paper, by its own word or by a guess. Throws IMAGE_CORRUPT. */
export async function sizeOf(file: string, number: number): Promise<{ width: number; height: number; pixelsPerPoint: number }> {
  try {
    const { autoOrient, density } = await openFrame(file, number).metadata();
    const { width, height } = autoOrient;
    const pixelsPerPoint = pixelsPerPointOf(width, height, density);
    return { width: width / pixelsPerPoint, height: height / pixelsPerPoint, pixelsPerPoint };
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
}

/** By what the picture says of its dots an inch, if that can be; else as if it were a page of A4, upright or on its side. */
export function pixelsPerPointOf(width: number, height: number, density: number | undefined): number {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (density !== undefined && density >= LEAST_DENSITY) {
    const said = density / POINTS_PER_INCH;
    if (long / said <= LARGEST_POINTS && long / said >= SMALLEST_POINTS) return said;
  }
  return Math.max(short / PAGE_POINTS.short, long / PAGE_POINTS.long);
}
