import type { Box } from "../document/geometry.ts";
import type { Leaf, Page, TextStyle } from "../document/model.ts";
import { looksOf } from "./looks.ts";
import { paintOut } from "./paint.ts";
import type { PixelBox } from "./strip.ts";

/** A page as it is looked at, upright but not straightened: three bytes a pixel (red, green, blue), row by row. */
export interface ColorImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly pixelsPerPoint: number;
}

/** A piece of paper to be laid over words. */
export interface Patch {
  /** In points of the page as it is looked at, upright but not straightened. */
  readonly box: Box;
  readonly data: Uint8Array;
  readonly mediaType: "image/jpeg" | "image/png";
}

/** What makes a scanned page ready for its translation. */
export interface Patches {
  /** One for each line. */
  readonly patches: readonly Patch[];
  /** How each leaf's ink looks, by the leaf's id: colour, weight, face, size in points. */
  readonly looks: ReadonlyMap<string, TextStyle>;
  /** Boxes of another colour than the page's paper that leaves stand on, in points of the page straightened: text stays in them. */
  readonly grounds: readonly Box[];
  /** Ids of leaves whose words stand on a photo, or cannot be found: they keep their pixels, and nothing is to be set there. */
  readonly kept: ReadonlySet<string>;
}

/** A picture with words painted out. */
export interface PaintedPicture extends Omit<Patches, "patches"> {
  /** Where it was painted over, in pixels: a box for each line. */
  readonly boxes: readonly PixelBox[];
}

/** As scanners have it; below it grain becomes blots. */
const QUALITY = 72;

/**
 * Paints out the words of `leaves` on `page`, each with the paper that it stands on: shade, colour and grain are those
 * around it; rules, pictures and whatever is no part of a leaf's lines keep their pixels. Frames are those of the page
 * straightened (`PageGeometry.skew`); leaves of earlier pages may go on here. The pixels of `image` itself are painted over.
 */
export async function patchesFor(image: ColorImage, leaves: readonly Leaf[], page: Page): Promise<Patches> {
  const { boxes, ...painted } = paintPicture(image, leaves, page);
  const patches: Patch[] = [];
  for (const box of boxes) patches.push(await patchOf(image, box));
  return { patches, ...painted };
}

/** The same for who shows the picture itself. */
export function paintPicture(image: ColorImage, leaves: readonly Leaf[], page: Page): PaintedPicture {
  const { measured, ...painted } = paintOut(image, leaves, page);
  return { ...painted, looks: looksOf(measured, image.pixelsPerPoint) };
}

async function patchOf(image: ColorImage, { x0, y0, x1, y1 }: PixelBox): Promise<Patch> {
  const { default: sharp } = await import("sharp");
  const [width, height] = [x1 - x0, y1 - y0];
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y0 + row) * image.width + x0) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  const points = (pixels: number) => pixels / image.pixelsPerPoint;
  const box = { x0: points(x0), y0: points(y0), x1: points(x1), y1: points(y1) };
  if (isOneColor(data)) {
    // A single pixel, stretched, is the same paper.
    const one = sharp(data.subarray(0, 3), { raw: { width: 1, height: 1, channels: 3 } });
    return { box, data: await one.png().toBuffer(), mediaType: "image/png" };
  }
  const piece = sharp(data, { raw: { width, height, channels: 3 } });
  return { box, data: await piece.jpeg({ quality: QUALITY }).toBuffer(), mediaType: "image/jpeg" };
}

function isOneColor(data: Uint8Array): boolean {
  for (let index = 3; index < data.length; index++) if (data[index] !== data[index - 3]) return false;
  return true;
}
