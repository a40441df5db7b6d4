import type { Block, Page } from "../../models.ts";
import { placeholder } from "./text.ts";

/** The document as CommonMark with tables; each page after the first is announced by a comment. */
export function toMarkdown(pages: readonly Page[]): string {
  return `${pages.map((page) => pageMarkdown(page)).join("\n\n")}\n`;
}

function pageMarkdown(page: Page): string {
  const mark = page.number > 1 ? `<!-- page ${page.number} -->\n\n` : "";
  return mark + (page.failure ? `> ${escaped(placeholder(page))}` : page.blocks.map(blockMarkdown).join("\n\n"));
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${escaped(block.text)}`;
    case "list":
      return block.items.map((item, index) => `${block.ordered ? `${index + 1}.` : "-"} ${escaped(item)}`).join("\n");
    case "table":
      return tableMarkdown(block.rows);
    case "code": {
      const fence = "`".repeat(Math.max(3, ...[...block.text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
      return `${fence}\n${block.text}\n${fence}`;
    }
    default:
      return escaped(block.text)
        .replace(/^(\d+)([.)])(?=\s)/, "$1\\$2")
        .replace(/^([-+])(?=\s)/, "\\$1");
  }
}

function tableMarkdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => escaped(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...body.map(line)].join("\n");
}

/** Text must not become markup, least of all HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, "\\$&").replace(/^#/, "\\#");
}
