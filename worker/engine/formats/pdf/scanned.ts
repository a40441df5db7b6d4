import { OPS, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { areaOf, type Box, heightOf, widthOf } from "../../document/geometry.ts";
import { fittingScale, type Grey } from "../pixels.ts";
import type { Marks } from "./marks.ts";
import type { OperatorList } from "./operators.ts";

const POINTS_PER_INCH = 72;
/** As finely as Tesseract profits by. */
const MOST_DPI = 300;
/** Coarser pages are enlarged, which is smoother done at once. */
const LEAST_DPI = 200;
/** How far a picture's edges may lie off the page's, in points. */
const OFF = 0.75;
/** By how much the dots an inch across may differ from those down. */
const UNEVEN = 0.01;

/** Operators that paint nothing but the picture. */
const PLAIN: ReadonlySet<number> = new Set([
  ...[OPS.save, OPS.restore, OPS.transform, OPS.dependency, OPS.paintImageXObject, OPS.clip, OPS.eoClip],
  ...[OPS.beginMarkedContent, OPS.beginMarkedContentProps, OPS.endMarkedContent],
]);

/** As OCR reads it: grey, and how many of its pixels are a point. */
export interface ScannedPage extends Grey {
  readonly pixelsPerPoint: number;
}

interface Seen {
  readonly list: OperatorList;
  readonly marks: Marks;
  readonly box: Box;
}

/**
 * A page that is one picture and nothing else, as pdf.js decoded it when it listed the page's operators: to paint it would
 * be to decode it a second time, which costs as much as a fifth of reading it. Undefined for any other page.
 */
export function scannedPage(page: PDFPageProxy, { list, marks, box }: Seen): ScannedPage | undefined {
  const [image] = marks.images;
  if (!image?.plain || marks.images.length > 1 || marks.paints.length > 1 || !marks.paints[0]?.opaque || !isAll(image.box, box))
    return undefined;
  const plain = list.fnArray.every(
    (operator, at) => PLAIN.has(operator) || (operator === OPS.constructPath && list.argsArray[at]?.[0] === OPS.endPath),
  );
  const name = list.argsArray[image.order]?.[0];
  if (!plain || typeof name !== "string" || !page.objs.has(name)) return undefined;
  const decoded = page.objs.get(name) as Decoded | null;
  const [across, down] = [image.pixels.width / widthOf(box), image.pixels.height / heightOf(box)];
  if (Math.abs(across - down) > UNEVEN * down || decoded?.width !== image.pixels.width || decoded.height !== image.pixels.height)
    return undefined;
  const grey = fittingScale(decoded.width, decoded.height) === 1 ? greyOf(decoded) : undefined;
  return grey && { data: grey, width: decoded.width, height: decoded.height, pixelsPerPoint: across };
}

/** How finely a page is painted for OCR: as its pictures are if they are all it is, within what Tesseract likes. */
export function dotsPerInch({ images, drawings, glyphs }: Marks): number {
  if (drawings > 0 || glyphs.some(({ hidden }) => !hidden)) return MOST_DPI;
  const densities = images.map(({ box, pixels }) => Math.sqrt((pixels.width * pixels.height) / Math.max(1, areaOf(box))));
  const finest = Math.round(densities.reduce((most, density) => Math.max(most, density), 0) * POINTS_PER_INCH);
  return finest >= LEAST_DPI && finest < MOST_DPI ? finest : MOST_DPI;
}

function isAll(image: Box, page: Box): boolean {
  return (["x0", "y0", "x1", "y1"] as const).every((side) => Math.abs(image[side] - page[side]) <= OFF);
}

/** A picture as pdf.js hands it over: `kind` is one of its `ImageKind`. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly kind?: number;
  readonly data?: Uint8ClampedArray | Uint8Array | null;
}

const GREYSCALE_1BPP = 1;
const RGB_24BPP = 2;

function greyOf({ width, height, kind, data }: Decoded): Buffer | undefined {
  if (!data || (kind !== GREYSCALE_1BPP && kind !== RGB_24BPP)) return undefined;
  const stride = kind === RGB_24BPP ? width * 3 : (width + 7) >> 3;
  if (data.length < stride * height) return undefined;
  const grey = Buffer.allocUnsafe(width * height);
  if (kind === RGB_24BPP)
    // Rec. 601's luma, in 256ths.
    for (let index = 0, at = 0; index < grey.length; index++, at += 3)
      grey[index] = (77 * (data[at] as number) + 150 * (data[at + 1] as number) + 29 * (data[at + 2] as number) + 128) >> 8;
  else
    for (let y = 0, index = 0; y < height; y++)
      for (let x = 0; x < width; x++, index++) grey[index] = ((data[y * stride + (x >> 3)] as number) >> (7 - (x & 7))) & 1 ? 255 : 0;
  return grey;
}
