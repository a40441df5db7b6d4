import { readFile, stat } from "node:fs/promises";
import type { Nodes, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { toString as textOf } from "mdast-util-to-string";
import { gfmTable } from "micromark-extension-gfm-table";
import { type Block, EngineError, type SourceDocument } from "../../models.ts";
import { requireFewPages } from "./pages.ts";

const MAX_TEXT_BYTES = 20 * 1024 * 1024;
const BLOCKS_PER_PAGE = 40;

/** Paragraphs are parted by blank lines. */
export async function openPlainText(file: string): Promise<SourceDocument> {
  const text = await readText(file);
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
  return document(paragraphs.filter(Boolean).map((paragraph) => ({ kind: "paragraph", text: paragraph })));
}

/** CommonMark with tables. Inline marks are read as their text. */
export async function openMarkdown(file: string): Promise<SourceDocument> {
  const root = fromMarkdown(await readText(file), { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
  return document(root.children.flatMap(toBlocks));
}

async function readText(file: string): Promise<string> {
  if ((await stat(file)).size > MAX_TEXT_BYTES) throw new EngineError("TEXT_TOO_LARGE", `Text is limited to ${MAX_TEXT_BYTES} bytes.`);
  const text = readUtf8(await readFile(file));
  if (text === undefined) throw new EngineError("UNSUPPORTED_FILE_TYPE", "The text is not UTF-8, or has control characters.");
  return text.replace(/\r\n?/g, "\n");
}

/** `bytes` as UTF-8 without control characters; undefined if they are not. */
export function readUtf8(bytes: Uint8Array, { stream = false } = {}): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary files from text.
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function document(blocks: Block[]): SourceDocument {
  const pageCount = Math.max(1, Math.ceil(blocks.length / BLOCKS_PER_PAGE));
  requireFewPages(pageCount);
  return {
    pageCount,
    async page(number) {
      const here = blocks.slice((number - 1) * BLOCKS_PER_PAGE, number * BLOCKS_PER_PAGE);
      return here.length > 0 ? { kind: "blocks", blocks: here } : { kind: "empty" };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function toBlocks(node: RootContent): Block[] {
  switch (node.type) {
    case "heading":
      return [{ kind: "heading", level: Math.min(3, node.depth) as 1 | 2 | 3, text: inline(node) }];
    case "paragraph":
      return [{ kind: "paragraph", text: inline(node) }];
    case "list":
      return [{ kind: "list", ordered: node.ordered === true, items: node.children.map(inline) }];
    case "code":
      return [{ kind: "code", text: node.value }];
    case "table":
      return [{ kind: "table", rows: (node as Table).children.map((row) => row.children.map(inline)) }];
    case "blockquote":
      return node.children.flatMap(toBlocks);
    default:
      return [];
  }
}

function inline(node: Nodes): string {
  return textOf(node, { includeHtml: false }).replace(/\s+/g, " ").trim();
}
