import type { Block, Leaf, List, ListItem } from "../../document/model.ts";
import type { Leaves } from "../ooxml/leaves.ts";
import { ELSEWHERE } from "../ooxml/places.ts";
import type { Numbered } from "./numbering.ts";

export interface Item {
  readonly numbered: Numbered;
  readonly blocks: Block[];
}

interface Growing {
  readonly level: number;
  readonly items: { mark: string; blocks: Block[] }[];
}

/** Numbered paragraphs that follow one another as a list, with those of deeper levels within the item above them. */
export function listOf(items: readonly Item[], leaves: Leaves): List {
  const root = grown(leaves, items[0]?.numbered.level ?? 0);
  const open = [root.growing];
  for (const { numbered, blocks } of items) {
    while (open.length > 1 && (open.at(-1) as Growing).level > numbered.level) open.pop();
    let top = open.at(-1) as Growing;
    const above = top.items.at(-1);
    if (numbered.level > top.level && above) {
      const deeper = grown(leaves, numbered.level);
      above.blocks.push(deeper.list);
      open.push(deeper.growing);
      top = deeper.growing;
    }
    top.items.push({ mark: numbered.mark || "•", blocks: [...blocks] });
  }
  return root.list;
}

function grown(leaves: Leaves, level: number): { readonly list: List; readonly growing: Growing } {
  const items: { mark: string; blocks: Block[] }[] = [];
  return { list: { ...leaves.facts(), kind: "list", items: items satisfies ListItem[] }, growing: { level, items } };
}

/** A heading with the number that the file counts for it. */
export function withNumber(leaf: Leaf, mark: string): Leaf {
  return mark === "" ? leaf : { ...leaf, content: [{ kind: "atom", as: "field", text: `${mark} `, anchor: ELSEWHERE }, ...leaf.content] };
}
