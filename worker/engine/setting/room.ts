import { areaOf, type Box, overlap } from "../document/geometry.ts";

interface Kept extends Box {
  readonly owner: string | undefined;
}

const BINS = 128;
const LEAST_BIN = 24;
/** What two boxes may share and still be beside each other, in points: boxes of lines touch and overlap a little. */
const TOUCH = 0.75;
/** By how much text may stand out of its container: fonts' boxes are higher than their letters. */
const SLACK = 2;

/**
 * What stands on a page, to be asked for the next thing beside or below. The page is cut into rows and columns, each
 * sorted, so that a question looks at few boxes however many there are.
 */
export class Room {
  readonly #containers: Bins;
  readonly #rows: Bins;
  readonly #rowsFromRight: Bins;
  readonly #columns: Bins;

  constructor(width: number, height: number) {
    this.#containers = new Bins(height, areaOf, vertical);
    this.#rows = new Bins(height, ({ x0 }) => x0, vertical);
    this.#rowsFromRight = new Bins(height, ({ x1 }) => -x1, vertical);
    this.#columns = new Bins(width, ({ y0 }) => y0, horizontal);
  }

  /** A box that text in it does not leave, and that other text does not enter. */
  addContainer(box: Box): void {
    this.#containers.add({ ...box, owner: undefined });
    this.add(box);
  }

  /** The smallest container that `box` stands in. */
  containerOf(box: Box): Box | undefined {
    return this.#containers.first(vertical(box), 0, (kept) => holds(kept, box));
  }

  /** Boxes of an owner are no obstacle to itself. */
  add(box: Box, owner?: string): void {
    const kept = { ...thick(box), owner };
    for (const bins of [this.#rows, this.#rowsFromRight, this.#columns]) bins.add(kept);
  }

  /** The left edge of what stands next to the right of `box`; undefined if nothing does. */
  right(box: Box, owner: string): number | undefined {
    const found = this.#rows.first(vertical(box), box.x0 + TOUCH, (kept) => isOther(kept, owner) && shares(vertical(kept), vertical(box)));
    return found?.x0;
  }

  /** The right edge of what stands next to the left of `box`. */
  left(box: Box, owner: string): number | undefined {
    const found = this.#rowsFromRight.first(
      vertical(box),
      -box.x1 + TOUCH,
      (kept) => isOther(kept, owner) && shares(vertical(kept), vertical(box)),
    );
    return found?.x1;
  }

  /** The top of what stands next below `box`. */
  below(box: Box, owner: string): number | undefined {
    const found = this.#columns.first(
      horizontal(box),
      box.y0 + TOUCH,
      (kept) => isOther(kept, owner) && shares(horizontal(kept), horizontal(box)),
    );
    return found?.y0;
  }
}

/** Rules may have no extent across: they have a point. */
function thick({ x0, y0, x1, y1 }: Box): Box {
  const across = Math.max(0, 1 - (x1 - x0)) / 2;
  const down = Math.max(0, 1 - (y1 - y0)) / 2;
  return { x0: x0 - across, y0: y0 - down, x1: x1 + across, y1: y1 + down };
}

type Interval = readonly [from: number, to: number];

function vertical({ y0, y1 }: Box): Interval {
  return [y0, y1];
}

function horizontal({ x0, x1 }: Box): Interval {
  return [x0, x1];
}

function isOther(kept: Kept, owner: string): boolean {
  return kept.owner === undefined || kept.owner !== owner;
}

function holds(outer: Box, inner: Box): boolean {
  const isOver = inner.x0 >= outer.x0 - SLACK && inner.x1 <= outer.x1 + SLACK;
  return isOver && inner.y0 >= outer.y0 - SLACK && inner.y1 <= outer.y1 + SLACK;
}

function shares(a: Interval, b: Interval): boolean {
  return overlap(a[0], a[1], b[0], b[1]) > Math.min(TOUCH, (a[1] - a[0]) / 2, (b[1] - b[0]) / 2);
}

/** Boxes by the strip of the page that they stand in, in each strip by their key. */
class Bins {
  readonly #size: number;
  readonly #count: number;
  readonly #bins: Kept[][];
  readonly #key: (box: Box) => number;
  readonly #extent: (box: Box) => Interval;

  constructor(length: number, key: (box: Box) => number, extent: (box: Box) => Interval) {
    this.#size = Math.max(LEAST_BIN, length / BINS);
    this.#count = Math.max(1, Math.ceil(length / this.#size));
    this.#bins = Array.from({ length: this.#count }, () => []);
    this.#key = key;
    this.#extent = extent;
  }

  add(box: Kept): void {
    for (const bin of this.#of(this.#extent(box))) bin.splice(this.#position(bin, this.#key(box)), 0, box);
  }

  /** The box of the least key over `from` that `test` holds for. */
  first(extent: Interval, from: number, test: (box: Kept) => boolean): Kept | undefined {
    let best: Kept | undefined;
    for (const bin of this.#of(extent)) {
      for (let at = this.#position(bin, from); at < bin.length; at++) {
        const box = bin[at] as Kept;
        if (best && this.#key(box) >= this.#key(best)) break;
        if (!test(box)) continue;
        best = box;
        break;
      }
    }
    return best;
  }

  #of([from, to]: Interval): Kept[][] {
    const bin = (value: number) => Math.max(0, Math.min(this.#count - 1, Math.floor(value / this.#size)));
    return this.#bins.slice(bin(from), bin(to) + 1);
  }

  /** Of the first box in `bin` whose key is over `key`. */
  #position(bin: readonly Kept[], key: number): number {
    let [low, high] = [0, bin.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#key(bin[middle] as Kept) > key) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
