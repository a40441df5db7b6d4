import { OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import { type Box, grown, heightOf, widthOf } from "../../document/geometry.ts";
import { isSquare, type Matrix, mapped, scaleOf } from "../../document/matrix.ts";
import type { Marks } from "./marks.ts";
import type { GraphicsState } from "./state.ts";

/** What is thinner is a line, whatever it was drawn as. In points. */
const RULE_THICKNESS = 2.5;
/** A shorter one is a dot, a dash or a part of a letter. */
const RULE_LENGTH = 4;
/** More of them say nothing of a page's order: they are a drawing. */
const MAX_SHAPES = 20_000;
/** Marks of lists are no larger and no smaller, in points, and about as wide as high. */
const DOT = { least: 1.2, most: 8, ratio: 1.4 };
/** Chromium's discs take 89 numbers. */
const MAX_DOT_NUMBERS = 400;
/** A page with more of them is a drawing. */
const MAX_DOTS = 2000;
/** pdf.js writes a path as these numbers, each followed by its coordinates. */
const [MOVE, LINE, CURVE, QUADRATIC, CLOSE] = [0, 1, 2, 3, 4];
/** How many follow each of them. */
const COORDINATES = [2, 2, 6, 4, 0];

const FILLS = new Set<number>([OPS.fill, OPS.eoFill, OPS.fillStroke, OPS.eoFillStroke, OPS.closeFillStroke, OPS.closeEOFillStroke]);
const STROKES = new Set<number>([
  OPS.stroke,
  OPS.closeStroke,
  OPS.fillStroke,
  OPS.eoFillStroke,
  OPS.closeFillStroke,
  OPS.closeEOFillStroke,
]);

/** What of a path is made of level and upright lines, in the path's own coordinates. */
interface Straight {
  readonly rectangles: readonly Box[];
  readonly lines: readonly Box[];
  /** Nothing else is in it. */
  readonly whole: boolean;
}

/** Notes what painting `path` leaves on the page: rules, areas, covers, or a drawing. */
export function paintPath(
  operator: number,
  { path, corners }: { readonly path: unknown; readonly corners: Box | undefined },
  { state, marks, order }: { state: GraphicsState; marks: Marks; order: number },
): void {
  const [fills, strokes] = [FILLS.has(operator), STROKES.has(operator)];
  if (!(path instanceof Float32Array) || !(fills || strokes)) return;
  const { rectangles, lines, whole } = isSquare(state.matrix)
    ? straightOf(path, RULE_THICKNESS / scaleOf(state.matrix))
    : { rectangles: [], lines: [], whole: false };
  if (!whole) marks.drawings++;
  // A box with round corners is a ground to stand on, though it hides nothing for certain.
  const ground = !whole && fills && state.fillAlpha > 0 && corners ? within(onPage(state.matrix, corners), state.clip) : undefined;
  if (ground) marks.paints.push({ box: ground, order, opaque: false, kind: "fill", color: state.fill });
  const dot = marks.dots.length < MAX_DOTS && (strokes || state.fillAlpha > 0) ? dotOf(path, state) : undefined;
  if (dot) marks.dots.push({ box: dot, shape: rectangles.length > 0 ? "square" : fills ? "disc" : "circle" });
  if (marks.rules.length + marks.areas.length > MAX_SHAPES) return;
  const thickness = strokes ? Math.max(0.1, state.lineWidth * scaleOf(state.matrix)) : 0;
  for (const rectangle of rectangles) {
    const box = within(onPage(state.matrix, rectangle), state.clip);
    if (box) addRectangle(box, { fills: fills && state.fillAlpha > 0, strokes, thickness, state, marks, order, whole });
  }
  if (strokes && thickness <= RULE_THICKNESS)
    for (const line of lines) addRule(marks, within(grown(onPage(state.matrix, line), thickness / 2), state.clip));
}

/** The box of a path that is small and about as wide as high; undefined for any other, and for one that is clipped away. */
function dotOf(path: Float32Array, { matrix, clip }: GraphicsState): Box | undefined {
  const { x0, y0, x1, y1 } = extentOf(path);
  const box = mapped(matrix, x0, y0, x1, y1);
  const [width, height] = [widthOf(box), heightOf(box)];
  if (Math.max(width, height) > Math.min(width, height) * DOT.ratio || width < DOT.least || width > DOT.most) return undefined;
  const seen = within(box, clip);
  return seen && widthOf(seen) > width * 0.9 && heightOf(seen) > height * 0.9 ? box : undefined;
}

/** Of the points that a path goes through, or towards. A long one is no dot. */
function extentOf(path: Float32Array): Box {
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (path.length > MAX_DOT_NUMBERS) return { x0: 0, y0: 0, x1: 0, y1: 0 };
  for (let i = 0; i < path.length; ) {
    const end = i + 1 + (COORDINATES[path[i] ?? CLOSE] ?? 0);
    for (i++; i < end; i += 2) {
      const [x, y] = [path[i] ?? 0, path[i + 1] ?? 0];
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
    }
  }
  return { x0, y0, x1, y1 };
}

interface Rectangle {
  readonly fills: boolean;
  readonly strokes: boolean;
  readonly thickness: number;
  readonly state: GraphicsState;
  readonly marks: Marks;
  readonly order: number;
  readonly whole: boolean;
}

function addRectangle(box: Box, { fills, strokes, thickness, state, marks, order, whole }: Rectangle): void {
  if (Math.min(widthOf(box), heightOf(box)) <= RULE_THICKNESS) {
    addRule(marks, grown(box, thickness / 2));
    return;
  }
  if (fills) marks.paints.push({ box, order, opaque: whole && covers(state), kind: "fill", color: state.fill });
  const fill = fills ? state.fill : undefined;
  marks.areas.push({ box, framed: strokes, ...(fill === undefined ? {} : { fill }) });
}

function addRule(marks: Marks, box: Box | undefined): void {
  if (box && Math.max(widthOf(box), heightOf(box)) >= RULE_LENGTH) marks.rules.push(box);
}

/** Whether what is painted now hides what is below it. */
export function covers({ fill, fillAlpha, blended, masked, stencil }: GraphicsState): boolean {
  return fill !== undefined && fillAlpha >= 0.99 && !blended && !masked && !stencil;
}

/** Shapes of up to `thin` are lines whatever their ends: borders are painted as slivers that are mitred at the corners. */
function straightOf(path: Float32Array, thin: number): Straight {
  const [rectangles, lines]: [Box[], Box[]] = [[], []];
  let whole = true;
  for (const points of subpathsOf(path)) {
    const box = points && (rectangleOf(points) ?? sliverOf(points, thin));
    if (box) rectangles.push(box);
    else if (points) {
      for (let i = 2; i < points.length; i += 2) {
        const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(i - 2, i + 2);
        if (near(x0, x1) || near(y0, y1)) lines.push(sorted(x0, y0, x1, y1));
        else whole = false;
      }
    } else whole = false;
  }
  return { rectangles, lines, whole };
}

/** The corners of each part of `path`, x and y in turn; undefined for one with curves. */
function* subpathsOf(path: Float32Array): Generator<number[] | undefined> {
  let points: number[] | undefined = [];
  let begun = false;
  for (let i = 0; i < path.length; ) {
    const kind = path[i];
    const [x, y] = [path[i + 1] ?? 0, path[i + 2] ?? 0];
    if (kind === MOVE) {
      if (begun) yield points;
      [points, begun] = [[x, y], false];
      i += 3;
    } else if (kind === LINE) {
      points?.push(x, y);
      begun = true;
      i += 3;
    } else if (kind === CURVE || kind === QUADRATIC) {
      [points, begun] = [undefined, true];
      i += kind === CURVE ? 7 : 5;
    } else if (kind === CLOSE) {
      if (points && points.length > 4) points.push(points[0] ?? 0, points[1] ?? 0);
      i += 1;
    } else return;
  }
  if (begun) yield points;
}

/** The rectangle that four or five corners are, if they are one. */
function rectangleOf(points: readonly number[]): Box | undefined {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0, x4 = x0, y4 = y0] = points;
  if ((points.length !== 8 && points.length !== 10 && points.length !== 12) || !near(x0, x4) || !near(y0, y4)) return undefined;
  const levelFirst = near(y0, y1) && near(x1, x2) && near(y2, y3) && near(x3, x0);
  const uprightFirst = near(x0, x1) && near(y1, y2) && near(x2, x3) && near(y3, y0);
  return levelFirst || uprightFirst ? sorted(x0, y0, x2, y2) : undefined;
}

/** The box of four corners that lie in a line. */
function sliverOf(points: readonly number[], thin: number): Box | undefined {
  if (points.length !== 8 && points.length !== 10) return undefined;
  const xs = points.filter((_, index) => index % 2 === 0);
  const ys = points.filter((_, index) => index % 2 === 1);
  const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
  const [width, height] = [widthOf(box), heightOf(box)];
  return Math.min(width, height) <= thin && Math.max(width, height) > 4 * Math.min(width, height) ? box : undefined;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-3 + 1e-5 * Math.abs(a);
}

function sorted(x0: number, y0: number, x1: number, y1: number): Box {
  return { x0: Math.min(x0, x1), y0: Math.min(y0, y1), x1: Math.max(x0, x1), y1: Math.max(y0, y1) };
}

function onPage(matrix: Matrix, { x0, y0, x1, y1 }: Box): Box {
  return mapped(matrix, x0, y0, x1, y1);
}

/** What of `box` is in `clip`; undefined if nothing is. */
export function within(box: Box, clip: Box): Box | undefined {
  const cut = {
    x0: Math.max(box.x0, clip.x0),
    y0: Math.max(box.y0, clip.y0),
    x1: Math.min(box.x1, clip.x1),
    y1: Math.min(box.y1, clip.y1),
  };
  return cut.x1 >= cut.x0 && cut.y1 >= cut.y0 ? cut : undefined;
}
