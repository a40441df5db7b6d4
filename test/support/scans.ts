import { createRequire } from "node:module";
import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import sharp, { type Sharp } from "sharp";
import type { Picture } from "../../worker/engine/formats/format.ts";
import { toGrey } from "../../worker/engine/formats/pixels.ts";

const require = createRequire(import.meta.url);
GlobalFonts.registerFromPath(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSerif.ttf"), "Scan");

export const PROSE = [
  "The garden behind the old house is open to all",
  "readers every morning. A narrow path leads from",
  "the gate to the small pond where the children",
  "feed the ducks. In the spring the gardeners plant",
  "new flowers along the wall and water them daily.",
];

/** Half of an A4 page as a scanner at 200 dpi would see it. */
export const SCAN = { width: 1654, height: 1170, pixelsPerPoint: 200 / 72 } as const;

/** A drawn page: black on white unless `draw` does otherwise. */
export function scan(draw: (context: SKRSContext2D) => void, { width, height }: { width: number; height: number } = SCAN): Sharp {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#222";
  context.font = "34px Scan";
  draw(context);
  return sharp(canvas.toBuffer("image/png"));
}

export function lines(texts: readonly string[], left = 160, top = 160, leading = 52): (context: SKRSContext2D) => void {
  return (context) => {
    for (const [index, text] of texts.entries()) context.fillText(text, left, top + index * leading);
  };
}

/** The word "Return" in type of 34 pixels, from 200 on a baseline at 100, and what `draw` puts beside it. */
export function besideReturn(draw: (context: SKRSContext2D) => void): Promise<Picture> {
  const line = scan(
    (context) => {
      context.fillStyle = "black";
      context.font = "34px Scan";
      context.fillText("Return", 200, 100);
      draw(context);
    },
    { width: 600, height: 200 },
  );
  return asPicture(line);
}

/** As a format gives it to OCR. */
export async function asPicture(page: Sharp, pixelsPerPoint: number = SCAN.pixelsPerPoint): Promise<Picture> {
  return { ...(await toGrey(page)), pixelsPerPoint, scaled: false };
}
