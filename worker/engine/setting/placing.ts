import type { LineShape } from "./alignment.ts";
import type { BrokenLine, Cursor, LineFiller } from "./breaking.ts";
import { CAP_HEIGHT, DESCENT, type SourceFrame, type SourceShape } from "./source_shape.ts";

/** A passage on the page turned upright, ready to be tried in one size and then another. */
export interface Prepared {
  readonly id: string;
  readonly shape: SourceShape;
  readonly lineShape: LineShape;
  /** Lines start at the right. */
  readonly isRightToLeft: boolean;
  /** Those of its source did. */
  readonly isSourceMirrored: boolean;
  readonly filler: LineFiller;
}

/** Where the lines of a frame may be. */
export interface Region {
  readonly x0: number;
  readonly x1: number;
  /** What no letter is under. */
  readonly y1: number;
}

/** One way to set a passage. */
export interface Attempt {
  /** Of letters, over the source's. */
  readonly scale: number;
  /** Of the distance of lines, over the source's at that scale. */
  readonly leading: number;
  /** Of the widths of letters. */
  readonly stretch: number;
  /** One for each frame. */
  readonly regions: readonly Region[];
}

export interface PlacedLine {
  readonly line: BrokenLine;
  readonly frame: SourceFrame;
  /** What it has to fill, or to stand in. */
  readonly x0: number;
  readonly x1: number;
  readonly baseline: number;
}

export interface Placement {
  readonly attempt: Attempt;
  readonly lines: readonly PlacedLine[];
  /** A word had to be cut without a hyphen. */
  readonly isForced: boolean;
}

/** Letters larger than these times the passage's size push lines apart. */
const LARGE = 1.08;
const ROUNDING = 0.05;
const MOST_LINES = 20_000;

/** The passage set in one way; undefined if it does not fit. */
export function place({ shape, lineShape, filler, isRightToLeft }: Prepared, attempt: Attempt): Placement | undefined {
  const { scale, stretch } = attempt;
  const lines: PlacedLine[] = [];
  const isJustified = lineShape.alignment === "justify";
  let cursor: Cursor = { index: 0 };
  let isForced = false;
  let isFirst = true;
  for (const [index, frame] of shape.frames.entries()) {
    const region = attempt.regions[index];
    let before: { readonly baseline: number; readonly depth: number } | undefined;
    while (region && !filler.isEnd(cursor) && lines.length < MOST_LINES) {
      const inset = insetOf(lineShape.indent, isFirst);
      const measure = (region.x1 - region.x0 - inset) / (scale * stretch);
      const { line, next } = filler.line(cursor, { measure, isJustified, size: shape.size });
      if (line.width > measure * 1.001 + ROUNDING) return undefined;
      const reach = reachOf(line, shape.size);
      const baseline = before
        ? before.baseline + stepOf(before.depth, reach, shape, attempt)
        : firstBaseline(frame, reach, shape.size, scale);
      if (baseline + DESCENT * shape.size * scale > region.y1 + ROUNDING) break;
      const edges = isRightToLeft ? { x0: region.x0, x1: region.x1 - inset } : { x0: region.x0 + inset, x1: region.x1 };
      lines.push({ line, frame, ...edges, baseline });
      before = { baseline, depth: reach.depth };
      isForced ||= line.isForced;
      isFirst = line.words.at(-1)?.endsLine ?? false;
      cursor = next;
    }
  }
  return filler.isEnd(cursor) ? { attempt, lines, isForced } : undefined;
}

/** Of the first line, and of those that follow a break, or of all others where the first one hangs out. */
function insetOf(indent: number, isFirst: boolean): number {
  return isFirst ? Math.max(0, indent) : Math.max(0, -indent);
}

interface Reach {
  /** Of the tallest letters and chips, over and under the baseline, in points at the source's size; 0 where they are as usual. */
  readonly height: number;
  readonly depth: number;
}

function reachOf({ words }: BrokenLine, size: number): Reach {
  let [height, depth] = [0, 0];
  for (const { fragments } of words) {
    for (const { style, chip } of fragments) {
      if (chip) {
        height = Math.max(height, chip.size.ascent);
        depth = Math.max(depth, chip.size.descent);
      } else if (style.size > LARGE * size) {
        height = Math.max(height, 0.85 * style.size);
        depth = Math.max(depth, DESCENT * style.size);
      }
    }
  }
  return { height, depth };
}

function stepOf(depth: number, { height }: Reach, { size, leading }: SourceShape, attempt: Attempt): number {
  const needed =
    height > CAP_HEIGHT * size || depth > DESCENT * size ? Math.max(height, CAP_HEIGHT * size) + Math.max(depth, DESCENT * size) : 0;
  return Math.max(leading * attempt.leading, needed) * attempt.scale;
}

/** Smaller letters keep the height of the capitals that stood there. */
function firstBaseline(frame: SourceFrame, { height }: Reach, size: number, scale: number): number {
  const baseline = frame.lines[0]?.baseline ?? frame.box.y1;
  return Math.max(baseline - (1 - scale) * CAP_HEIGHT * size, Math.min(frame.box.y0 + height * scale, frame.box.y1));
}
