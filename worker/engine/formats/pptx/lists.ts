import type { Block, Leaf, ListItem } from "../../document/model.ts";
import { doubledLetters, romanNumeral } from "../numerals.ts";
import type { Bullet } from "./inheritance.ts";

/** A paragraph of a shape, and where it stands in a list. */
export interface Levelled {
  readonly leaf: Leaf;
  /** From 0. */
  readonly level: number;
  readonly bullet: Bullet | undefined;
}

interface Open {
  readonly level: number;
  readonly items: { mark: string; blocks: Block[] }[];
}

/** Paragraphs one below the other, those with bullets and numbers as lists within lists. */
export function withLists(paragraphs: readonly Levelled[], id: () => string): Block[] {
  const blocks: Block[] = [];
  let open: Open[] = [];
  const counts: number[] = [];
  for (const { leaf, level, bullet } of paragraphs) {
    if (!bullet || bullet.kind === "none") {
      open = [];
      counts.length = 0;
      blocks.push(leaf);
      continue;
    }
    open = open.filter((list) => list.level <= level);
    counts.length = Math.min(counts.length, level + 1);
    const number = bullet.kind === "number" ? (counts[level] ?? bullet.from - 1) + 1 : 0;
    counts[level] = number;
    const item: ListItem & { blocks: Block[] } = {
      mark: bullet.kind === "number" ? numberMark(number, bullet.scheme) : bullet.mark,
      blocks: [leaf],
    };
    const last = open.at(-1);
    if (last?.level === level) {
      last.items.push(item);
      continue;
    }
    const items = [item];
    const list: Block = { id: id(), kind: "list", ...(leaf.layer && { layer: leaf.layer }), items };
    const parent = last?.items.at(-1);
    if (parent) parent.blocks.push(list);
    else blocks.push(list);
    open.push({ level, items });
  }
  return blocks;
}

/** ST_TextAutonumberScheme (ISO/IEC 29500-1, 20.1.10.61), those of Latin letters and figures. */
function numberMark(number: number, scheme: string): string {
  const sign = signOf(number, scheme);
  const cased = /UcP|Uc/.test(scheme) ? sign.toUpperCase() : sign;
  if (scheme.endsWith("ParenBoth")) return `(${cased})`;
  if (scheme.endsWith("ParenR")) return `${cased})`;
  return scheme.endsWith("Plain") ? cased : `${cased}.`;
}

function signOf(number: number, scheme: string): string {
  if (scheme.startsWith("alpha")) return doubledLetters(number);
  return scheme.startsWith("roman") ? romanNumeral(number) : String(number);
}
