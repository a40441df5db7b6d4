import sharp from "sharp";
import type { DocumentContext } from "../../context.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { OpenDocument, Picture } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";
import { fittingScale, MAX_PIXELS, toGrey } from "../pixels.ts";
import type { Frame } from "./as_pdf.ts";
import { pictureTypeOf } from "./encoding.ts";
import { atLeastOne, openFrame } from "./frame.ts";
import { pdfWriter } from "./pdf_writer.ts";
import { pictureWriter } from "./picture_writer.ts";
import { sizeOf } from "./size.ts";

const PREVIEW_WIDTH = 900;

/** Throws IMAGE_CORRUPT, IMAGE_TOO_LARGE, TOO_MANY_PAGES. */
export async function openImage(file: string, { folder }: DocumentContext): Promise<OpenDocument> {
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
    flow: "paged",
    pageCount: pages,
    remarks: frames > pages ? [dropped] : [],
    async page(number) {
      const read = await sizeOf(file, number);
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
    async asPdf() {
      const { framesAsPdf } = await import("./as_pdf.ts");
      return framesAsPdf(framesOf(file, pages));
    },
    async preview(number) {
      return openFrame(file, number).resize({ width: PREVIEW_WIDTH, withoutEnlargement: true });
    },
    writer: (writing) => pictureWriter({ file, folder, pageCount: pages, type: pictureTypeOf(format) }, writing),
    pdfWriter: (writing) => pdfWriter(file, writing),
    async [Symbol.asyncDispose]() {},
  };
}

async function* framesOf(file: string, pages: number): AsyncGenerator<Frame> {
  for (let number = 1; number <= pages; number++) yield { ...(await sizeOf(file, number)), picture: openFrame(file, number) };
}

async function metadata(file: string) {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw new EngineError("IMAGE_CORRUPT", "The picture cannot be read.", { cause: error });
  }
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
