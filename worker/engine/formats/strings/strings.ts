import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const EXTENSIONS = [".strings"] as const;

/** Apple's strings, in place. */
export const strings: Format = {
  id: "strings",
  name: "Apple strings",
  mediaTypes: ["text/x-apple-strings"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) && sample.text !== undefined,
  open: async (file, context) => (await import("./open.ts")).openStrings(file, context),
};
