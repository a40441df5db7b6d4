import type { OpenDocument } from "../../formats/format.ts";
import { PREVIEW_DEADLINE_MS } from "../../formats/pdf/rendering.ts";

const QUALITY = 80;

/** A picture of a page, as WebP. Throws if it cannot be shown, or not in time. */
export async function previewOf(document: OpenDocument, page: number): Promise<Buffer> {
  if (!document.preview) throw new Error("The document has no pictures.");
  return (await document.preview(page))
    .webp({ quality: QUALITY })
    .timeout({ seconds: PREVIEW_DEADLINE_MS / 1000 })
    .toBuffer();
}
