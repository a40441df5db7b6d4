import type { Sharp } from "sharp";
import type { OpenDocument } from "../../formats/format.ts";
import { load } from "../../formats/pdf/load.ts";
import { PREVIEW_DEADLINE_MS, renderForPeople } from "../../formats/pdf/rendering.ts";

const QUALITY = 80;

/** Pictures of a PDF's pages, about 900 pixels wide, as WebP. */
export interface Previews extends AsyncDisposable {
  /** From 1. */
  preview(page: number): Promise<Buffer>;
}

export async function openPreviews(pdf: Uint8Array): Promise<Previews> {
  const document = await load(new Uint8Array(pdf));
  return {
    preview: async (page) => toWebp(await renderForPeople(await document.getPage(page))),
    [Symbol.asyncDispose]: () => document.loadingTask.destroy(),
  };
}

/** A picture of a page of the source, as WebP. Throws if it cannot be shown, or not in time. */
export async function sourcePreview(source: OpenDocument, page: number): Promise<Buffer> {
  if (!source.preview) throw new Error("The source has no pictures.");
  return toWebp(await source.preview(page));
}

function toWebp(picture: Sharp): Promise<Buffer> {
  return picture
    .webp({ quality: QUALITY })
    .timeout({ seconds: PREVIEW_DEADLINE_MS / 1000 })
    .toBuffer();
}
