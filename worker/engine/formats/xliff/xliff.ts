import type { Format } from "../format.ts";
import { isNamed, type Sample } from "../sample.ts";

const EXTENSIONS = [".xlf", ".xliff"] as const;

/** Bilingual files of translators' tools, versions 1.x and 2.x, in place: targets that are wanted are filled in. */
export const xliff: Format = {
  id: "xliff",
  name: "XLIFF",
  mediaTypes: ["application/xliff+xml"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) || looksLikeXliff(sample),
  open: async (file, context) => (await import("./open.ts")).openXliff(file, context),
};

function looksLikeXliff({ text = "" }: Sample): boolean {
  return /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[\s\S]{0,4000}?-->\s*|<!DOCTYPE[^>]{0,300}>\s*)?<(?:\w{1,20}:)?xliff[\s>]/.test(text);
}
