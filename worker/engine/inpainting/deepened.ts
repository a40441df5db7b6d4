import { type Color, type Letters, luminance } from "./letters.ts";
import type { Measured } from "./looks.ts";

/** Strokes narrower than this, in pixels, are nowhere all ink on a picture that is not sharp. */
const NARROW = 3.5;
/** Ink that is paler than so much of another's depth is another ink. */
const PALEST = 0.6;
/** The cosine of the angle between the hues of one ink. */
const SAME_HUE = 0.97;
const MAX_INKS = 32;

/**
 * Narrow strokes of a blurred picture look paler and fatter than they are. The same ink is seen as deep as it is where the
 * page has it in larger or bolder letters: by that the others are corrected.
 */
export function deepened(measured: readonly Measured[]): Measured[] {
  const inks: Letters[] = [];
  const lines = measured.flatMap((leaf) => leaf.lines).toSorted((a, b) => depthOf(b) - depthOf(a));
  for (const line of lines) if (inks.length < MAX_INKS && !inks.some((ink) => isSameHue(ink, line))) inks.push(line);
  return measured.map((leaf) => ({
    ...leaf,
    lines: leaf.lines.map((line) => {
      const ink = inks.find((each) => isSameHue(each, line));
      return ink ? asDeepAs(line, ink) : line;
    }),
  }));
}

function asDeepAs(line: Letters, ink: Letters): Letters {
  const share = depthOf(line) / depthOf(ink);
  if (!(share >= PALEST && share < 1) || line.stem * share >= NARROW) return line;
  const [red, green, blue] = differenceOf(line);
  const [r, g, b] = line.ground;
  return { ...line, stem: line.stem * share, hair: line.hair * share, color: [r + red / share, g + green / share, b + blue / share] };
}

/** What an ink differs from its paper by. */
function differenceOf({ color, ground }: Letters): Color {
  return [color[0] - ground[0], color[1] - ground[1], color[2] - ground[2]];
}

/** How much of the way from its paper to black, or to white, an ink goes: the same on paper in the light and in the shade. */
function depthOf(line: Letters): number {
  const [depth, ground] = [luminance(differenceOf(line)), luminance(line.ground)];
  return Math.abs(depth) / Math.max(1, depth < 0 ? ground : 255 - ground);
}

function isSameHue(one: Letters, other: Letters): boolean {
  const [a, b] = [differenceOf(one), differenceOf(other)];
  const product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return product > SAME_HUE * Math.hypot(...a) * Math.hypot(...b);
}
