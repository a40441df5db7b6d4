import { PDFDocument } from "pdf-lib";
import type { Sharp } from "sharp";

const QUALITY = 90;

export interface Frame {
  readonly picture: Sharp;
  /** In points. */
  readonly width: number;
  readonly height: number;
}

/** Pictures as pages of a PDF, each as large as it is on paper. */
export async function framesAsPdf(frames: AsyncIterable<Frame>): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setProducer("Dragoman");
  for await (const { picture, width, height } of frames) {
    const jpeg = await picture.flatten({ background: "#ffffff" }).toColourspace("srgb").jpeg({ quality: QUALITY }).toBuffer();
    const image = await document.embedJpg(jpeg);
    document.addPage([width, height]).drawImage(image, { x: 0, y: 0, width, height });
  }
  return document.save();
}
