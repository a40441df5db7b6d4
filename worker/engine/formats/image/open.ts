import sharp, { type Sharp } from "sharp";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { OpenDocument, Picture } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";
import { fittingScale, MAX_PIXELS, toGrey } from "../pixels.ts";

const PREVIEW_WIDTH = 900;

const POINTS_PER_INCH = 72;
/** A4. A picture that does not say how large it is on paper is taken for a page of it. */
const PAGE_POINTS = { short: 595, long: 842 };
/** 72 and 96 dots an inch are what programs write that know of no paper, and scanners begin above. */
const LEAST_DENSITY = 100;
/** What says to be larger than A1 or smaller than a stamp says wrong. */
const LARGEST_POINTS = 2400;
const SMALLEST_POINTS = 40;

/** Throws IMAGE_CORRUPT, IMAGE_TOO_LARGE, TOO_MANY_PAGES. */
export async function openImage(file: string): Promise<OpenDocument> {
  const { width, height, pages: frames = 1, format } = await metadata(file);
  if (width * height > MAX_PIXELS)
    throw new EngineError("IMAGE_TOO_LARGE", `The picture has ${width} × ${height} pixels; the limit is ${MAX_PIXELS}.`);
  // The frames of a film show the same page again.
  const pages = format === "tiff" ? frames : 1;
  requireFewPages(pages);
  const dropped: Remark = {
    page: 1,
    code: "CONTENT_DROPPED",
    message: `The picture moves: of its ${frames} frames the first alone was read.`,
  };
  return {
    pageCount: pages,
    remarks: frames > pages ? [dropped] : [],
    async page(number) {
      const read = await pointsOf(file, number);
      const geometry = {
        width: read.width,
        height: read.height,
        rotation: 0,
        reading: "ocr",
        pixelsPerPoint: read.pixelsPerPoint,
      } as const;
      return {
        kind: "content",
        content: { number, geometry, words: [], rules: [], areas: [], images: [], remarks: [] },
        toRead: { image: () => readFrame(file, number, read.pixelsPerPoint) },
      };
    },
    async preview(number) {
      return openFrame(file, number).resize({ width: PREVIEW_WIDTH, withoutEnlargement: true });
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** How large a picture is on paper, by its own word or by a guess. */
async function pointsOf(file: string, number: number): Promise<{ width: number; height: number; pixelsPerPoint: number }> {
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

async function metadata(file: string) {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture cannot be read.", { cause: error });
  }
}

function openFrame(file: string, number: number): Sharp {
  return sharp(file, { page: number - 1, limitInputPixels: MAX_PIXELS, sequentialRead: true, failOn: "error" }).autoOrient();
}

async function readFrame(file: string, number: number, pixelsPerPoint: number): Promise<Picture> {
  try {
    const frame = openFrame(file, number);
    const { width, height } = (await frame.metadata()).autoOrient;
    const scale = fittingScale(width, height);
    const fitted = scale < 1 ? frame.resize(atLeastOne(width * scale), atLeastOne(height * scale), { fit: "fill" }) : frame;
    return { ...(await toGrey(fitted)), pixelsPerPoint: pixelsPerPoint * scale, scaled: scale < 1 };
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.floor(pixels));
}
