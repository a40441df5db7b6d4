import { type Attempt, type Placement, type Prepared, place } from "./placing.ts";
import { type Growth, regionsOf, type Surface } from "./regions.ts";

export interface Fitted {
  /** None for a passage that has no room at all. */
  readonly placement: Placement | undefined;
  /** It did not fit at the smallest size that is allowed. */
  readonly overflow: boolean;
}

const TIGHT = 0.95;
/** What is tried in the source's own box before the passage grows. */
const SLIGHTLY_SMALLER = [0.97, 0.94, 0.9] as const;
const SMALLEST = 0.6;
/** In points: smaller letters are not read. */
const SMALLEST_SIZE = 5;
const NARROW = 0.92;
/** Smaller than this, words are rather cut: what is too long for its line is an address or a number. */
const WHOLE_WORDS = 0.8;
const PRECISION = 0.01;
/** In points: what overflows is no smaller, as long as there is any room on the page for it. */
const READABLE_SIZE = 4;
/** What is tried of letters and lines before that. */
const [NARROWEST, TIGHTEST] = [0.75, 0.85];
/** Under that by half, until there is nothing left to see. */
const MOST_STEPS = 40;

/** The least scale that is no overflow. */
export function floorOf(size: number): number {
  return Math.min(1, Math.max(SMALLEST, SMALLEST_SIZE / size));
}

/** Sets a passage as large as it fits, by the order of what a reader minds least. */
export function fitted(passage: Prepared, surface: Surface): Fitted {
  const regions = new Map<Growth, Attempt["regions"]>();
  const attempt = (growth: Growth, scale: number, leading: number, stretch = 1): Placement | undefined => {
    const found = regions.get(growth) ?? regionsOf(passage, growth, surface);
    regions.set(growth, found);
    return place(passage, { scale, leading, stretch, regions: found });
  };
  const whole = (growth: Growth, scale: number, leading: number) => {
    const placement = attempt(growth, scale, leading);
    return placement?.isForced ? undefined : placement;
  };
  const floor = floorOf(passage.shape.size);
  let placement = whole("none", 1, 1) ?? whole("none", 1, TIGHT);
  for (const scale of SLIGHTLY_SMALLER) placement ??= scale >= floor ? whole("none", scale, TIGHT) : undefined;
  for (const growth of ["beside", "below"] as const) placement ??= whole(growth, 1, 1) ?? whole(growth, 1, TIGHT);
  placement ??= largest(Math.max(floor, WHOLE_WORDS), (scale) => whole("below", scale, TIGHT));
  placement ??= largest(floor, (scale) => attempt("below", scale, TIGHT));
  placement ??= attempt("below", floor, TIGHT, NARROW);
  if (placement) return { placement, overflow: false };
  return { placement: smaller(floor, passage.shape.size, attempt), overflow: true };
}

/** The largest scale of at least `floor` that fits, if any does. */
function largest(floor: number, attempt: (scale: number) => Placement | undefined): Placement | undefined {
  let best = attempt(floor);
  if (!best) return undefined;
  let [low, high] = [floor, 1];
  while (high - low > PRECISION) {
    const middle = (low + high) / 2;
    const placement = attempt(middle);
    if (placement) [best, low] = [placement, middle];
    else high = middle;
  }
  return best;
}

type Try = (growth: Growth, scale: number, leading: number, stretch: number) => Placement | undefined;

/**
 * As small as it must be to be on the page at all: it takes what is free on all sides, then stands closer, and only then is smaller
 * than can be read. It never goes over other text, and is never left out.
 */
function smaller(floor: number, size: number, attempt: Try): Placement | undefined {
  const readable = Math.min(floor, READABLE_SIZE / size);
  for (let scale = floor; ; scale = Math.max(readable, scale * 0.9)) {
    const placement = attempt("below", scale, TIGHT, NARROW) ?? attempt("around", scale, TIGHT, NARROW);
    if (placement) return placement;
    if (scale === readable) break;
  }
  for (let [count, scale] = [0, readable]; count < MOST_STEPS; count++, scale *= count < MOST_STEPS / 2 ? 0.9 : 0.5) {
    const placement = attempt("around", scale, TIGHTEST, NARROWEST);
    if (placement) return placement;
  }
  return undefined;
}
