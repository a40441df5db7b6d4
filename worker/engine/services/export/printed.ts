import type { Block, Inline, TextStyle } from "../../document/model.ts";
import { noteMark } from "./text.ts";

export function textOf(text: string): Inline {
  return { kind: "text", text };
}

/** As it is set: colours and sizes are the source's, of a page that this one is not. */
export function printed(content: readonly Inline[]): Inline[] {
  return content.map((inline): Inline => {
    if (inline.kind === "atom") return inline.as === "note" ? { ...inline, text: noteMark(inline.text) } : inline;
    if (inline.kind !== "span") return inline;
    const { bold, italic, underline, strike, font, script } = inline.style ?? {};
    const style: TextStyle = {
      ...(bold !== undefined && { bold }),
      ...(italic !== undefined && { italic }),
      ...(underline !== undefined && { underline }),
      ...(strike !== undefined && { strike }),
      ...(font === "mono" && { font }),
      ...(script !== undefined && { script }),
    };
    return { ...inline, style, content: printed(inline.content) };
  });
}

/** A note's own mark stands before its words, whoever read it, with a space. */
export function noteContent(content: readonly Inline[]): Inline[] {
  const [mark, ...words] = printed(content);
  return mark?.kind === "atom" && mark.as === "note" ? [mark, textOf(" "), ...words] : printed(content);
}

/** All that a cell says, as one text. */
export function cellContent(block: Block): Inline[] {
  const apart = textOf(" ");
  switch (block.kind) {
    case "list":
      return block.items.flatMap(({ mark, blocks }) => [textOf(`${mark} `), ...blocks.flatMap(cellContent), apart]);
    case "table":
      return block.rows.flat().flatMap(({ blocks }) => blocks.flatMap(cellContent));
    case "quote":
      return block.blocks.flatMap(cellContent);
    case "code":
    case "formula":
      return [textOf(block.text), apart];
    case "rule":
      return [];
    default:
      return [...printed(block.content), apart];
  }
}
