import type { Box } from "../document/geometry.ts";
import type { Alignment, SourceFrame, SourceLine, SourceShape } from "./source_shape.ts";
import { median } from "./source_shape.ts";

/** How the lines of a passage stand, as its source has them. */
export interface LineShape {
  readonly alignment: Alignment;
  /** Of the first line against the others, in points: less than 0 where it hangs out. */
  readonly indent: number;
  /** The column that each frame stands in. */
  readonly columns: readonly Column[];
}

/** In points from the side that lines start at. */
export interface Column {
  /** Its edge at the ends of lines, where other passages show it to be further than this one's. */
  readonly end?: number;
  /** Where the next column starts: no line goes there, though nothing stands beside it. */
  readonly next?: number;
}

/** What a passage's container tells: its edges. */
export interface Surroundings {
  readonly container: { readonly x0: number; readonly x1: number } | undefined;
  /** Something stands beside it, as in a table. */
  readonly hasNeighbour: boolean;
  /** Of the page, turned upright. */
  readonly width: number;
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** In ems: what edges of lines that are meant to be at one place may differ by, as justified lines do, and as others do. */
const EXACT = 0.15;
const LOOSE = 0.3;
const MOST_INDENT = 6;
const MOST_COLUMNS = 64;
/** In points: what is higher is no line. */
const MOST_LINE = 40;
/** What columns of a page differ by in width, over their width. */
const ALIKE = 0.35;

/** The edges that passages of a page have in common; from them it is told how those of one line are meant. */
export class PageEdges {
  readonly #isMirrored: boolean;
  readonly #starts = new Edges();
  readonly #ends = new Edges();
  readonly #middles = new Edges();
  readonly #columnEnds = new Map<string, number[]>();
  /** Of passages of several lines: where they stand, each place once. */
  readonly #blocks: Extent[] = [];
  readonly #columns: Extent[] = [];
  readonly #block: { start: number; end: number } = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };

  /**
   * Text that stays as it is, as the numbers of a table, is among `others`; `isMirrored` for sources that are read from right to left: there
   * lines start at the right.
   */
  constructor(shapes: readonly SourceShape[], others: readonly Box[], isMirrored: boolean) {
    this.#isMirrored = isMirrored;
    for (const box of others) if (box.y1 - box.y0 < MOST_LINE) this.#noteLine(this.#span(box));
    for (const shape of shapes) for (const frame of shape.frames) this.#note(shape, frame);
  }

  #note(shape: SourceShape, frame: SourceFrame): void {
    const { start, end } = this.#extent(frame);
    this.#block.start = Math.min(this.#block.start, start);
    this.#block.end = Math.max(this.#block.end, end);
    for (const near of [-1, 0, 1]) {
      const key = columnKey(start + near, shape.size);
      const ends = this.#columnEnds.get(key) ?? [];
      if (ends.length < MOST_COLUMNS && !ends.some((each) => isNear(each, end, 1))) ends.push(end);
      this.#columnEnds.set(key, ends);
    }
    if (frame.lines.length > 1 && this.#blocks.length < MOST_COLUMNS && !this.#blocks.some((block) => isSame(block, { start, end })))
      this.#blocks.push({ start, end });
    if (frame.lines.length === 1) {
      this.#noteLine({ start, end });
    } else if (this.#columns.length < MOST_COLUMNS && this.#ofLines(frame.lines, shape.size)?.alignment === "justify") {
      if (!this.#columns.some((column) => isSame(column, { start, end }))) this.#columns.push({ start, end });
    }
  }

  #noteLine({ start, end }: Extent): void {
    this.#starts.add(start);
    this.#ends.add(end);
    this.#middles.add((start + end) / 2);
  }

  shapeOf(shape: SourceShape, surroundings: Surroundings): LineShape {
    const { size } = shape;
    const frame = shape.frames.reduce((most, each) => (each.lines.length > most.lines.length ? each : most));
    const extent = this.#extent(frame);
    const column = this.#justifiedColumn(extent, size);
    const several = this.#ofLines(frame.lines, size, column);
    const { alignment, indent } = several ?? { alignment: this.#ofSingle(extent, size, column, surroundings), indent: 0 };
    const reachesEnd = alignment === "start" || (alignment === "justify" && !several);
    const columns = shape.frames.map((each) => {
      const { end, next } = this.#columnOf(this.#extent(each), size);
      return { ...(next !== undefined && { next }), ...(reachesEnd && { end }) };
    });
    return { alignment, indent, columns };
  }

  #justifiedColumn(extent: Extent, size: number): Extent | undefined {
    return this.#columns.find(({ start, end }) => extent.start >= start - size && extent.start < end && extent.end <= end + LOOSE * size);
  }

  #columnOf(extent: Extent, size: number): { readonly end: number; readonly next: number | undefined } {
    const ends = this.#columnEnds.get(columnKey(extent.start, size)) ?? [];
    const next = this.#nextColumn(extent, ends);
    const known = this.#justifiedColumn(extent, size)?.end;
    return { end: known ?? Math.max(extent.end, ...ends.filter((end) => end < (next ?? Number.POSITIVE_INFINITY))), next };
  }

  /** The start of the nearest column of about the same width that begins where this one has ended. */
  #nextColumn({ start, end }: Extent, ends: readonly number[]): number | undefined {
    const starts = this.#blocks
      .filter((block) => block.start > end)
      .filter((block) => {
        const width = Math.max(end, ...ends.filter((each) => each < block.start)) - start;
        return isNear(block.end - block.start, width, ALIKE * width);
      })
      .map((block) => block.start);
    return starts.length > 0 ? Math.min(...starts) : undefined;
  }

  /** Undefined for a single line, which has no alignment of its own. */
  #ofLines(lines: readonly SourceLine[], size: number, column?: Extent): Omit<LineShape, "columns"> | undefined {
    if (lines.length < 2) return undefined;
    const extents = lines.map(({ box }) => this.#span(box));
    const starts = extents.map(({ start }) => start);
    const ends = extents.map(({ end }) => end);
    const edge = median(starts.slice(1)) ?? 0;
    const first = (starts[0] ?? 0) - edge;
    const indent = Math.abs(first) > LOOSE * size && Math.abs(first) < MOST_INDENT * size ? first : 0;
    const isEven = spread(starts.slice(1)) <= LOOSE * size && (Math.abs(first) <= LOOSE * size || indent !== 0);
    const middles = extents.map(({ start, end }) => (start + end) / 2);
    const isCentred = spread(middles) <= 2 * LOOSE * size && spread(starts) > 2 * LOOSE * size;
    if (isCentred && (lines.length > 2 || !isEven || indent > 0)) return { alignment: "center", indent: 0 };
    if (isEven) {
      const fullEnds = ends.slice(0, -1);
      const reachesColumn = column !== undefined && fullEnds.every((end) => isNear(end, column.end, EXACT * size + 0.5));
      const isJustified = lines.length > 2 ? spread(fullEnds) <= EXACT * size + 0.5 : reachesColumn;
      if (isJustified && Math.max(...fullEnds) >= (ends.at(-1) ?? 0) - LOOSE * size) return { alignment: "justify", indent };
      if (spread(ends) <= LOOSE * size && spread(starts) > LOOSE * size && indent !== 0 && lines.length === 2)
        return { alignment: "end", indent: 0 };
      return { alignment: "start", indent };
    }
    if (spread(ends) <= LOOSE * size) return { alignment: "end", indent: 0 };
    return { alignment: "start", indent: 0 };
  }

  /** By the lines that share an edge with it, its cell, its column, and the page. */
  #ofSingle(
    { start, end }: Extent,
    size: number,
    column: Extent | undefined,
    { container: box, hasNeighbour, width }: Surroundings,
  ): Alignment {
    const middle = (start + end) / 2;
    const container = box && this.#span(box);
    const votes = { start: this.#starts.near(start), end: this.#ends.near(end), center: this.#middles.near(middle) };
    if (container && container.end - container.start < 0.9 * width) {
      const [before, after] = [start - container.start, container.end - end];
      if (votes.end > votes.start && votes.end >= votes.center && after < before) return "end";
      if (Math.abs(before - after) < size && before > 0.5 * size && votes.center >= votes.start) return "center";
      return after < 0.6 * before && after < size && votes.end >= votes.start ? "end" : "start";
    }
    if (column) {
      if (isNear(start, column.start, LOOSE * size)) return "justify";
      if (isNear(middle, (column.start + column.end) / 2, 0.6 * size)) return "center";
      return isNear(end, column.end, LOOSE * size) ? "end" : "start";
    }
    if (votes.start > 1) return votes.end > votes.start ? "end" : "start";
    if (votes.end > 1 && votes.end >= votes.center) return "end";
    if (hasNeighbour) return "start";
    const isInset = start > this.#block.start + size;
    const middles = [(this.#block.start + this.#block.end) / 2, (this.#isMirrored ? -width : width) / 2];
    if (isInset && middles.some((each) => isNear(middle, each, 0.6 * size))) return "center";
    const isAtEnd = isNear(end, this.#block.end, size) && start - this.#block.start > 0.5 * (this.#block.end - this.#block.start);
    return isInset && isAtEnd ? "end" : "start";
  }

  #extent({ box }: SourceFrame): Extent {
    return this.#span(box);
  }

  #span({ x0, x1 }: { readonly x0: number; readonly x1: number }): Extent {
    return this.#isMirrored ? { start: -x1, end: -x0 } : { start: x0, end: x1 };
  }
}

/** How many edges are where. */
class Edges {
  readonly #counts = new Map<number, number>();

  add(at: number): void {
    const key = Math.round(at);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  near(at: number): number {
    const key = Math.round(at);
    return [key - 1, key, key + 1].reduce((sum, each) => sum + (this.#counts.get(each) ?? 0), 0);
  }
}

/** Of the column that lines of this size begin at. */
function columnKey(start: number, size: number): string {
  return `${Math.round(start)} ${Math.round(size)}`;
}

function spread(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}

function isSame(a: Extent, b: Extent): boolean {
  return isNear(a.start, b.start, 2) && isNear(a.end, b.end, 2);
}

function isNear(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}
