import type { Leaf } from "../../document/model.ts";
import { type Edit, edited, inOrder, type Range } from "../edits.ts";
import type { LeafAnchor } from "./anchors.ts";
import { emit } from "./emit.ts";

/** What stands in the place of a range, made of the edits within it. */
interface Change {
  readonly range: Range;
  write(inner: readonly Edit[]): string;
}

interface Beside {
  readonly others: readonly Edit[];
  /** What sheets are called, by their old names. */
  readonly names: ReadonlyMap<string, string>;
}

/** `source` with `leaves`, which are of it, set in place, and with `others`: edits that lie outside of them, or whole in them. */
export function writePart(source: string, leaves: readonly Leaf[], { others, names }: Beside): string {
  const changes: Change[] = leaves.map((leaf) => ({
    range: (leaf.anchor as LeafAnchor).range,
    write: (inner) => emit(asNamed(leaf, names), source, inner),
  }));
  for (const range of dropsOf(leaves)) changes.push({ range, write: () => "" });
  for (const { from, to, text } of others) changes.push({ range: [from, to], write: () => text });
  return edited(source, nested(changes));
}

/** A sheet is called what its cells are called by; one whose name cannot be had keeps its own. */
function asNamed(leaf: Leaf, names: ReadonlyMap<string, string>): Leaf {
  const { was } = leaf.anchor as LeafAnchor;
  return was === undefined ? leaf : { ...leaf, content: [{ kind: "text", text: names.get(was) ?? was }] };
}

/** Paragraphs of one cell drop the same attribute. */
function dropsOf(leaves: readonly Leaf[]): Iterable<Range> {
  const drops = new Map<number, Range>();
  for (const leaf of leaves) {
    const { drop } = leaf.anchor as LeafAnchor;
    if (drop) drops.set(drop[0], drop);
  }
  return drops.values();
}

/** Notes and frames stand within paragraphs: their edits are made first, and go along with what they stand in. */
function nested(changes: readonly Change[]): Edit[] {
  const ordered = changes.toSorted((a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1]);
  let next = 0;
  const take = (limit: number): Edit[] => {
    const edits: Edit[] = [];
    for (let change = ordered[next]; change && change.range[0] < limit; change = ordered[next]) {
      next++;
      const [from, to] = change.range;
      edits.push({ from, to, text: change.write(take(to)) });
    }
    return edits;
  };
  return inOrder(take(Number.POSITIVE_INFINITY));
}
