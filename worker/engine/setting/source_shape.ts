import type { Box } from "../document/geometry.ts";
import { around } from "../document/geometry.ts";
import type { Frame } from "../document/model.ts";
import type { Passage } from "./sheet.ts";
import { type Upright, upright } from "./upright.ts";

/** Against the side that its language begins lines at. */
export type Alignment = "start" | "end" | "center" | "justify";

/** A line of the source, on the page turned upright. */
export interface SourceLine {
  readonly box: Box;
  readonly baseline: number;
}

export interface SourceFrame {
  readonly page: number;
  readonly upright: Upright;
  readonly box: Box;
  /** Never empty. */
  readonly lines: readonly SourceLine[];
}

/** How a passage's source was set. All in points, on the page turned upright. */
export interface SourceShape {
  readonly size: number;
  /** From baseline to baseline. */
  readonly leading: number;
  readonly frames: readonly [SourceFrame, ...SourceFrame[]];
}

/** What a letter reaches under its baseline and capitals over it, in ems, as in the fonts of most documents. */
export const DESCENT = 0.22;
export const CAP_HEIGHT = 0.7;
const USUAL_LEADING = 1.2;
/** Of a line's box in ems of its letters, as PDF's fonts and OCR's boxes have it. */
const BOX_HEIGHT = 1.15;
const [LEAST_SIZE, MOST_SIZE] = [1, 1000];
const MOST_LINES = 5000;

export function sourceShape({ look, frames }: Passage, pageWidth: number, pageHeight: number): SourceShape {
  const stated = look.script ? undefined : look.size;
  const size = clamp(stated ?? guessedSize(frames), LEAST_SIZE, MOST_SIZE);
  const [first, ...more] = frames.map((frame) => sourceFrame(frame, size, [pageWidth, pageHeight])) as [SourceFrame, ...SourceFrame[]];
  const steps = [first, ...more].flatMap(({ lines }) =>
    lines.slice(1).map(({ baseline }, index) => baseline - (lines[index]?.baseline ?? 0)),
  );
  const leading = clamp(median(steps.filter((step) => step > 0.5 * size)) ?? USUAL_LEADING * size, 0.8 * size, 4 * size);
  return { size, leading, frames: [first, ...more] };
}

function sourceFrame(frame: Frame, size: number, [width, height]: readonly [number, number]): SourceFrame {
  const turned = upright(frame.turn ?? 0, width, height);
  const inside = (box: Box) => {
    const { x0, y0, x1, y1 } = turned.from(box);
    return {
      x0: clamp(x0, 0, turned.width),
      y0: clamp(y0, 0, turned.height),
      x1: clamp(x1, 0, turned.width),
      y1: clamp(y1, 0, turned.height),
    };
  };
  const given = (frame.lines ?? []).slice(0, MOST_LINES).map(({ box, baseline }): SourceLine => {
    const at = inside(box);
    return { box: at, baseline: baseline === undefined ? guessedBaseline(at, size) : baselineIn(turned, box, baseline) };
  });
  const lines = given.length > 0 ? given.sort((a, b) => a.baseline - b.baseline) : guessedLines(inside(frame.box), size);
  return { page: frame.page, upright: turned, box: around([inside(frame.box), ...lines.map(({ box }) => box)]), lines };
}

/** Baselines are given as a y of the page: of lines that run sideways, as what a reader who turns the page sees. */
function baselineIn(turned: Upright, box: Box, baseline: number): number {
  const { y0, y1 } = turned.from(box);
  const { y0: at } = turned.from({ x0: box.x0, x1: box.x1, y0: baseline, y1: baseline });
  return turned.turn === 0 || turned.turn === 180 ? clamp(at, y0, y1) : y1 - DESCENT * Math.min(y1 - y0, MOST_SIZE);
}

function guessedBaseline({ y0, y1 }: Box, size: number): number {
  return Math.max(y0, y1 - DESCENT * Math.min(size, y1 - y0));
}

/** As many lines as a box of this height has in text of this size. */
function guessedLines(box: Box, size: number): SourceLine[] {
  const height = box.y1 - box.y0;
  const count = clamp(Math.round((height - BOX_HEIGHT * size) / (USUAL_LEADING * size)) + 1, 1, MOST_LINES);
  const step = count > 1 ? (height - BOX_HEIGHT * size) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const y0 = box.y0 + index * step;
    const line = { ...box, y0, y1: Math.min(box.y1, y0 + (count > 1 ? BOX_HEIGHT * size : height)) };
    return { box: line, baseline: guessedBaseline(line, size) };
  });
}

function guessedSize(frames: readonly Frame[]): number {
  const heights = frames.flatMap(({ lines, box, turn }) => (lines ?? [{ box }]).map((line) => across(line.box, turn ?? 0)));
  return (median(heights) ?? 12) / BOX_HEIGHT;
}

function across({ x0, y0, x1, y1 }: Box, turn: number): number {
  return turn % 180 === 0 ? y1 - y0 : x1 - x0;
}

export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** `least` for what is no number. */
export function clamp(value: number, least: number, most: number): number {
  return value > least ? Math.min(value, most) : least;
}
