import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const EXTENSIONS = [".md", ".markdown"] as const;

/** CommonMark with GitHub's extensions and front matter, written in place. Nothing but its name tells it from plain text. */
export const markdown: Format = {
  id: "markdown",
  name: "Markdown",
  mediaTypes: ["text/markdown"],
  extensions: EXTENSIONS,
  sniff: (sample) => isNamed(sample, EXTENSIONS) && sample.text !== undefined,
  // Loaded when a document needs it.
  open: async (file) => (await import("./read.ts")).openMarkdown(file),
};
