import sharp, { type Sharp } from "sharp";
import { EngineError, type Grey, type Picture, type SourceDocument } from "../../models.ts";
import { requireFewPages } from "./pages.ts";

/** A4 at 300 dpi has 8.7 million pixels; this is A3 with room to spare. */
const PIXEL_BUDGET = 25_000_000;
/** Tesseract and canvases take at most 32,767 pixels to a side. */
export const MAX_SIDE = 30_000;
/** More than this is not even opened. */
export const MAX_PIXELS = 300_000_000;
const PREVIEW_WIDTH = 900;

/** PNG, JPEG, WebP, or a TIFF of several pages. */
export async function openImage(file: string): Promise<SourceDocument> {
  const { width, height, pages = 1 } = await metadata(file);
  if (width * height > MAX_PIXELS)
    throw new EngineError("IMAGE_TOO_LARGE", `The picture has ${width} × ${height} pixels; the limit is ${MAX_PIXELS}.`);
  requireFewPages(pages);
  return {
    pageCount: pages,
    async page(number) {
      return { kind: "picture", image: () => readFrame(file, number) };
    },
    async picture(number) {
      return openFrame(file, number).resize({ width: PREVIEW_WIDTH, withoutEnlargement: true });
    },
    async [Symbol.asyncDispose]() {},
  };
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

async function readFrame(file: string, number: number): Promise<Picture> {
  try {
    const frame = openFrame(file, number);
    const { width, height } = (await frame.metadata()).autoOrient;
    const scale = fittingScale(width, height);
    const fitted = scale < 1 ? frame.resize(atLeastOne(width * scale), atLeastOne(height * scale), { fit: "fill" }) : frame;
    return { image: await toGrey(fitted), scaled: scale < 1 };
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
}

/** What a picture is to be scaled by, at most 1, to keep to the pixel budget and the longest side. */
export function fittingScale(width: number, height: number): number {
  return Math.min(1, Math.sqrt(PIXEL_BUDGET / (width * height)), MAX_SIDE / Math.max(width, height));
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.floor(pixels));
}

/** What `picture` gives, as grey on white. */
export async function toGrey(picture: Sharp): Promise<Grey> {
  const flat = picture.flatten({ background: "white" }).greyscale().toColourspace("b-w").raw();
  const { data, info } = await flat.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
