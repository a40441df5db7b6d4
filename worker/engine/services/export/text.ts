import { type Block, type Page, plainText } from "../../document/model.ts";
import { placeholder } from "./renderer.ts";

/** A page as UTF-8 text; tables with tabs. Pages are parted by a form feed. */
export function pageText(page: Page): string {
  const text = page.failure === undefined ? page.blocks.map(blockText).filter(Boolean).join("\n\n") : placeholder(page);
  return `${page.number > 1 ? "\n\f\n" : ""}${text}`;
}

export function blockText(block: Block): string {
  switch (block.kind) {
    case "list":
      return block.items.map(({ mark, blocks }) => `${mark} ${blocks.map(blockText).join("\n")}`).join("\n");
    case "table":
      return block.rows.map((row) => row.map((cell) => cell.blocks.map(blockText).join(" ")).join("\t")).join("\n");
    case "quote":
      return block.blocks.map(blockText).join("\n\n");
    case "code":
    case "formula":
      return block.text;
    case "rule":
      return "";
    default:
      return plainText(block.content);
  }
}
