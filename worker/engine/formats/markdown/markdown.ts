import type { Nodes, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { toString as plainTextOf } from "mdast-util-to-string";
import { gfmTable } from "micromark-extension-gfm-table";
import type { Block, HeadingLevel } from "../../document/model.ts";
import type { Format } from "../format.ts";
import { inShares, readText, readUtf8, textOf } from "../text/text.ts";

type Made = (id: string) => Block;

/** CommonMark with tables. Inline marks are read as their text. */
export const markdown: Format = {
  id: "markdown",
  name: "Markdown",
  mediaTypes: ["text/markdown"],
  extensions: [".md", ".markdown"],
  sniff: (head, fileName) => /\.(md|markdown)$/i.test(fileName) && readUtf8(head, { stream: true }) !== undefined,
  async open(file) {
    const root = fromMarkdown(await readText(file), { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
    return inShares(root.children.flatMap(toBlocks));
  },
};

function toBlocks(node: RootContent): Made[] {
  switch (node.type) {
    case "heading":
      return [(id) => ({ kind: "heading", id, level: node.depth as HeadingLevel, content: [textOf(inline(node))] })];
    case "paragraph":
      return [(id) => ({ kind: "paragraph", id, content: [textOf(inline(node))] })];
    case "list":
      return [
        (id) => ({
          kind: "list",
          id,
          items: node.children.map((item, index) => ({
            mark: node.ordered ? `${(node.start ?? 1) + index}.` : "•",
            blocks: [{ kind: "paragraph", id: `${id}i${index + 1}`, content: [textOf(inline(item))] }],
          })),
        }),
      ];
    case "code":
      return [(id) => ({ kind: "code", id, text: node.value, ...(node.lang && { language: node.lang }) })];
    case "table":
      return [
        (id) => ({
          kind: "table",
          id,
          rows: (node as Table).children.map((row, at) =>
            row.children.map((cell, column) => ({
              blocks: [{ kind: "paragraph" as const, id: `${id}r${at + 1}c${column + 1}`, content: [textOf(inline(cell))] }],
              ...(at === 0 && { header: true }),
            })),
          ),
        }),
      ];
    case "blockquote":
      return node.children.flatMap(toBlocks);
    default:
      return [];
  }
}

function inline(node: Nodes): string {
  return plainTextOf(node, { includeHtml: false }).replace(/\s+/g, " ").trim();
}
