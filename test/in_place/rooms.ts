import type { Box } from "../../worker/engine/document/geometry.ts";
import type { Frame } from "../../worker/engine/document/model.ts";
import type { SeenPage } from "./looks.ts";
import { compact, type SetLeaf } from "./published.ts";

/** Where the words of a text may stand on a page. */
export interface Room {
  /** Whole ones, letters alone. */
  readonly words: ReadonlySet<string>;
  readonly room: Box;
}

/**
 * A text's own box on a page is where it stood; a single line, as in a cell, may grow into free space beside it, a ragged paragraph
 * to the edge of its column, and both down as far as nothing stands.
 */
export function roomsOn(page: number, leaves: readonly SetLeaf[], size: SeenPage | undefined): Room[] {
  const own = leaves.flatMap((leaf) => leaf.frames.filter((frame) => frame.page === page).map((frame) => ({ leaf, frame })));
  const boxes = own.map(({ frame }) => frame.box);
  const text = around(boxes);
  const paper = { x0: 0, y0: 0, x1: size?.width ?? text.x1, y1: size?.height ?? text.y1 };
  // Margins are alike on both sides, as a rule.
  const bounds = { ...text, x1: Math.max(text.x1, paper.x1 - text.x0), y1: Math.max(text.y1, paper.y1 - text.y0) };
  return own.map(({ leaf, frame }) => ({ words: wordsOf(leaf.text), room: roomOf(frame, boxes, bounds) }));
}

function roomOf({ box, lines, turn = 0 }: Frame, boxes: readonly Box[], bounds: Box): Box {
  if (turn !== 0) return around([box, bounds]);
  const others = boxes.filter((other) => other !== box);
  const single = (lines?.length ?? 2) <= 1;
  const beside = others.filter((other) => other.y0 < box.y1 - 1 && other.y1 > box.y0 + 1);
  const column = boxes.filter((other) => shared(other, box) > 0.5 * Math.min(other.x1 - other.x0, box.x1 - box.x0));
  const edges = single
    ? {
        x0: Math.max(bounds.x0, ...beside.filter(({ x1 }) => x1 <= box.x0 + 1).map(({ x1 }) => x1)),
        x1: Math.min(bounds.x1, ...beside.filter(({ x0 }) => x0 >= box.x1 - 1).map(({ x0 }) => x0)),
      }
    : { x0: Math.min(...column.map(({ x0 }) => x0)), x1: Math.max(...column.map(({ x1 }) => x1)) };
  const below = others.filter((other) => other.y0 >= box.y1 - 2 && other.x0 < edges.x1 - 1 && other.x1 > edges.x0 + 1);
  return around([box, { ...edges, y0: box.y0, y1: Math.min(bounds.y1, ...below.map(({ y0 }) => y0)) }]);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.split(/\s+/).map(compact));
}

function shared(a: Box, b: Box): number {
  return Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
}

function around(boxes: readonly Box[]): Box {
  return {
    x0: Math.min(...boxes.map(({ x0 }) => x0)),
    y0: Math.min(...boxes.map(({ y0 }) => y0)),
    x1: Math.max(...boxes.map(({ x1 }) => x1)),
    y1: Math.max(...boxes.map(({ y1 }) => y1)),
  };
}
