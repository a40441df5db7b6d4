import type { Block, Page } from "../../models.ts";

/** The document as UTF-8 text; tables with tabs, pages parted by a form feed. */
export function toText(pages: readonly Page[]): string {
  return `${pages.map((page) => (page.failure ? placeholder(page) : page.blocks.map(blockText).join("\n\n"))).join("\n\f\n")}\n`;
}

/** What stands in the result for a page that could not be read. */
export function placeholder(page: Page): string {
  return `[Page ${page.number} could not be read: ${page.failure}]`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "list":
      return block.items.map((item, index) => `${block.ordered ? `${index + 1}.` : "-"} ${item}`).join("\n");
    case "table":
      return block.rows.map((row) => row.join("\t")).join("\n");
    default:
      return block.text;
  }
}
