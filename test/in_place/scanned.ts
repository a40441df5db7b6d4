import type { Box } from "../../worker/engine/document/geometry.ts";
import type { Navigation } from "./navigation.ts";
import type { PublishedPage, SetLeaf } from "./published.ts";

/** The leaves with their frames as the file's pages are looked at: the model's are of pages turned and straightened to be read. */
export function asScanned(leaves: readonly SetLeaf[], pages: readonly PublishedPage[], source: Navigation): SetLeaf[] {
  return leaves.map((leaf) => ({
    ...leaf,
    frames: leaf.frames.map((frame) => {
      const geometry = pages[frame.page - 1]?.geometry;
      const seen = source.pages[frame.page - 1];
      if (!geometry || !seen) return frame;
      const turn = (geometry.rotation - seen.rotation + 360) % 360;
      const angle = ((geometry.skew ?? 0) - turn) * (Math.PI / 180);
      if (angle === 0) return frame;
      const lines = (((frame.turn ?? 0) - turn + 720) % 360) as NonNullable<typeof frame.turn>;
      return { ...frame, turn: lines, box: turned(frame.box, angle, geometry, seen) };
    }),
  }));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The box around what `box` becomes when its page is turned about its middle, clockwise. */
function turned({ x0, y0, x1, y1 }: Box, angle: number, before: Size, after: Size): Box {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ].map(([x = 0, y = 0]) => {
    const [dx, dy] = [x - before.width / 2, y - before.height / 2];
    return { x: after.width / 2 + dx * cos - dy * sin, y: after.height / 2 + dx * sin + dy * cos };
  });
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}
