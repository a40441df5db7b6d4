import { readFile } from "node:fs/promises";
import type { PDFContext, PDFRef } from "pdf-lib";
import sharp from "sharp";
import type { Matrix } from "../../document/matrix.ts";
import { EngineError } from "../../errors.ts";
import type { Patch } from "../../inpainting/patches.ts";
import { MAX_PIXELS } from "../pixels.ts";
import { openFrame } from "./frame.ts";
import { squareToOriented } from "./matrix.ts";
import { type PngStream, pngStream } from "./png_stream.ts";

/** For what no PDF shows as it is, and is no drawing. */
const QUALITY = 85;

/** A picture in a PDF, and how its square is turned as it is looked at. */
export interface Embedded {
  readonly image: PDFRef;
  readonly orientation: Matrix;
}

const UPRIGHT = squareToOriented(1);

/** A frame of the file: JPEG and PNG as they are wherever a PDF can show them. Throws IMAGE_CORRUPT, STORAGE_FULL. */
export async function embedFrame(context: PDFContext, file: string, number: number): Promise<Embedded> {
  const {
    format,
    space,
    channels,
    width,
    height,
    orientation = 1,
    icc,
    bitsPerSample,
    hasAlpha,
  } = await sharp(file, {
    page: number - 1,
    limitInputPixels: MAX_PIXELS,
  }).metadata();
  const profile = { icc, channels };
  if (format === "jpeg" && space !== "cmyk" && (channels === 1 || channels === 3)) {
    const image = embedJpeg(context, await readFile(file), { width, height, ...profile });
    return { image, orientation: squareToOriented(orientation) };
  }
  const asItIs = format === "png" && orientation === 1 ? pngStream(await readFile(file)) : undefined;
  if (asItIs) return { image: embedPng(context, asItIs, profile), orientation: UPRIGHT };
  return {
    image: await embedAnew(context, file, number, bitsPerSample === 1 ? "bits" : isDrawn(format, hasAlpha) ? "png" : "jpeg"),
    orientation: UPRIGHT,
  };
}

function isDrawn(format: string | undefined, hasAlpha: boolean | undefined): boolean {
  return format === "gif" || format === "png" || hasAlpha === true;
}

async function embedAnew(context: PDFContext, file: string, number: number, as: "bits" | "png" | "jpeg"): Promise<PDFRef> {
  try {
    const flat = openFrame(file, number).flatten({ background: "white" }).toColourspace("srgb").removeAlpha();
    if (as === "jpeg") {
      const { data, info } = await flat.jpeg({ quality: QUALITY }).toBuffer({ resolveWithObject: true });
      return embedJpeg(context, data, info);
    }
    const bits = as === "bits" ? { palette: true, colours: 2, dither: 0 } : {};
    const png = pngStream(await flat.png(bits).toBuffer());
    if (!png) throw new Error("PNG of ours is not as PDF needs it.");
    return embedPng(context, png, {});
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture is damaged or cut off.", { page: number, cause: error });
  }
}

interface Profile {
  readonly icc?: Buffer | undefined;
  readonly channels?: number | undefined;
}

interface Jpeg extends Profile {
  readonly width: number;
  readonly height: number;
}

function embedJpeg(context: PDFContext, data: Uint8Array, { width, height, icc, channels }: Jpeg): PDFRef {
  const space = colorSpace(context, channels === 1 ? 1 : 3, icc);
  const image = {
    Type: "XObject",
    Subtype: "Image",
    Width: width,
    Height: height,
    BitsPerComponent: 8,
    ColorSpace: space,
    Filter: "DCTDecode",
  };
  return context.register(context.stream(data, image));
}

function embedPng(context: PDFContext, { width, height, bits, colors, palette, data }: PngStream, { icc }: Profile): PDFRef {
  const base = palette ? 3 : colors;
  const plain = colorSpace(context, base, icc);
  const space = palette ? context.obj(["Indexed", plain, palette.length / 3 - 1, context.register(context.stream(palette))]) : plain;
  return context.register(
    context.stream(data, {
      ...{
        Type: "XObject",
        Subtype: "Image",
        Width: width,
        Height: height,
        BitsPerComponent: bits,
        ColorSpace: space,
        Filter: "FlateDecode",
      },
      DecodeParms: { Predictor: 15, Colors: colors, BitsPerComponent: bits, Columns: width },
    }),
  );
}

/** With the picture's own profile, if it is one of this many colors (ICC.1:2022, 7.2.6: the header says of which). */
function colorSpace(context: PDFContext, colors: 1 | 3, icc: Buffer | undefined) {
  const device = colors === 1 ? "DeviceGray" : "DeviceRGB";
  if (icc?.toString("latin1", 16, 20) !== (colors === 1 ? "GRAY" : "RGB ")) return device;
  return context.obj(["ICCBased", context.register(context.flateStream(icc, { N: colors, Alternate: device }))]);
}

/** A patch, which is square and upright. */
export async function embedPatch(context: PDFContext, { data, mediaType }: Patch): Promise<PDFRef> {
  if (mediaType === "image/jpeg") {
    const { width, height, channels } = await sharp(data).metadata();
    return embedJpeg(context, data, { width, height, channels });
  }
  const png = pngStream(Buffer.from(data.buffer, data.byteOffset, data.length));
  if (!png) throw new Error("A patch is not as PDF needs it.");
  return embedPng(context, png, {});
}
