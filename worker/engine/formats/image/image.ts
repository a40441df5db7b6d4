import type { Format } from "../format.ts";

const starts =
  (text: string, at = 0) =>
  (head: Buffer) =>
    head.subarray(at, at + text.length).toString("latin1") === text;
const SIGNATURES: readonly ((head: Buffer) => boolean)[] = [
  starts("\x89PNG\r\n\x1a\n"),
  starts("\xff\xd8\xff"),
  ...["II*\0", "MM\0*", "II+\0", "MM\0+"].map((text) => starts(text)),
  (head) => starts("RIFF")(head) && starts("WEBP", 8)(head),
  ...["GIF87a", "GIF89a"].map((text) => starts(text)),
];

/** PNG, JPEG, WebP, GIF, or a TIFF of several pages. */
export const image: Format = {
  id: "image",
  name: "pictures (PNG, JPEG, TIFF, WebP, GIF)",
  mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif"],
  extensions: [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".gif"],
  sniff: ({ head }) => SIGNATURES.some((matches) => matches(Buffer.from(head.buffer, head.byteOffset, head.length))),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openImage(file, context),
};
