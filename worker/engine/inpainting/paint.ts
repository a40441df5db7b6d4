import type { Box } from "../document/geometry.ts";
import { type Leaf, type Page, plainText } from "../document/model.ts";
import { groundBox } from "./grounds.ts";
import { findInk, type Ink, spreadInk } from "./ink.ts";
import { measure } from "./letters.ts";
import type { Measured } from "./looks.ts";
import { grownBox } from "./masks.ts";
import { layPaper } from "./paper.ts";
import type { ColorImage } from "./patches.ts";
import { rulesOn } from "./rules.ts";
import { liftStrip, type PixelBox, type PlacedLine, type Placing, type Strip } from "./strip.ts";

/** What was done to a picture. */
export interface Painted {
  /** Where it was painted over, a box for each line. */
  readonly boxes: readonly PixelBox[];
  readonly measured: readonly Measured[];
  /** Boxes of another colour than the page's paper that leaves stand on, in points of the page straightened. */
  readonly grounds: readonly Box[];
  /** Ids of leaves whose words stand on no paper, or that are not on the picture: they were left as they are. */
  readonly kept: ReadonlySet<string>;
}

/** Words are painted out as far around them as this, in ems. */
const GROWN = 0.12;
/** Grain of more than this share of the contrast between ink and ground is no paper's: the words stand on a photo. */
const BUSY = 0.22;
/** All strips of a page together have at most so many times the pixels of its picture: lines of text lie side by side. */
const MOST_STRIPS = 6;
/** What type is from the top of its highest letters to the bottom of its lowest, in ems. */
const LINE_HEIGHT = 0.92;

interface Work {
  readonly image: ColorImage;
  readonly placing: Placing;
  readonly page: number;
  readonly rules: readonly Box[];
  /** Pixels that strips may still have. */
  budget: number;
}

/** A line, and what is known of its ink. */
interface Written {
  readonly strip: Strip;
  readonly ink: Ink;
}

/** Paints the words of `leaves` out of `image`, in its own pixels. */
export function paintOut(image: ColorImage, leaves: readonly Leaf[], page: Page): Painted {
  const { pixelsPerPoint, width, height } = image;
  const work: Work = {
    image,
    placing: { width: width / pixelsPerPoint, height: height / pixelsPerPoint, skew: page.geometry?.skew ?? 0, pixelsPerPoint },
    page: page.number,
    rules: (page.graphics ?? []).filter(({ kind }) => kind === "rule").map(({ box }) => box),
    budget: width * height * MOST_STRIPS,
  };
  const boxes: PixelBox[] = [];
  const measured: Measured[] = [];
  const grounds: Box[] = [];
  const kept = new Set<string>();
  for (const leaf of leaves) {
    // Its words stand for the picture, not on it.
    if (leaf.kind === "figure") continue;
    const lines = linesOf(leaf, work);
    const written = lines.filter(({ ink }) => ink.noise <= BUSY * ink.contrast);
    if (written.length <= lines.length / 2) {
      kept.add(leaf.id);
      continue;
    }
    measured.push(measuredOf(leaf, written));
    const ground = groundOf(leaf, written, work);
    if (ground) grounds.push(ground);
    for (const line of written) {
      const box = paintLine(line, work);
      if (box) boxes.push(box);
    }
  }
  return { boxes, measured, grounds, kept };
}

function linesOf(leaf: Leaf, work: Work): Written[] {
  const lines: Written[] = [];
  for (const frame of leaf.frames ?? []) {
    if (frame.page !== work.page) continue;
    for (const { box } of frame.lines ?? [{ box: frame.box }]) {
      const placed: PlacedLine = { box, turn: frame.turn ?? 0, size: leaf.look?.size ?? sizeOf(box, frame.turn) };
      const strip = liftStrip(work.image, placed, work.placing, work.budget);
      if (!strip) continue;
      work.budget -= strip.light.length;
      const ink = findInk(strip);
      if (ink) lines.push({ strip, ink });
    }
  }
  return lines;
}

/** Under all of a leaf's lines on the page. */
function groundOf({ frames = [], look }: Leaf, lines: readonly Written[], { image, placing, page }: Work): Box | undefined {
  const [frame, ...others] = frames.filter((each) => each.page === page);
  const [first] = lines;
  if (!frame || !first || others.length > 0) return undefined;
  const ground = first.ink.paper[first.strip.width >> 1] ?? 255;
  return groundBox(image, { box: frame.box, size: look?.size ?? first.strip.em / placing.pixelsPerPoint, ground }, placing);
}

function sizeOf({ x0, y0, x1, y1 }: Box, turn: number | undefined): number {
  return (turn === 90 || turn === 270 ? x1 - x0 : y1 - y0) / LINE_HEIGHT;
}

function measuredOf(leaf: Leaf, lines: readonly Written[]): Measured {
  const text = leaf.segments?.map(({ source }) => source.text).join(" ") ?? plainText(leaf.content);
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const small = text.match(/\p{Ll}|\p{Lo}/gu)?.length ?? 0;
  const measures = lines.map(({ strip, ink }) => measure(strip, ink)).filter((each) => each !== undefined);
  return { id: leaf.id, lines: measures, look: leaf.look ?? {}, capitals: small < letters / 2, letters };
}

/** Where the picture was changed; undefined if it was not. */
function paintLine({ strip, ink }: Written, { image, rules }: Work): PixelBox | undefined {
  const { width, data, source } = strip;
  const covered = spreadInk(ink, strip);
  const spared = rulesOn(strip, ink.mask, rules);
  const wanted = new Uint8Array(covered.length);
  const { x0, y0, x1, y1 } = grownBox(strip.core, Math.round(strip.em * GROWN), strip);
  for (let row = y0; row < y1; row++)
    for (let index = row * width + x0; index < row * width + x1; index++)
      if (covered[index] && !spared[index] && (source[index] as number) >= 0) wanted[index] = 1;
  if (!layPaper(strip, covered, wanted)) return undefined;
  let [left, top, right, bottom] = [image.width, image.height, 0, 0];
  for (let index = 0; index < wanted.length; index++) {
    if (!wanted[index]) continue;
    const at = source[index] as number;
    for (let channel = 0; channel < 3; channel++) image.data[at * 3 + channel] = data[index * 3 + channel] as number;
    const [column, row] = [at % image.width, Math.floor(at / image.width)];
    left = Math.min(left, column);
    top = Math.min(top, row);
    right = Math.max(right, column + 1);
    bottom = Math.max(bottom, row + 1);
  }
  return right > left ? { x0: left, y0: top, x1: right, y1: bottom } : undefined;
}
