import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { type Section, Sections } from "../sectioned.ts";
import { type Emitter, textDocument } from "../text_document.ts";
import { readBlock } from "./blocks.ts";
import { parse } from "./syntax.ts";
import { requireLight } from "./weight.ts";
import { markdownEmitter } from "./write.ts";

/** CommonMark with GitHub's extensions and front matter. Throws EngineError: UNSUPPORTED_FILE_TYPE, TEXT_TOO_LARGE, TOO_MANY_PAGES, DOCUMENT_TOO_COMPLEX. */
export async function openMarkdown(file: string): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...readMarkdown(decoded.text) });
}

/** Pure: `source`, without a byte order mark, as sections, and how leaves of them are written back. */
export function readMarkdown(source: string): { sections: readonly Section[]; emitter: Emitter } {
  requireLight(source);
  const syntax = parse(source);
  const sections = new Sections();
  for (const node of syntax.root.children) sections.add(...readBlock(node, { syntax, sections }));
  return { sections: sections.done(), emitter: markdownEmitter(syntax) };
}
