import { readFile, stat } from "node:fs/promises";
import type { Block, Inline } from "../../document/model.ts";
import { EngineError } from "../../errors.ts";
import type { Format, OpenDocument } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";

const MAX_TEXT_BYTES = 20 * 1024 * 1024;
const BLOCKS_PER_PAGE = 40;

/** Plain text. Paragraphs are parted by blank lines. */
export const text: Format = {
  id: "text",
  name: "plain text",
  mediaTypes: ["text/plain"],
  extensions: [".txt", ".text"],
  // A character cut by the end of the head is no fault. The rest is looked at when it is read.
  sniff: (head) => readUtf8(head, { stream: true }) !== undefined,
  async open(file) {
    const paragraphs = (await readText(file)).split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
    return inShares(paragraphs.filter(Boolean).map((paragraph) => (id) => ({ kind: "paragraph", id, content: [textOf(paragraph)] })));
  },
};

/** Throws UNSUPPORTED_FILE_TYPE, TEXT_TOO_LARGE. */
export async function readText(file: string): Promise<string> {
  if ((await stat(file)).size > MAX_TEXT_BYTES) throw new EngineError("TEXT_TOO_LARGE", `Text is limited to ${MAX_TEXT_BYTES} bytes.`);
  const read = readUtf8(await readFile(file));
  if (read === undefined) throw new EngineError("UNSUPPORTED_FILE_TYPE", "The text is not UTF-8, or has control characters.");
  return read.replace(/\r\n?/g, "\n");
}

/** `bytes` as UTF-8 without control characters; undefined if they are not. */
export function readUtf8(bytes: Uint8Array, { stream = false } = {}): string | undefined {
  try {
    const decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary files from text.
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

export function textOf(written: string): Inline {
  return { kind: "text", text: written };
}

/** A document without pages, in shares of some blocks each. */
export function inShares(blocks: readonly ((id: string) => Block)[]): OpenDocument {
  const pageCount = Math.max(1, Math.ceil(blocks.length / BLOCKS_PER_PAGE));
  requireFewPages(pageCount);
  return {
    pageCount,
    remarks: [],
    async page(number) {
      const here = blocks.slice((number - 1) * BLOCKS_PER_PAGE, number * BLOCKS_PER_PAGE);
      const made = here.map((block, index) => block(`p${number}b${index + 1}`));
      return { kind: "blocks", page: { number, blocks: made, remarks: [] } };
    },
    async [Symbol.asyncDispose]() {},
  };
}
