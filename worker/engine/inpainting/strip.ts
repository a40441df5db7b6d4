import type { Box, QuarterTurn } from "../document/geometry.ts";
import type { ColorImage } from "./patches.ts";
import { skewMatrix } from "./skew.ts";

/** A rectangle of whole pixels; `x1` and `y1` lie outside. */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Where the lines of a straightened page lie on the picture of it. */
export interface Placing {
  /** Of the page, in points. */
  readonly width: number;
  readonly height: number;
  /** How far its lines fall to the right on the picture, in degrees. */
  readonly skew: number;
  readonly pixelsPerPoint: number;
}

/** A line of letters on the straightened page. */
export interface PlacedLine {
  readonly box: Box;
  readonly turn: QuarterTurn;
  /** The size of its type, in points. */
  readonly size: number;
}

/**
 * A line lifted off the picture, with some of what is around it, so that its letters stand upright and run level from left to
 * right. A quarter turn moves whole pixels, and so does the shear that stands for the rest of the slope: what is painted
 * here goes back to where it was taken from, and no pixel is mixed with another.
 */
export interface Strip {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly data: Uint8Array;
  /** Luminance of each pixel. */
  readonly light: Uint8Array;
  /** Which pixel of the picture each is; -1 outside of it. */
  readonly source: Int32Array;
  /** Where the line itself is. */
  readonly core: PixelBox;
  /** The size of its type, in pixels. */
  readonly em: number;
  /** Where on the strip a box of the straightened page lies. */
  locate(box: Box): PixelBox;
}

/** How much of what is around a line is looked at, in ems: the white between two lines and a rule or an edge in it. */
const AROUND = 0.5;
/** In ems, so that no figure of a file makes a strip much larger than its line. */
const SMALLEST_EM = 4;

/** Undefined for a line that is not on the picture. `budget` is how many pixels the strip may have. */
export function liftStrip(image: ColorImage, line: PlacedLine, placing: Placing, budget: number): Strip | undefined {
  const scale = placing.pixelsPerPoint;
  const upright = uprightOf(line.turn);
  const box = upright(line.box, placing);
  const em = Math.max(SMALLEST_EM, Math.min(line.size * scale, (box.y1 - box.y0) * scale * 2));
  const margin = Math.ceil(em * AROUND);
  const [long, high] = [Math.round((box.x1 - box.x0) * scale), Math.round((box.y1 - box.y0) * scale)];
  const [width, height] = [long + 2 * margin, high + 2 * margin];
  if (!(long > 0 && high > 0 && width * height <= budget)) return undefined;
  const [a, b, c, d, e, f] = skewMatrix(placing);
  const [middleX, middleY] = [(line.box.x0 + line.box.x1) / 2, (line.box.y0 + line.box.y1) / 2];
  const [x, y] = [a * middleX + c * middleY + e, b * middleX + d * middleY + f];
  const source = sourceOf(image, { x: x * scale, y: y * scale, width, height, turn: line.turn, skew: placing.skew });
  const { data, light } = pixelsOf(image, source);
  return {
    ...{ width, height, data, light, source, em },
    core: { x0: margin, y0: margin, x1: margin + long, y1: margin + high },
    locate(other) {
      const there = upright(other, placing);
      return {
        x0: Math.floor((there.x0 - box.x0) * scale) + margin,
        y0: Math.floor((there.y0 - box.y0) * scale) + margin,
        x1: Math.ceil((there.x1 - box.x0) * scale) + margin,
        y1: Math.ceil((there.y1 - box.y0) * scale) + margin,
      };
    },
  };
}

type Upright = (box: Box, page: { readonly width: number; readonly height: number }) => Box;

/** The page turned until letters of this turn stand upright. */
function uprightOf(turn: QuarterTurn): Upright {
  if (turn === 90) return ({ x0, y0, x1, y1 }, { width }) => ({ x0: y0, y0: width - x1, x1: y1, y1: width - x0 });
  if (turn === 180)
    return ({ x0, y0, x1, y1 }, { width, height }) => ({ x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 });
  if (turn === 270) return ({ x0, y0, x1, y1 }, { height }) => ({ x0: height - y1, y0: x0, x1: height - y0, y1: x1 });
  return (box) => box;
}

interface Lifted {
  /** Its middle on the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly turn: QuarterTurn;
  readonly skew: number;
}

/** Along a line, and from its top to its bottom. */
const DIRECTIONS = { 0: [1, 0, 0, 1], 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] } as const;

function sourceOf(image: ColorImage, { x, y, width, height, turn, skew }: Lifted): Int32Array {
  const [alongX, alongY, downX, downY] = DIRECTIONS[turn];
  const slope = Math.tan((skew * Math.PI) / 180);
  // A strip's own pixels lie half a pixel from its edges.
  const [left, top] = [0.5 - width / 2, 0.5 - height / 2];
  const source = new Int32Array(width * height);
  for (let u = 0; u < width; u++) {
    const along = u + left;
    for (let v = 0; v < height; v++) {
      const down = v + top + along * slope;
      const column = Math.floor(x + along * alongX + down * downX);
      const row = Math.floor(y + along * alongY + down * downY);
      const inside = column >= 0 && column < image.width && row >= 0 && row < image.height;
      source[v * width + u] = inside ? row * image.width + column : -1;
    }
  }
  return source;
}

function pixelsOf(image: ColorImage, source: Int32Array): { data: Uint8Array; light: Uint8Array } {
  const data = new Uint8Array(source.length * 3);
  const light = new Uint8Array(source.length);
  for (let index = 0; index < source.length; index++) {
    const at = source[index] as number;
    if (at < 0) continue;
    const [red, green, blue] = [image.data[at * 3] as number, image.data[at * 3 + 1] as number, image.data[at * 3 + 2] as number];
    data[index * 3] = red;
    data[index * 3 + 1] = green;
    data[index * 3 + 2] = blue;
    light[index] = (red * 77 + green * 151 + blue * 28) >> 8;
  }
  return { data, light };
}
