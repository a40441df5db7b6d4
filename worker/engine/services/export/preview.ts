import type { SourceDocument } from "../../models.ts";
import { load, PREVIEW_SCALE, render } from "../ingestion/pdf.ts";

const QUALITY = 80;

export interface Preview {
  readonly page: number;
  /** WebP. */
  readonly image: Buffer;
}

/** A picture of each page of a PDF, about 900 pixels wide. */
export async function* previews(pdf: Uint8Array, signal: AbortSignal): AsyncGenerator<Preview> {
  const document = await load(pdf.slice());
  try {
    for (let page = 1; page <= document.numPages; page++) {
      signal.throwIfAborted();
      const picture = await render(await document.getPage(page), PREVIEW_SCALE);
      yield { page, image: await picture.webp({ quality: QUALITY }).toBuffer() };
    }
  } finally {
    await document.loadingTask.destroy();
  }
}

/** A picture of each page of the source that has one to show; a page that cannot be shown is left out, as the ledger says of it. */
export async function* sourcePreviews(source: SourceDocument, signal: AbortSignal): AsyncGenerator<Preview> {
  for (let page = 1; source.picture && page <= source.pageCount; page++) {
    signal.throwIfAborted();
    const image = await source
      .picture(page)
      .then((picture) => picture.webp({ quality: QUALITY }).toBuffer())
      .catch(() => undefined);
    if (image) yield { page, image };
  }
}
