import sharp, { type Metadata, type Sharp } from "sharp";
import type { QuarterTurn } from "../../document/geometry.ts";
import { EngineError } from "../../errors.ts";
import type { ColorImage } from "../../inpainting/patches.ts";
import { fittingScale, MAX_PIXELS } from "../pixels.ts";

/** A frame of the file as its EXIF turns it. */
export function openFrame(file: string, number: number): Sharp {
  return sharp(file, { page: number - 1, limitInputPixels: MAX_PIXELS, sequentialRead: true, failOn: "error" }).autoOrient();
}

export function atLeastOne(pixels: number): number {
  return Math.max(1, Math.floor(pixels));
}

/** Throws IMAGE_CORRUPT. */
export async function metadataOf(file: string, number: number): Promise<Metadata> {
  try {
    return await sharp(file, { page: number - 1, limitInputPixels: MAX_PIXELS }).metadata();
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture cannot be read.", { page: number, cause: error });
  }
}

export interface Reading {
  /** Clockwise. */
  readonly turn: QuarterTurn;
  /** How wide the page is when it is turned, in points. */
  readonly width: number;
  /** What colors are of: the file's own figures, whatever profile it has, or those of sRGB. */
  readonly profile: "own" | "srgb";
}

/** A frame in color on white, turned, as large as the pixel budget permits. Throws IMAGE_CORRUPT. */
export async function readColors(file: string, number: number, { turn, width, profile }: Reading): Promise<ColorImage> {
  try {
    const options = {
      page: number - 1,
      limitInputPixels: MAX_PIXELS,
      sequentialRead: true,
      failOn: "error",
      ignoreIcc: profile === "own",
    } as const;
    const upright = sharp(file, options).autoOrient();
    const { autoOrient } = await upright.metadata();
    const scale = fittingScale(autoOrient.width, autoOrient.height);
    const fitted =
      scale < 1 ? upright.resize(atLeastOne(autoOrient.width * scale), atLeastOne(autoOrient.height * scale), { fit: "fill" }) : upright;
    const flat = fitted.flatten({ background: "white" }).toColourspace("srgb").removeAlpha();
    const { data, info } = await turned(await flat.raw().toBuffer({ resolveWithObject: true }), turn);
    return { data, width: info.width, height: info.height, pixelsPerPoint: info.width / width };
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
}

export interface Raw {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number };
}

/** Turned back by `skew` degrees on a sheet of its own colour, which is cut to the size that it had. */
export async function levelled(raw: Raw, skew: number): Promise<Raw> {
  if (skew === 0) return raw;
  const { width, height } = raw.info;
  const read = () => sharp(raw.data, { raw: { width, height, channels: 3 } });
  // Paper is what most of a page is.
  const { dominant: background } = await read().stats();
  const { data, info } = await read().rotate(-skew, { background }).raw().toBuffer({ resolveWithObject: true });
  const inside = { left: Math.floor((info.width - width) / 2), top: Math.floor((info.height - height) / 2), width, height };
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .extract(inside)
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/** A turn after EXIF's would take its place. */
export async function turned({ data, info: { width, height } }: Raw, turn: QuarterTurn): Promise<Raw> {
  if (turn === 0) return { data, info: { width, height } };
  return sharp(data, { raw: { width, height, channels: 3 } })
    .rotate(turn)
    .raw()
    .toBuffer({ resolveWithObject: true });
}
