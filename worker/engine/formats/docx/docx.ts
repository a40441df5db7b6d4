import type { Format } from "../format.ts";
import { isEncryptedOffice } from "../ooxml/encrypted.ts";
import { isZip, type Sample } from "../sample.ts";
import { EXTENSIONS, MEDIA_TYPES } from "./types.ts";

export const docx: Format = {
  id: "docx",
  name: "Word (DOCX)",
  mediaTypes: MEDIA_TYPES,
  extensions: EXTENSIONS,
  isShownByOffice: true,
  sniff: (sample) => (isZip(sample) ? hasWord(sample) : isEncryptedOffice(sample, EXTENSIONS)),
  open: async (file, context) => (await import("./open.ts")).openDocx(file, context),
};

function hasWord({ entries = [] }: Sample): boolean {
  const has = (pattern: RegExp) => entries.some((name) => pattern.test(name));
  return has(/^\[Content_Types\]\.xml$/i) && has(/^word\/[^/]+\.xml$/i) && !has(/^(?:xl|ppt)\//i);
}
