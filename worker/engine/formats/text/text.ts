import { readTextFile } from "../encoding.ts";
import type { Format } from "../format.ts";
import { readPlainText } from "../plain/read.ts";
import { textDocument } from "../text_document.ts";

/** Plain text, written in place. Lines that mean something are kept; prose that was wrapped is read whole. */
export const text: Format = {
  id: "text",
  name: "plain text",
  mediaTypes: ["text/plain"],
  extensions: [".txt", ".text"],
  sniff: ({ text: content }) => content !== undefined,
  async open(file) {
    const decoded = await readTextFile(file);
    return textDocument({ decoded, ...readPlainText(decoded.text) });
  },
};
