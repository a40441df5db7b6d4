import type { Box, QuarterTurn } from "../document/geometry.ts";

/** A page turned so that lines of one turn run from left to right: all that is decided about lines is decided there. */
export interface Upright {
  readonly turn: QuarterTurn;
  /** Of the turned page. */
  readonly width: number;
  readonly height: number;
  from(box: Box): Box;
  toPage(x: number, y: number): readonly [x: number, y: number];
  boxToPage(box: Box): Box;
}

/** For lines turned by `turn` clockwise against a page of this size. */
export function upright(turn: QuarterTurn, width: number, height: number): Upright {
  const isSideways = turn === 90 || turn === 270;
  const to = TO_PAGE[turn];
  const from = FROM_PAGE[turn];
  const point = (x: number, y: number) => to(x, y, width, height);
  return {
    turn,
    width: isSideways ? height : width,
    height: isSideways ? width : height,
    from: (box) => spanned(from(box.x0, box.y0, width, height), from(box.x1, box.y1, width, height)),
    toPage: point,
    boxToPage: (box) => spanned(point(box.x0, box.y0), point(box.x1, box.y1)),
  };
}

type Point = readonly [x: number, y: number];
type Turned = (x: number, y: number, width: number, height: number) => Point;

const TO_PAGE: Readonly<Record<QuarterTurn, Turned>> = {
  0: (x, y) => [x, y],
  90: (x, y, width) => [width - y, x],
  180: (x, y, width, height) => [width - x, height - y],
  270: (x, y, _width, height) => [y, height - x],
};

const FROM_PAGE: Readonly<Record<QuarterTurn, Turned>> = {
  0: (x, y) => [x, y],
  90: (x, y, width) => [y, width - x],
  180: (x, y, width, height) => [width - x, height - y],
  270: (x, y, _width, height) => [height - y, x],
};

function spanned([x0, y0]: Point, [x1, y1]: Point): Box {
  return { x0: Math.min(x0, x1), y0: Math.min(y0, y1), x1: Math.max(x0, x1), y1: Math.max(y0, y1) };
}
