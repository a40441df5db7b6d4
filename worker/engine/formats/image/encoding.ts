import { open } from "node:fs/promises";
import sharp, { type Metadata, type Sharp } from "sharp";
import type { Raw } from "./frame.ts";
import { jpegQuality } from "./jpeg_quality.ts";
import { tiffCompression } from "./tiff_compression.ts";

/** The file types that a picture comes back in: its own. */
export const PICTURE_TYPES = {
  jpeg: { mediaType: "image/jpeg", extension: ".jpg" },
  png: { mediaType: "image/png", extension: ".png" },
  webp: { mediaType: "image/webp", extension: ".webp" },
  tiff: { mediaType: "image/tiff", extension: ".tiff" },
  gif: { mediaType: "image/gif", extension: ".gif" },
} as const;
export type PictureType = keyof typeof PICTURE_TYPES;

export function pictureTypeOf(format: string | undefined): PictureType {
  return format !== undefined && Object.hasOwn(PICTURE_TYPES, format) ? (format as PictureType) : "png";
}

const USUAL_QUALITY = 88;
/** Of what a TIFF has as JPEG; its tables are not looked for. */
const TIFF_QUALITY = 82;
const HEAD_BYTES = 65_536;

export interface Encoding {
  /** The source's. */
  readonly file: string;
  readonly type: PictureType;
  readonly metadata: Omit<Metadata, "autoOrient">;
}

/** Pixels in color as a file as much like the source's as can be: type, depth, density, quality. */
export async function encodePicture({ data, info: { width, height } }: Raw, { file, type, metadata }: Encoding): Promise<Buffer> {
  const { density, channels = 3, space } = metadata;
  const whole = sharp(data, { raw: { width, height, channels: 3 } });
  const isGrey = channels <= 2 && space !== "srgb";
  const picture = isGrey ? whole.greyscale().toColourspace("b-w") : whole;
  const sized = density ? picture.withDensity(density) : picture;
  return (await as(type, sized, { file, metadata })).toBuffer();
}

async function as(type: PictureType, picture: Sharp, { file, metadata }: Omit<Encoding, "type">): Promise<Sharp> {
  const isBilevel = metadata.bitsPerSample === 1 && !metadata.isPalette;
  switch (type) {
    case "jpeg":
      return picture.jpeg({
        quality: Math.min(95, Math.max(50, jpegQuality(await headOf(file)) ?? USUAL_QUALITY)),
        ...(metadata.chromaSubsampling === "4:4:4" ? { chromaSubsampling: "4:4:4" } : {}),
      });
    case "png":
      return picture.png(isBilevel ? { palette: true, colours: 2, dither: 0 } : metadata.isPalette ? { palette: true } : {});
    case "webp":
      return picture.webp({ quality: USUAL_QUALITY });
    case "tiff": {
      if (isBilevel) return picture.tiff({ compression: "ccittfax4", bitdepth: 1 });
      const isJpeg = JPEG_COMPRESSIONS.has((await tiffCompression(file)) ?? 0);
      return picture.tiff(isJpeg ? { compression: "jpeg", quality: TIFF_QUALITY } : { compression: "deflate", predictor: "horizontal" });
    }
    case "gif":
      return picture.gif();
  }
}

/** TIFF 6.0, section 22, and its technical note 2. */
const JPEG_COMPRESSIONS: ReadonlySet<number> = new Set([6, 7]);

async function headOf(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
  return head.subarray(0, bytesRead);
}
