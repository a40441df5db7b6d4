import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const EXTENSIONS = [".properties"] as const;

/** The values of Java's properties, in place. Nothing but its name tells such a file from plain text. */
export const properties: Format = {
  id: "properties",
  name: "Java properties",
  mediaTypes: ["text/x-java-properties"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) && sample.text !== undefined,
  open: async (file, context) => (await import("./open.ts")).openProperties(file, context),
};
