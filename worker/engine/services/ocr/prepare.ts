import sharp from "sharp";
import type { QuarterTurn } from "../../document/geometry.ts";
import type { Picture } from "../../formats/format.ts";
import { median, straightened } from "./filters.ts";
import { level, type Tiles } from "./levels.ts";
import { skewOf } from "./skew.ts";

/** Tesseract is trained on, and reads best at, about 300 dots an inch. */
const GOOD_DPI = 300;
const COARSE_DPI = 200;
const MOST_SCALE = 4;
/** Tesseract takes at most 32,767 pixels to a side. */
const MAX_SIDE = 30_000;
/** A4 at 300 dpi has 8.7 million; this is A3 with room to spare. */
const MAX_PIXELS = 25_000_000;

/** A page as Tesseract likes it, and the way back from its pixels to the page's points. */
export interface Prepared {
  readonly image: Picture;
  /** Of the page before it was straightened and scaled. */
  readonly tiles: Tiles;
  readonly tilePixelsPerPoint: number;
  readonly sideways: boolean;
  /** What it was turned by, clockwise in degrees, about its middle, to make its lines level. */
  readonly straightened: number;
  /** Of the page as it was given, turned by quarters, in points. */
  readonly width: number;
  readonly height: number;
}

/** Levels, straightens and scales `image`. */
export async function prepare(image: Picture): Promise<Prepared> {
  const { image: levelled, tiles, grainy } = level(image);
  const { degrees, sideways } = skewOf(levelled);
  const scale = scaleOf(levelled);
  const size = { width: image.width / image.pixelsPerPoint, height: image.height / image.pixelsPerPoint };
  const facts = { tiles, tilePixelsPerPoint: image.pixelsPerPoint, sideways, straightened: 0 - degrees, ...size };
  const even = degrees === 0 ? levelled : straightened(levelled, degrees);
  const scaled = scale === 1 ? even : await resized(even, Math.max(1, Math.round(even.width * scale)), scale > 1 ? "cubic" : "lanczos3");
  return { image: grainy ? median(scaled) : scaled, ...facts };
}

async function resized(image: Picture, width: number, kernel: "cubic" | "lanczos3"): Promise<Picture> {
  const raw = { width: image.width, height: image.height, channels: 1 as const };
  const work = sharp(image.data, { raw }).resize({ width, kernel }).toColourspace("b-w").raw();
  const { data, info } = await work.toBuffer({ resolveWithObject: true });
  const pixelsPerPoint = (image.pixelsPerPoint * info.width) / image.width;
  return { ...image, data, width: info.width, height: info.height, pixelsPerPoint };
}

/** `image` turned clockwise. */
export async function turned(image: Picture, turn: QuarterTurn): Promise<Picture> {
  if (turn === 0) return image;
  const { data, info } = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } })
    .rotate(turn)
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...image, data, width: info.width, height: info.height };
}

/** `image` at `dpi` dots an inch, if it has more. */
export async function shrunk(image: Picture, dpi: number): Promise<Picture> {
  const scale = dpi / 72 / image.pixelsPerPoint;
  if (scale >= 1) return image;
  return resized(image, Math.max(1, Math.round(image.width * scale)), "lanczos3");
}

/** The part of `image` that lies in `box`, in its own pixels. */
export function cut({ data, width, height, ...rest }: Picture, box: { x0: number; y0: number; x1: number; y1: number }): Picture {
  const [left, top] = [Math.max(0, Math.floor(box.x0)), Math.max(0, Math.floor(box.y0))];
  const [right, bottom] = [Math.min(width, Math.ceil(box.x1)), Math.min(height, Math.ceil(box.y1))];
  const size = { width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
  const pixels = Buffer.allocUnsafe(size.width * size.height);
  for (let y = 0; y < size.height; y++) data.copy(pixels, y * size.width, (top + y) * width + left, (top + y) * width + left + size.width);
  return { ...rest, data: pixels, ...size };
}

/** As a PGM: what it takes to encode and decode one is nothing beside a PNG. */
export function asPgm({ data, width, height }: Picture): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]);
}

/** With its resolution, which OSD takes from the picture alone. */
export function asPng({ data, width, height, pixelsPerPoint }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .withMetadata({ density: Math.round(pixelsPerPoint * 72) })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Where a point of the prepared picture lies on the page, in points: straightened, or where it was before. */
export function toPage(prepared: Prepared, x: number, y: number, asBefore: boolean): [x: number, y: number] {
  const { image, width, height, straightened } = prepared;
  const [dx, dy] = [(x - image.width / 2) / image.pixelsPerPoint, (y - image.height / 2) / image.pixelsPerPoint];
  const angle = asBefore ? (-straightened * Math.PI) / 180 : 0;
  return [width / 2 + dx * Math.cos(angle) - dy * Math.sin(angle), height / 2 + dx * Math.sin(angle) + dy * Math.cos(angle)];
}

function scaleOf({ width, height, pixelsPerPoint }: Picture): number {
  const dpi = pixelsPerPoint * 72;
  const wanted = dpi < COARSE_DPI || dpi > GOOD_DPI * 1.05 ? Math.min(MOST_SCALE, GOOD_DPI / dpi) : 1;
  return Math.min(wanted, Math.max(1, Math.min(MAX_SIDE / Math.max(width, height), Math.sqrt(MAX_PIXELS / (width * height)))));
}
