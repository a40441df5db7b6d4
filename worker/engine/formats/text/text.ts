import type { Block, Inline } from "../../document/model.ts";
import type { Format, OpenDocument } from "../format.ts";
import { requireFewPages } from "../page_limit.ts";
import { decode, encodingRemark, readTextFile } from "./encoding.ts";

const BLOCKS_PER_PAGE = 40;

/** Plain text. Paragraphs are parted by blank lines. */
export const text: Format = {
  id: "text",
  name: "plain text",
  mediaTypes: ["text/plain"],
  extensions: [".txt", ".text"],
  // A character cut by the end of the head is no fault. The rest is looked at when it is read.
  sniff: (head) => decode(head, { stream: true }) !== undefined,
  async open(file) {
    const decoded = await readTextFile(file);
    const paragraphs = decoded.text.split(/(?:\r\n?|\n)\s*(?:\r\n?|\n)/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
    const remark = encodingRemark(decoded);
    const blocks = paragraphs.filter(Boolean).map(
      (paragraph) =>
        (id: string): Block => ({ kind: "paragraph", id, content: [textOf(paragraph)] }),
    );
    return { ...inShares(blocks), remarks: remark ? [remark] : [] };
  },
};

function textOf(written: string): Inline {
  return { kind: "text", text: written };
}

/** A document without pages, in shares of some blocks each. */
function inShares(blocks: readonly ((id: string) => Block)[]): OpenDocument {
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
