import { type Block, type Cell, type Page, plainText } from "../../document/model.ts";
import { placeholder } from "./renderer.ts";
import { blockText } from "./text.ts";

/** A page as CommonMark with tables; each after the first is announced by a comment. */
export function pageMarkdown(page: Page): string {
  const mark = page.number > 1 ? `\n\n<!-- page ${page.number} -->\n\n` : "";
  return mark + (page.failure === undefined ? page.blocks.map(blockMarkdown).join("\n\n") : `> ${escaped(placeholder(page))}`);
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${escaped(plainText(block.content))}`;
    case "list":
      return block.items
        .map(({ mark, blocks }) => `${/^\d+[.)]$/.test(mark) ? mark : "-"} ${blocks.map(blockMarkdown).join("\n\n  ")}`)
        .join("\n");
    case "table":
      return tableMarkdown(block.rows);
    case "quote":
      return block.blocks.map((each) => `> ${blockMarkdown(each).replaceAll("\n", "\n> ")}`).join("\n>\n");
    case "code":
    case "formula": {
      const fence = "`".repeat(Math.max(3, ...[...block.text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
      return `${fence}${block.language ?? ""}\n${block.text}\n${fence}`;
    }
    case "rule":
      return "---";
    default:
      return escaped(plainText(block.content))
        .replace(/^(\d+)([.)])(?=\s)/, "$1\\$2")
        .replace(/^([-+])(?=\s)/, "\\$1");
  }
}

function tableMarkdown(rows: readonly (readonly Cell[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => escaped(cell.blocks.map(blockText).join(" ")).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...body.map(line)].join("\n");
}

/** Text must not become markup, least of all HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, "\\$&").replace(/^#/, "\\#");
}
