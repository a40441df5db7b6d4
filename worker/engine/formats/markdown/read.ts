import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { SECTION_BLOCKS, type Section } from "../sectioned.ts";
import { type Emitter, textDocument } from "../text_document.ts";
import { type Reading, readBlock } from "./blocks.ts";
import { parse } from "./syntax.ts";
import { requireLight } from "./weight.ts";
import { markdownEmitter } from "./write.ts";

/** CommonMark with GitHub's extensions and front matter. Throws EngineError: UNSUPPORTED_FILE_TYPE, TEXT_TOO_LARGE, TOO_MANY_PAGES, DOCUMENT_TOO_COMPLEX. */
export async function openMarkdown(file: string): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...readMarkdown(decoded.text) });
}

/** Pure: `source`, without a byte order mark, as sections, and how leaves of them are written back. */
export function readMarkdown(source: string): { sections: Section[]; emitter: Emitter } {
  requireLight(source);
  const syntax = parse(source);
  const sections: Section[] = [];
  let reading: Reading = { syntax, page: 1, remarks: [], ids: { given: 0 } };
  let blocks: Section["blocks"] = [];
  const end = () => {
    sections.push({ blocks, remarks: reading.remarks });
    reading = { syntax, page: sections.length + 1, remarks: [], ids: { given: 0 } };
    blocks = [];
  };
  for (const node of syntax.root.children) {
    if (blocks.length >= SECTION_BLOCKS) end();
    blocks.push(...readBlock(node, reading));
  }
  if (blocks.length > 0 || sections.length === 0) end();
  return { sections, emitter: markdownEmitter(syntax) };
}
