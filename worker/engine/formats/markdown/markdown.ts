import { decode } from "../encoding.ts";
import type { Format } from "../format.ts";

const EXTENSIONS = [".md", ".markdown"] as const;

/** CommonMark with GitHub's extensions and front matter, written in place. Nothing but its name tells it from plain text. */
export const markdown: Format = {
  id: "markdown",
  name: "Markdown",
  mediaTypes: ["text/markdown"],
  extensions: EXTENSIONS,
  sniff: (head, fileName) =>
    EXTENSIONS.some((extension) => fileName.toLowerCase().endsWith(extension)) && decode(head, { stream: true }) !== undefined,
  // Loaded when a document needs it.
  open: async (file) => (await import("./read.ts")).openMarkdown(file),
};
