import { areaOf, type Box, heightOf, widthOf } from "../document/geometry.ts";
import type { Area } from "./content.ts";
import { within } from "./ruled.ts";
import type { Token } from "./token.ts";

/** No more of a page's shapes than these, the largest, take part in its layout: what has more is a drawing. */
const MAX_SHAPES = 200;
/** Smaller pictures, in points, stand in a line of text. */
const SMALLEST_PICTURE = 20;
const SMALLEST_DRAWING = 30;

/** Boxes with text of their own beside other text: frames and coloured grounds, but no fields of one line, no stripes of tables, no marked words, no background. */
export function boxesWithText(areas: readonly Area[], tokens: readonly Token[], size: number): Box[] {
  const stripes = new Map<string, number>();
  for (const { box } of areas) stripes.set(sides(box), (stripes.get(sides(box)) ?? 0) + 1);
  const candidates = areas.filter(({ box, framed }) => {
    if (widthOf(box) < size * 4 || heightOf(box) < size * 2.6) return false;
    return (stripes.get(sides(box)) ?? 0) < (framed ? 3 : 2) || heightOf(box) > size * 8;
  });
  return largest(candidates.map(({ box }) => box)).filter((box) => {
    const inside = tokens.filter((token) => holds(box, token));
    return inside.length > 0 && inside.length < tokens.length * 0.9 && !cutsLines(box, tokens, size);
  });
}

function sides({ x0, x1 }: Box): string {
  return `${Math.round(x0 / 2)} ${Math.round(x1 / 2)}`;
}

/** Whether lines go on over its sides: then it marks words in them. */
function cutsLines(box: Box, tokens: readonly Token[], size: number): boolean {
  return tokens.some((token) => {
    if (holds(box, token) || token.base < box.y0 || token.base > box.y1) return false;
    const gap = Math.max(box.x0 - token.box.x1, token.box.x0 - box.x1);
    return gap < size * 0.3 && gap > -widthOf(token.box);
  });
}

/** Pictures that text stands beside, tiles of one joined; those behind the page's text are none. */
export function pictures(
  images: readonly Box[],
  tokens: readonly Token[],
  page: { readonly width: number; readonly height: number },
): Box[] {
  const large = images.filter((box) => widthOf(box) >= SMALLEST_PICTURE && heightOf(box) >= SMALLEST_PICTURE / 4);
  return largest(joined(largest(large))).filter((box) => {
    if (Math.min(widthOf(box), heightOf(box)) < SMALLEST_PICTURE || areaOf(box) > page.width * page.height * 0.8) return false;
    const inside = tokens.filter((token) => holds(box, token)).length;
    return inside === 0 || inside < tokens.length * 0.75 || areaOf(box) < page.width * page.height * 0.3;
  });
}

/** What is drawn and has no words on it: columns go around it as around a picture. */
export function drawings(areas: readonly Area[], taken: readonly Box[], tokens: readonly Token[]): Box[] {
  const large = areas.map(({ box }) => box).filter((box) => widthOf(box) >= SMALLEST_DRAWING && heightOf(box) >= SMALLEST_DRAWING);
  const free = largest(large).filter((box) => !taken.some((other) => within(box, other)) && !tokens.some((token) => touches(box, token)));
  return joined(free);
}

function touches({ x0, y0, x1, y1 }: Box, { box, base, size }: Token): boolean {
  return box.x1 > x0 && box.x0 < x1 && base > y0 && base - size * 0.6 < y1;
}

/** Pictures are often drawn in stripes or tiles. */
function joined(boxes: readonly Box[]): Box[] {
  const result: Box[] = [];
  for (const box of boxes.toSorted((a, b) => a.y0 - b.y0 || a.x0 - b.x0)) {
    const at = result.findIndex((other) => isTile(other, box));
    const other = result[at];
    if (!other) result.push(box);
    else {
      const { min, max } = Math;
      result[at] = { x0: min(other.x0, box.x0), y0: min(other.y0, box.y0), x1: max(other.x1, box.x1), y1: max(other.y1, box.y1) };
    }
  }
  return result;
}

function isTile(a: Box, b: Box): boolean {
  if (within(b, a) || within(a, b)) return true;
  const column = Math.abs(a.x0 - b.x0) < 1 && Math.abs(a.x1 - b.x1) < 1 && b.y0 - a.y1 < 1;
  const row = Math.abs(a.y0 - b.y0) < 1 && Math.abs(a.y1 - b.y1) < 1 && b.x0 - a.x1 < 1 && a.x0 - b.x1 < 1;
  return column || row;
}

function largest(boxes: readonly Box[]): Box[] {
  return boxes.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, MAX_SHAPES);
}

/** Whether a word stands in a box, by its middle. */
export function holds(box: Box, token: Token): boolean {
  const [x, y] = [(token.box.x0 + token.box.x1) / 2, token.base - token.size * 0.3];
  return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;
}
