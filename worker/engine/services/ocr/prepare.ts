import sharp from "sharp";

const PROBE_WIDTH = 900;
const DARK = 128;
const MAX_SKEW_DEGREES = 5;
const MIN_SKEW_DEGREES = 0.1;
/** Less than a third of a page is ink: what is brighter than this share of it is paper, and made white, its grain with it. */
const PAPER_PERCENTILE = 30;
/** Tesseract reads best at about 300 dpi; A4 is then 2,480 pixels wide, and half of that is the least worth scaling. */
const MIN_WIDTH = 1240;
const GOOD_WIDTH = 2480;

/** The picture as Tesseract likes it: grey, contrast stretched, upright, and large enough. */
export async function prepare(image: Buffer): Promise<Buffer> {
  const angle = await skewDegrees(image);
  const upright =
    Math.abs(angle) < MIN_SKEW_DEGREES
      ? sharp(image)
      : sharp(await sharp(image).rotate(-angle, { background: "white" }).png({ compressionLevel: 1 }).toBuffer());
  const { width } = await sharp(image).metadata();
  const sized = width < MIN_WIDTH ? upright.resize({ width: Math.min(GOOD_WIDTH, width * 3), kernel: "cubic" }) : upright;
  return sized.greyscale().median(3).normalise({ lower: 1, upper: PAPER_PERCENTILE }).png({ compressionLevel: 1 }).toBuffer();
}

/**
 * How far the lines fall to the right, in degrees, by the projection profile (Postl 1986): turned
 * upright, a page's dark pixels gather in the fewest rows.
 */
export async function skewDegrees(image: Buffer): Promise<number> {
  const { data, info } = await sharp(image)
    .greyscale()
    .normalise()
    .resize({ width: PROBE_WIDTH, withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const xs: number[] = [];
  const ys: number[] = [];
  for (let index = 0; index < data.length; index += info.channels) {
    if ((data[index] as number) >= DARK) continue;
    const pixel = index / info.channels;
    xs.push(pixel % info.width);
    ys.push(Math.floor(pixel / info.width));
  }
  if (xs.length < 500) return 0;
  const rows = new Float64Array(info.height * 2 + info.width);
  const sharpness = (degrees: number): number => {
    rows.fill(0);
    const slope = Math.tan((degrees * Math.PI) / 180);
    for (let index = 0; index < xs.length; index++) {
      const row = Math.round((ys[index] as number) - (xs[index] as number) * slope + info.width / 2);
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
