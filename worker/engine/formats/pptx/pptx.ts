import type { Format } from "../format.ts";
import { isEncryptedOffice } from "../ooxml/encrypted.ts";
import { isZip, type Sample } from "../sample.ts";
import { EXTENSIONS, MEDIA_TYPES } from "./kinds.ts";

/** Presentations of Office Open XML, their templates, shows, and those with macros, written in place. Known by their main part. */
export const pptx: Format = {
  id: "pptx",
  name: "PowerPoint (PPTX)",
  mediaTypes: MEDIA_TYPES,
  extensions: EXTENSIONS,
  isShownByOffice: true,
  sniff: (sample) => (isZip(sample) ? hasMain(sample) : isEncryptedOffice(sample, EXTENSIONS)),
  // Loaded when a document needs it.
  open: async (file, context) => (await import("./open.ts")).openPptx(file, context),
};

function hasMain({ entries = [] }: Sample): boolean {
  return entries.some((name) => /^ppt\/presentation[^/]*\.xml$/i.test(name));
}
