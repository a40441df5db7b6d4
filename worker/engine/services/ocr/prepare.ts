import sharp, { type Sharp } from "sharp";
import { type Grey, MAX_SIDE, toGrey } from "../../formats/image/image.ts";

const PROBE_WIDTH = 900;
const DARK = 128;
const MAX_SKEW_DEGREES = 5;
const MIN_SKEW_DEGREES = 0.1;
/** Less than a third of a page is ink: what is brighter than this share of it is paper, and made white, its grain with it. */
const PAPER_SHARE = 0.3;
const BLACKEST_SHARE = 0.01;
/** Tesseract reads best at about 300 dpi; A4 is then 2,480 pixels wide, and half of that is the least worth scaling. */
const MIN_WIDTH = 1240;
const GOOD_WIDTH = 2480;

/** The picture as Tesseract likes it: upright, without grain, and large enough; encoded as PNG. */
export async function prepare(image: Grey): Promise<Buffer> {
  const angle = await skewDegrees(image);
  const upright = Math.abs(angle) < MIN_SKEW_DEGREES ? image : await toGrey(open(image).rotate(-angle, { background: "white" }));
  const { width, height } = upright;
  const scale = Math.min(3, GOOD_WIDTH / width, MAX_SIDE / height);
  const sized =
    width < MIN_WIDTH && scale > 1 ? open(upright).resize({ width: Math.floor(width * scale), kernel: "cubic" }) : open(upright);
  const { black, paper } = levels(upright);
  const gain = 255 / Math.max(1, paper - black);
  return sized
    .median(3)
    .linear(gain, -black * gain)
    .withMetadata({ density: 300 })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

function open({ data, width, height }: Grey): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

/** The greys that are made black and white. */
function levels({ data }: Grey): { black: number; paper: number } {
  const histogram = new Uint32Array(256);
  for (const value of data) histogram[value] = (histogram[value] as number) + 1;
  const greyAt = (share: number): number => {
    let seen = 0;
    for (let value = 0; value < 256; value++) {
      seen += histogram[value] as number;
      if (seen >= data.length * share) return value;
    }
    return 255;
  };
  return { black: greyAt(BLACKEST_SHARE), paper: greyAt(PAPER_SHARE) };
}

/**
 * How far the lines fall to the right, in degrees, by the projection profile (Postl 1986): turned
 * upright, a page's dark pixels gather in the fewest rows.
 */
async function skewDegrees(page: Grey): Promise<number> {
  const probe = open(page).resize({ width: PROBE_WIDTH, withoutEnlargement: true }).normalise();
  const { data, width, height } = await toGrey(probe);
  const xs: number[] = [];
  const ys: number[] = [];
  for (let pixel = 0; pixel < data.length; pixel++) {
    if ((data[pixel] as number) >= DARK) continue;
    xs.push(pixel % width);
    ys.push(Math.floor(pixel / width));
  }
  if (xs.length < 500) return 0;
  const rows = new Float64Array(height * 2 + width);
  const sharpness = (degrees: number): number => {
    rows.fill(0);
    const slope = Math.tan((degrees * Math.PI) / 180);
    for (let index = 0; index < xs.length; index++) {
      const row = Math.round((ys[index] as number) - (xs[index] as number) * slope + width / 2);
      rows[row] = (rows[row] ?? 0) + 1;
    }
    return rows.reduce((sum, count) => sum + count * count, 0);
  };
  const best = (from: number, to: number, step: number): number => {
    let top = from;
    let topValue = -1;
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const value = sharpness(degrees);
      if (value > topValue) [top, topValue] = [degrees, value];
    }
    return top;
  };
  const coarse = best(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES, 0.5);
  return best(coarse - 0.5, coarse + 0.5, 0.1);
}
