import { open } from "node:fs/promises";
import type { DocumentContext } from "../context.ts";
import { EngineError } from "../errors.ts";
import type { Format, OpenDocument } from "./format.ts";
import { image } from "./image/image.ts";
import { markdown } from "./markdown/markdown.ts";
import { pdf } from "./pdf/pdf.ts";
import { text } from "./text/text.ts";

const HEAD_BYTES = 64 * 1024;

/** Every file type that is read, the surest first. This is the only place that knows them all. */
export const FORMATS: readonly Format[] = [pdf, image, markdown, text];

/** A file's content decides what it is; its name only tells Markdown from plain text. */
export interface Registry {
  /** Throws EngineError: UNSUPPORTED_FILE_TYPE, EMPTY_FILE, and what the format's `open` throws. */
  open(file: string, fileName: string, context: DocumentContext): Promise<{ readonly format: Format; readonly document: OpenDocument }>;
}

export const registry: Registry = {
  async open(file, fileName, context) {
    const head = await readHead(file);
    if (head.length === 0) throw new EngineError("EMPTY_FILE", "The file is empty.");
    const format = FORMATS.find((candidate) => candidate.sniff(head, fileName));
    if (!format) throw new EngineError("UNSUPPORTED_FILE_TYPE", "The content is of no type that can be read.");
    return { format, document: await format.open(file, context) };
  },
};

async function readHead(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
