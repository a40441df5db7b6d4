import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { type Emitter, type TextPage, textDocument } from "../text_document.ts";
import { type Reading, readBlock } from "./blocks.ts";
import { parse } from "./syntax.ts";
import { markdownEmitter } from "./write.ts";

/** Such a document has no pages: its shares of the work have so many blocks of its own flow. */
const BLOCKS_PER_PAGE = 40;

/** CommonMark with GitHub's extensions and front matter. Throws EngineError: UNSUPPORTED_FILE_TYPE, TEXT_TOO_LARGE, TOO_MANY_PAGES. */
export async function openMarkdown(file: string): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...readMarkdown(decoded.text) });
}

/** Pure: `source`, without a byte order mark, as pages, and how leaves of them are written back. */
export function readMarkdown(source: string): { pages: TextPage[]; emitter: Emitter } {
  const syntax = parse(source);
  const pages: TextPage[] = [];
  let reading: Reading = { syntax, page: 1, remarks: [], ids: { given: 0 } };
  let blocks: TextPage["blocks"] = [];
  const endPage = () => {
    pages.push({ blocks, remarks: reading.remarks });
    reading = { syntax, page: pages.length + 1, remarks: [], ids: { given: 0 } };
    blocks = [];
  };
  for (const node of syntax.root.children) {
    if (blocks.length >= BLOCKS_PER_PAGE) endPage();
    blocks.push(...readBlock(node, reading));
  }
  if (blocks.length > 0 || pages.length === 0) endPage();
  return { pages, emitter: markdownEmitter(syntax) };
}
