import { type Block, type Cell, type Inline, type ListItem, type Page, plainText } from "../../document/model.ts";
import { gridOf } from "./grid.ts";
import { placeholder } from "./renderer.ts";

/**
 * A page as UTF-8 text: its running heads first, its notes and what stands at its foot last, as on paper; tables with tabs.
 * Pages are parted by a form feed.
 */
export function pageText(page: Page): string {
  const text = page.failure === undefined ? inLayers(page.blocks).map(blockText).filter(Boolean).join("\n\n") : placeholder(page);
  return `${page.number > 1 ? "\n\f\n" : ""}${text}`;
}

/** Running heads first, then the text, its notes, and what stands at the foot. */
export function inLayers(blocks: readonly Block[]): Block[] {
  const heads = blocks.filter(({ layer }) => layer === "header");
  const notes = blocks.filter(({ layer }) => layer === "note");
  const feet = blocks.filter(({ layer }) => layer === "footer");
  return [...heads, ...blocks.filter(({ layer }) => layer === undefined || layer === "body" || layer === "margin"), ...notes, ...feet];
}

export function blockText(block: Block): string {
  switch (block.kind) {
    case "list":
      return block.items.map(itemText).join("\n");
    case "table":
      return gridOf(block)
        .map((row) => row.map(cellText).join("\t"))
        .join("\n");
    case "quote":
      return block.blocks.map(blockText).join("\n\n");
    case "code":
    case "formula":
      return block.text;
    case "rule":
      return "";
    case "heading":
    case "paragraph":
    case "caption":
    case "figure":
      // A note's own mark stands before its words, whoever read it, with a space.
      return block.layer === "note" ? contentText(block.content).replace(/^(\[[\p{L}\p{N}]+\])(?=\S)/u, "$1 ") : contentText(block.content);
  }
}

function itemText({ mark, checked, blocks }: ListItem): string {
  const head = [mark, checked === undefined ? "" : `[${checked ? "x" : " "}]`].filter(Boolean).join(" ");
  return `${head} ${blocks.map(blockText).join("\n").replaceAll("\n", "\n  ")}`;
}

export function cellText(cell: Cell | undefined): string {
  return (cell?.blocks ?? []).map(blockText).join(" ").replace(/\s+/g, " ");
}

/** What `content` says. The mark of a note is set apart from the word or number that it stands at. */
function contentText(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "span") return contentText(inline.content);
      return inline.kind === "atom" && inline.as === "note" ? noteMark(inline.text) : plainText([inline]);
    })
    .join("");
}

export function noteMark(mark: string): string {
  return /^[\p{L}\p{N}]+$/u.test(mark) ? `[${mark}]` : mark;
}
