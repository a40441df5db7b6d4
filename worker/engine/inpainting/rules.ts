import type { Box } from "../document/geometry.ts";
import { dilated, fillBox, grownBox } from "./masks.ts";
import type { Strip } from "./strip.ts";

/** Longer than this, in ems, no stroke of a letter is: along the line, and from top to bottom. */
const LONG = 3;
const TALL = 1.45;
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
  for (let row = 0; row < height; row++) markRuns(ink, found, { from: row * width, step: 1, count: width, least: em * LONG });
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
}

function markRuns(ink: Uint8Array, into: Uint8Array, { from, step, count, least }: Runs): void {
  let start = 0;
  for (let at = 0; at <= count; at++) {
    if (at < count && ink[from + at * step]) continue;
    if (at - start >= least) for (let each = start; each < at; each++) into[from + each * step] = 1;
    start = at + 1;
  }
}
