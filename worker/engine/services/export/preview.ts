import { load, render } from "../ingestion/pdf.ts";

const PREVIEW_SCALE = 1.5;
const QUALITY = 80;

/** A WebP picture of each page of a PDF, about 900 pixels wide. */
export async function* previews(pdf: Uint8Array, signal: AbortSignal): AsyncGenerator<{ page: number; image: Buffer }> {
  const document = await load(pdf.slice());
  try {
    for (let page = 1; page <= document.numPages; page++) {
      signal.throwIfAborted();
      const picture = await render(await document.getPage(page), PREVIEW_SCALE);
      yield {
        page,
        image: await picture.webp({ quality: QUALITY }).toBuffer(),
      };
    }
  } finally {
    await document.loadingTask.destroy();
  }
}
