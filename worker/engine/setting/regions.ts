import type { Box } from "../document/geometry.ts";
import type { Column } from "./alignment.ts";
import type { Prepared, Region } from "./placing.ts";
import type { Room } from "./room.ts";
import { DESCENT, type SourceFrame } from "./source_shape.ts";

/**
 * How far a passage may leave the box of its source: not at all; to what is beside it, for single lines; to what is below it as well;
 * and to what is on all sides, which only what overflows may.
 */
export type Growth = "none" | "beside" | "below" | "around";

/** What stands on the page, turned upright, and the margins that its text keeps. */
export interface Surface {
  readonly page: number;
  readonly room: Room;
  readonly margins: Box;
}

/** In ems: what is left free towards what stands beside and below. */
const BESIDE = 0.6;
const BELOW = 0.15;
const [LEAST_PADDING, MOST_PADDING] = [1, 4];

/** Where the lines of each frame may be. Only a frame on this page can grow, and only the last one downwards. */
export function regionsOf(passage: Prepared, growth: Growth, surface: Surface): Region[] {
  const { frames } = passage.shape;
  return frames.map((frame, index) => {
    const own = ownRegion(frame, passage.shape.size);
    if (frame.page !== surface.page) return own;
    const isLast = index === frames.length - 1;
    const column = passage.lineShape.columns[index] ?? {};
    return grown(passage, frame, { own, column, growth: growth === "below" && !isLast ? "beside" : growth, isLast, surface });
  });
}

/** The box of its source; under the last line is what its letters may need. */
function ownRegion({ box, lines }: SourceFrame, size: number): Region {
  const baseline = lines.at(-1)?.baseline ?? box.y1;
  return { x0: box.x0, x1: Math.max(box.x1, box.x0 + 1), y1: Math.max(box.y1, baseline + DESCENT * size) };
}

interface Growing {
  readonly own: Region;
  readonly column: Column;
  readonly growth: Growth;
  readonly isLast: boolean;
  readonly surface: Surface;
}

function grown(passage: Prepared, frame: SourceFrame, { own, column, growth, isLast, surface }: Growing): Region {
  const { shape, lineShape } = passage;
  const limits = inColumn(passage, column, limitsOf(passage.id, frame, shape.size, surface));
  const canGrow = frame.lines.length === 1 || growth === "around";
  let { x0, x1 } = own;
  if (lineShape.alignment === "center") {
    const half = canGrow ? Math.min(middle(own) - limits.x0, limits.x1 - middle(own)) : 0;
    [x0, x1] = [Math.min(x0, middle(own) - half), Math.max(x1, middle(own) + half)];
  } else {
    const [toColumn, toLimit] = [columnEdges(passage, column, own), growth === "none" || !canGrow ? own : limits];
    // The far side is the one that lines end at; one that holds numbers grows towards the side that they start at.
    const growsLeft = passage.isSourceMirrored !== (lineShape.alignment === "end");
    if (growsLeft) x0 = Math.min(x0, Math.max(limits.x0, Math.min(toColumn.x0, toLimit.x0)));
    else x1 = Math.max(x1, Math.min(limits.x1, Math.max(toColumn.x1, toLimit.x1)));
  }
  if ((growth !== "below" && growth !== "around") || !isLast) return { x0, x1, y1: own.y1 };
  const below = surface.room.below({ ...frame.box, x0, x1 }, passage.id) ?? Number.POSITIVE_INFINITY;
  return { x0, x1, y1: Math.max(own.y1, Math.min(limits.y1, below - BELOW * shape.size)) };
}

/** What no text may cross: the next thing, the container's edges, the margins. */
function limitsOf(id: string, { box }: SourceFrame, size: number, { room, margins }: Surface): Box {
  const container = room.containerOf(box);
  const padding = container ? Math.max(LEAST_PADDING, Math.min(MOST_PADDING, box.x0 - container.x0, container.x1 - box.x1)) : 0;
  const outer = container
    ? { x0: container.x0 + padding, y0: container.y0, x1: container.x1 - padding, y1: container.y1 - LEAST_PADDING }
    : margins;
  const right = room.right(box, id);
  const left = room.left(box, id);
  return {
    x0: Math.max(outer.x0, left === undefined ? outer.x0 : left + BESIDE * size),
    x1: Math.min(outer.x1, right === undefined ? outer.x1 : right - BESIDE * size),
    y0: box.y0,
    y1: outer.y1,
  };
}

/** Not beyond where the next column starts. */
function inColumn({ shape, isSourceMirrored }: Prepared, { next }: Column, limits: Box): Box {
  if (next === undefined) return limits;
  const edge = Math.abs(next) + (isSourceMirrored ? BESIDE : -BESIDE) * shape.size;
  return isSourceMirrored ? { ...limits, x0: Math.max(limits.x0, edge) } : { ...limits, x1: Math.min(limits.x1, edge) };
}

/** As far as other passages show that the column goes. */
function columnEdges({ isSourceMirrored }: Prepared, { end }: Column, own: Region): { readonly x0: number; readonly x1: number } {
  if (end === undefined) return own;
  return isSourceMirrored ? { x0: Math.min(own.x0, -end), x1: own.x1 } : { x0: own.x0, x1: Math.max(own.x1, end) };
}

function middle({ x0, x1 }: { readonly x0: number; readonly x1: number }): number {
  return (x0 + x1) / 2;
}
