import type { Inline, Leaf } from "../../document/model.ts";
import { type Edit, inOrder, type Range } from "../edits.ts";
import { cleaned, type Piece, set, wrappingOf } from "../setting.ts";
import type { Emitter } from "../text_document.ts";
import { type TextTable, tableEdits } from "./table.ts";

export interface TextAnchor {
  /** `prose` is wrapped as it was, `lines` keep theirs, cells stand below each other. */
  readonly setting: "prose" | "lines" | "cell";
  readonly range: Range;
}

/** Sets leaves in place: the same lines, indentation and marks. */
export function textEmitter(source: string, tables: readonly TextTable[]): Emitter {
  return {
    edits(leaves) {
      const cells = new Map<number, string>();
      const edits: Edit[] = [];
      for (const leaf of leaves) {
        const { setting, range } = leaf.anchor as TextAnchor;
        if (setting === "cell") cells.set(range[0], written(leaf, source));
        else edits.push({ from: range[0], to: range[1], text: written(leaf, source) });
      }
      for (const table of tables)
        if (table.rows.some((row) => row.some(({ range }) => cells.has(range[0]))))
          for (const edit of tableEdits(source, table, cells)) edits.push(edit);
      return { edits: inOrder(edits), remarks: [] };
    },
  };
}

function written(leaf: Leaf, source: string): string {
  const { setting, range } = leaf.anchor as TextAnchor;
  return set(pieces(leaf.content, source), setting === "prose" ? wrappingOf(source, ...range) : undefined).trim();
}

function pieces(content: readonly Inline[], source: string): Piece[] {
  return content.flatMap((inline): Piece[] => {
    if (inline.kind === "text") return [{ text: cleaned(inline.text), isWords: true }];
    if (inline.kind === "span") return pieces(inline.content, source);
    const range = (inline.anchor as { range: Range } | undefined)?.range;
    return [{ text: range ? source.slice(...range) : inline.text, isWords: false }];
  });
}
