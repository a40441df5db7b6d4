import type { Format } from "../format.ts";
import { isZip } from "../sample.ts";
import { mimetypeOf } from "../zip/peek.ts";

const MEDIA_TYPE = "application/epub+zip";

/** Books of EPUB 2 and 3 (https://www.w3.org/TR/epub-33), written in place. Told by what the archive says it is, or by its container. */
export const epub: Format = {
  id: "epub",
  name: "EPUB",
  mediaTypes: [MEDIA_TYPE],
  extensions: [".epub"],
  sniff: (sample) =>
    isZip(sample) && (mimetypeOf(sample.head) === MEDIA_TYPE || (sample.entries?.includes("META-INF/container.xml") ?? false)),
  // Loaded when a document needs it.
  open: async (file) => (await import("./open.ts")).openEpub(file),
};
