import sharp, { type Sharp } from "sharp";
import { EngineError } from "../../errors.ts";
import type { Format, OpenDocument, Picture } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";

/** A4 at 300 dpi has 8.7 million pixels; this is A3 with room to spare. */
const PIXEL_BUDGET = 25_000_000;
/** Tesseract and canvases take at most 32,767 pixels to a side. */
export const MAX_SIDE = 30_000;
/** More than this is not even opened. */
export const MAX_PIXELS = 300_000_000;
const PREVIEW_WIDTH = 900;

/** What a picture that does not say how large it is on paper is taken for: a page of A4, as scanners make them. */
const GUESSED_HEIGHT_POINTS = 842;
const POINTS_PER_INCH = 72;

const SIGNATURES: readonly ((head: Buffer) => boolean)[] = [
  (head) => head.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex")),
  (head) => head.subarray(0, 3).equals(Buffer.from("ffd8ff", "hex")),
  (head) => ["49492a00", "4d4d002a", "49492b00", "4d4d002b"].includes(head.subarray(0, 4).toString("hex")),
  (head) => head.subarray(0, 4).toString("latin1") === "RIFF" && head.subarray(8, 12).toString("latin1") === "WEBP",
];

/** PNG, JPEG, WebP, or a TIFF of several pages. */
export const image: Format = {
  id: "image",
  name: "pictures (PNG, JPEG, TIFF, WebP)",
  mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/tiff"],
  extensions: [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"],
  sniff: (head) => SIGNATURES.some((matches) => matches(Buffer.from(head.buffer, head.byteOffset, head.length))),
  open: openImage,
};

async function openImage(file: string): Promise<OpenDocument> {
  const { width, height, pages = 1 } = await metadata(file);
  if (width * height > MAX_PIXELS)
    throw new EngineError("IMAGE_TOO_LARGE", `The picture has ${width} × ${height} pixels; the limit is ${MAX_PIXELS}.`);
  requireFewPages(pages);
  return {
    pageCount: pages,
    remarks: [],
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
    const said = density && density >= POINTS_PER_INCH * 2 ? density / POINTS_PER_INCH : undefined;
    const pixelsPerPoint = said ?? Math.max(width, height) / GUESSED_HEIGHT_POINTS;
    return { width: width / pixelsPerPoint, height: height / pixelsPerPoint, pixelsPerPoint };
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
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

/** What a picture is to be scaled by, at most 1, to keep to the pixel budget and the longest side. */
export function fittingScale(width: number, height: number): number {
  return Math.min(1, Math.sqrt(PIXEL_BUDGET / (width * height)), MAX_SIDE / Math.max(width, height));
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.floor(pixels));
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
