import type { Box } from "../document/geometry.ts";
import { dilated, fillBox, grownBox } from "./masks.ts";
import type { Strip } from "./strip.ts";

/** Longer than this, in ems, no stroke of a letter is: along the line, and from top to bottom. */
const LONG = 3;
const TALL = 1.45;
/**
 * The feet and heads of blurred letters make long runs as well, but on one side of them there are stems: beside a rule there is
 * mostly paper. How far from it, in ems, and how much ink at most.
 */
const BESIDE = 0.1;
const MOST_BESIDE = 0.3;
/** What a row must have of a run to be a part of the same rule. */
const SAME_RULE = 0.8;
/** Scanners blur a rule's edges by as much; in pixels. */
const BLUR = 2;

/** 1 where a rule is, by what is known of the page and by what the strip's ink shows: it is never painted over. */
export function rulesOn(strip: Strip, ink: Uint8Array, known: readonly Box[]): Uint8Array {
  const { width, height, em } = strip;
  const rules = new Uint8Array(ink.length);
  for (const rule of known) {
    const box = grownBox(strip.locate(rule), BLUR, strip);
    if (box.x0 < box.x1 && box.y0 < box.y1) fillBox(rules, width, box);
  }
  const found = new Uint8Array(ink.length);
  for (let row = 0; row < height; row++)
    markRuns(ink, found, {
      ...{ from: row * width, step: 1, count: width, least: em * LONG },
      isRule: (start, end) => standsAlone(strip, ink, { row, start, end }),
    });
  // A rule that leans by a degree leaves its column on its way down.
  const wide = dilated(ink, width, 1);
  for (let column = 0; column < width; column++) markRuns(wide, found, { from: column, step: width, count: height, least: em * TALL });
  const around = dilated(found, width, BLUR);
  for (let index = 0; index < rules.length; index++) if (around[index]) rules[index] = 1;
  return rules;
}

interface Runs {
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly least: number;
  readonly isRule?: (start: number, end: number) => boolean;
}

/** Whether there is mostly paper above and below a level run of ink. */
function standsAlone(
  { width, height, em }: Strip,
  ink: Uint8Array,
  { row, start, end }: { row: number; start: number; end: number },
): boolean {
  const shareOf = (at: number): number => {
    if (at < 0 || at >= height) return 0;
    let count = 0;
    for (let index = at * width + start; index < at * width + end; index++) count += ink[index] as number;
    return count / (end - start);
  };
  const beside = Math.max(1, Math.round(em * BESIDE));
  return [-1, 1].every((side) => {
    let at = row;
    while (at >= 0 && at < height && Math.abs(at - row) < em && shareOf(at) >= SAME_RULE) at += side;
    return shareOf(at + side * beside) <= MOST_BESIDE;
  });
}

function markRuns(ink: Uint8Array, into: Uint8Array, { from, step, count, least, isRule = () => true }: Runs): void {
  let start = 0;
  for (let at = 0; at <= count; at++) {
    if (at < count && ink[from + at * step]) continue;
    if (at - start >= least && isRule(start, at)) for (let each = start; each < at; each++) into[from + each * step] = 1;
    start = at + 1;
  }
}
