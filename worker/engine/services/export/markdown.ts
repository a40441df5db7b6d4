import {
  type Block,
  type Cell,
  type Inline,
  type Leaf,
  type ListItem,
  leavesOf,
  type Page,
  plainText,
  type Table,
} from "../../document/model.ts";
import { gridOf } from "./grid.ts";
import { type InlineWriting, inlineMarkdown, longest } from "./inline_markdown.ts";
import { placeholder } from "./renderer.ts";

/**
 * Pages, in order, as CommonMark with tables and footnotes. Each after the first is announced by a comment, which also has what
 * is in the page's head and foot; its notes stand at its end.
 */
export function markdownPages(): (page: Page) => string {
  const used = new Set<string>();
  return (page) => {
    const start = page.number > 1 ? "\n\n" : "";
    const comment = pageComment(page);
    const blocks = page.failure === undefined ? pageBlocks(page, used) : [`> ${inlineMarkdown(textOf(placeholder(page)), PLAIN)}`];
    return start + [...(comment ? [comment] : []), ...blocks].join("\n\n");
  };
}

/** A page alone. */
export function pageMarkdown(page: Page): string {
  return markdownPages()(page);
}

const PLAIN: InlineWriting = { inCell: false, inLine: false, noteLabel: () => undefined };

function textOf(text: string): Inline[] {
  return [{ kind: "text", text }];
}

function pageComment({ number, blocks }: Page): string {
  const outside = blocks.filter(({ layer }) => layer === "header" || layer === "footer");
  const said = [...leavesOf(outside)].map(({ content }) => plainText(content).replace(/\s+/g, " ").trim()).filter(Boolean);
  if (number === 1 && said.length === 0) return "";
  // Two hyphens would end the comment, or begin another.
  const words = said.join(" · ").replace(/-{2,}/g, "–").replace(/[<>]/g, "").replace(/-$/, "–");
  return `<!-- page ${number}${words ? `: ${words}` : ""} -->`;
}

function pageBlocks({ number, blocks }: Page, used: Set<string>): string[] {
  const notes = blocks.filter(({ layer }) => layer === "note");
  const body = blocks.filter(({ layer = "body" }) => layer === "body" || layer === "margin");
  const labels = noteLabels(notes, number, used);
  const writing: InlineWriting = { ...PLAIN, noteLabel: (mark) => labels.get(mark) };
  return [...flowOf(body, writing), ...notesOf(notes, writing)];
}

/** Marks may begin anew on every page; labels, of which `used` has those of earlier pages, are of the whole document. */
function noteLabels(notes: readonly Block[], page: number, used: Set<string>): Map<string, string> {
  const marks = [...new Set(notes.map(markOf).filter((mark) => mark !== undefined))];
  return new Map(
    marks.map((mark, index) => {
      const plain = /^[\p{L}\p{N}-]+$/u.test(mark) ? mark : `n${index + 1}`;
      const label = used.has(plain) ? `${page}-${plain}` : plain;
      used.add(label);
      return [mark, label];
    }),
  );
}

/** The mark that a note's own text begins with. */
function markOf(note: Block): string | undefined {
  const [first] = note.kind === "paragraph" ? note.content : [];
  return first?.kind === "atom" && first.as === "note" && first.text !== "" ? first.text : undefined;
}

function notesOf(notes: readonly Block[], writing: InlineWriting): string[] {
  const defined = new Set<string>();
  const made: string[] = [];
  for (const note of notes) {
    const mark = markOf(note);
    const label = mark === undefined ? undefined : writing.noteLabel(mark);
    if (label !== undefined && note.kind === "paragraph" && !defined.has(label)) {
      defined.add(label);
      made.push(`[^${label}]: ${inlineMarkdown(note.content.slice(1), writing).replaceAll("\n", "\n    ")}`);
    } else if (defined.size > 0 && mark === undefined) made.push(indented(blockMarkdown(note, writing), "    "));
    else made.push(blockMarkdown(note, writing));
  }
  return made;
}

/** Lists side by side would be read as one. */
const BETWEEN_LISTS = "<!-- -->";

function flowOf(blocks: readonly Block[], writing: InlineWriting): string[] {
  const made: string[] = [];
  let before: Block | undefined;
  for (const block of blocks) {
    const text = blockMarkdown(block, writing);
    if (text === "") continue;
    if (before?.kind === "list" && block.kind === "list") made.push(BETWEEN_LISTS);
    made.push(text);
    before = block;
  }
  return made;
}

function blockMarkdown(block: Block, writing: InlineWriting): string {
  switch (block.kind) {
    case "heading":
      return headingMarkdown(block, writing);
    case "list":
      return listMarkdown(block.items, writing);
    case "table":
      return tableMarkdown(block, writing);
    case "quote":
      return prefixed(flowOf(block.blocks, writing).join("\n\n"), "> ");
    case "code": {
      const fence = "`".repeat(Math.max(3, longest(block.text, /`+/g) + 1));
      return `${fence}${block.language?.replace(/[`\s].*/s, "") ?? ""}\n${block.text}\n${fence}`;
    }
    case "formula":
      return `$$\n${block.text}\n$$`;
    case "rule":
      // Three hyphens at the head of a file would begin front matter.
      return "***";
    case "figure": {
      const words = inlineMarkdown(block.content, { ...writing, inLine: true });
      return words === "" ? "" : `![${words}]()`;
    }
    case "paragraph":
    case "caption":
      return inlineMarkdown(block.content, writing);
  }
}

function headingMarkdown({ level, content }: Leaf & { level: number }, writing: InlineWriting): string {
  // A heading is bold of itself.
  const [only] = content;
  const said = content.length === 1 && only?.kind === "span" && only.style?.bold && only.link === undefined ? only.content : content;
  const text = inlineMarkdown(said, { ...writing, inLine: true }).replace(/(?<![\\#])#+$/, (signs) => `\\${signs}`);
  return text === "" ? "" : `${"#".repeat(level)} ${text}`;
}

/** Markdown counts on from a list's first number: where the source does not, another list begins. */
function listMarkdown(items: readonly ListItem[], writing: InlineWriting): string {
  const isTight = items.every(({ blocks }) => blocks.every(({ kind }, index) => index === 0 || kind === "list"));
  let number: number | undefined;
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const { marker, counted } = markerOf(item.mark);
    const jumps = number !== undefined && counted !== undefined && counted !== number + 1;
    if (index > 0 && (jumps || (counted === undefined) !== (number === undefined))) lines.push("", BETWEEN_LISTS, "");
    else if (index > 0 && !isTight) lines.push("");
    lines.push(itemMarkdown(item, marker, isTight, writing));
    number = counted;
  }
  return lines.join("\n");
}

function itemMarkdown({ mark, checked, blocks }: ListItem, marker: string, isTight: boolean, writing: InlineWriting): string {
  const task = checked === undefined ? "" : `[${checked ? "x" : " "}] `;
  // A mark that Markdown does not have stays as text before the item's own.
  const kept = marker === "-" && !BULLET.test(mark) && checked === undefined ? `${inlineMarkdown(textOf(mark), writing)} ` : "";
  const inner = flowOf(blocks, writing).join(isTight ? "\n" : "\n\n");
  return `${marker} ${task}${kept}${indented(inner, " ".repeat(marker.length + 1)).trimStart()}`.trimEnd();
}

const BULLET = /^[^\p{L}\p{N}([]*$/u;

function markerOf(mark: string): { marker: string; counted?: number } {
  const [, number] = /^(\d{1,9})[.)]$/.exec(mark) ?? [];
  return number === undefined ? { marker: "-" } : { marker: mark, counted: Number(number) };
}

function tableMarkdown(table: Table, writing: InlineWriting): string {
  const grid = gridOf(table);
  const [head, ...body] = grid;
  if (!head || head.length === 0) return "";
  const line = (cells: readonly (Cell | undefined)[]) => `| ${cells.map((cell) => cellMarkdown(cell, writing)).join(" | ")} |`;
  const rule = head.map((_, column) => ALIGNED[grid.find((row) => row[column]?.align)?.[column]?.align ?? "none"]);
  return [line(head), `| ${rule.join(" | ")} |`, ...body.map(line)].join("\n");
}

const ALIGNED = { left: ":---", center: ":---:", right: "---:", none: "---" } as const;

/** All blocks of a cell stand in one line: a table of Markdown has no others. */
function cellMarkdown(cell: Cell | undefined, writing: InlineWriting): string {
  const inCell: InlineWriting = { ...writing, inCell: true };
  const said = (block: Block): string => {
    switch (block.kind) {
      case "list":
        return block.items.map(({ mark, blocks }) => `${inlineMarkdown(textOf(mark), inCell)} ${blocks.map(said).join(" ")}`).join(" ");
      case "table":
        return block.rows.flat().flatMap(({ blocks }) => blocks.map(said)).join(" "); // biome-ignore format: one thought
      case "quote":
        return block.blocks.map(said).join(" ");
      case "code":
      case "formula":
        return inlineMarkdown([{ kind: "atom", as: "code", text: block.text }], inCell);
      case "rule":
        return "";
      default:
        return inlineMarkdown(block.content, inCell);
    }
  };
  return (cell?.blocks ?? []).map(said).filter(Boolean).join(" ");
}

function indented(text: string, space: string): string {
  return text.replace(/^(?=.)/gm, space);
}

function prefixed(text: string, mark: string): string {
  return text.replace(/^.*$/gm, (line) => (mark + line).trimEnd());
}
