import type { Block, List, ListItem } from "../document/model.ts";
import type { Mark } from "./marks.ts";
import type { Group } from "./paragraphs.ts";

/** A block, and the group of lines that it was made of. */
export interface Made {
  readonly block: Block;
  readonly group?: Group;
  /** Set if it hangs on a mark that says it is an item. */
  readonly mark?: Mark | undefined;
}

interface OpenList {
  readonly x0: number;
  readonly kind: string;
  readonly items: OpenItem[];
}

interface OpenItem {
  readonly mark: Mark;
  readonly parts: (Block | OpenList)[];
}

/** Marks nearer than this, in sizes, stand under each other. */
const SAME_INDENT = 0.6;

/** Whether the mark of `group` is one: a dash, a letter or what OCR made of a bullet needs others like it, or lines that hang on it. */
export function isItem(group: Group, all: readonly Group[]): boolean {
  const { mark, lines } = group;
  if (!mark) return false;
  const [first, second] = lines;
  if (!first) return false;
  const hangs = second !== undefined && Math.abs(second.x0 - mark.textX0) < first.size * 0.4 && second.x0 > mark.x0 + first.size * 0.5;
  const siblings = all.filter(
    (other) => other.mark?.kind === mark.kind && Math.abs(other.mark.x0 - mark.x0) < first.size * SAME_INDENT,
  ).length;
  return mark.sure || siblings > 1 || (hangs && mark.kind !== "misread");
}

/** Items that follow each other become lists, deeper ones lists within; a paragraph under an item's text is a part of it. */
export function gatherLists(made: readonly Made[]): Made[] {
  const result: Made[] = [];
  /** From the outermost to the innermost. */
  let open: OpenList[] = [];
  const close = () => {
    const [outermost] = open;
    if (outermost) result.push({ block: listOf(outermost) });
    open = [];
  };
  for (const one of made) {
    const { mark, group, block } = one;
    const size = group?.lines[0]?.size ?? 10;
    if (!mark) {
      const item = open.at(-1)?.items.at(-1);
      if (item && group && block.kind === "paragraph" && isWithin(item.mark, group, size)) item.parts.push(block);
      else {
        close();
        result.push(one);
      }
      continue;
    }
    const item: OpenItem = { mark, parts: [block] };
    while (open.length > 1 && (open.at(-1)?.x0 ?? 0) > mark.x0 + size * SAME_INDENT) open.pop();
    const list = open.at(-1);
    const shift = list ? (mark.x0 - list.x0) / size : 0;
    if (list && shift > SAME_INDENT && open.length < MAX_NESTING) {
      const inner: OpenList = { x0: mark.x0, kind: mark.kind, items: [item] };
      list.items.at(-1)?.parts.push(inner);
      open.push(inner);
    } else if (list && list.kind === mark.kind && shift >= -SAME_INDENT) list.items.push(item);
    else {
      close();
      open = [{ x0: mark.x0, kind: mark.kind, items: [item] }];
    }
  }
  close();
  return result;
}

const MAX_NESTING = 6;

function isWithin(mark: Mark, { lines, above }: Group, size: number): boolean {
  const x0 = lines[0]?.x0 ?? 0;
  return x0 > mark.x0 + size * 0.5 && x0 > mark.textX0 - size * 0.5 && x0 < mark.textX0 + size * 2 && above < 2;
}

function listOf({ items }: OpenList): List {
  return {
    kind: "list",
    id: "",
    items: items.map(
      ({ mark, parts }): ListItem => ({ mark: mark.text, blocks: parts.map((part) => ("x0" in part ? listOf(part) : part)) }),
    ),
  };
}
