import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { type Edit, inOrder, isCovered } from "../edits.ts";
import type { Emitter } from "../text_document.ts";
import type { LeafAnchor } from "./anchors.ts";
import { emit } from "./emit.ts";
import { isDefined, type Syntax } from "./syntax.ts";

/** Sets leaves in place: their words and the order of their marks; every other byte stays. */
export function markdownEmitter(syntax: Syntax): Emitter {
  return {
    edits(leaves) {
      // Titles and attributes stand within marks of other leaves, which are written with them.
      const [within, around] = [leaves.filter(isWithinMarks), leaves.filter((leaf) => !isWithinMarks(leaf))];
      const inner = inOrder(within.map((leaf) => emitted(leaf, [], syntax).edit));
      const outer = around.map((leaf) => emitted(leaf, inner, syntax));
      const taken = inOrder(outer.map(({ edit }) => edit));
      const rest = inner.filter((edit) => !isCovered(edit, taken));
      return { edits: inOrder([...taken, ...rest]), remarks: outer.flatMap(({ remark }) => remark ?? []) };
    },
  };
}

function isWithinMarks(leaf: Leaf): boolean {
  const { setting } = leaf.anchor as LeafAnchor;
  return setting === "title" || setting === "attribute";
}

function emitted(leaf: Leaf, edits: readonly Edit[], syntax: Syntax): { edit: Edit; remark?: Remark } {
  const { range } = leaf.anchor as LeafAnchor;
  const { text, as } = emit(leaf, { source: syntax.source, edits, isDefined: (label) => isDefined(label, syntax) });
  const edit = { from: range[0], to: range[1], text };
  return as === "whole" ? { edit } : { edit, remark: remarkOf(leaf.id, as) };
}

function remarkOf(id: string, as: "less" | "kept"): Remark {
  const page = Number(/^p(\d+)/.exec(id)?.[1] ?? 0);
  return as === "less"
    ? { page, block: id, code: "TAG_MOVED", message: "Bold, italic or struck text of it could not be marked in the translation." }
    : { page, block: id, code: "SEGMENT_KEPT", message: "Its translation would have changed the document's markup: the source stands." };
}
