/** A PNG's own compressed pixels, as a PDF takes them. */
export interface PngStream {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** Figures a pixel. */
  readonly colors: 1 | 3;
  /** Red, green, blue of each of its colors; then a pixel is a number in it. */
  readonly palette?: Buffer;
  readonly data: Buffer;
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MAX_CHUNKS = 100_000;

/**
 * Undefined for one that a PDF cannot show as it is: with transparency, interlaced, or damaged. PDF's Flate filter with
 * predictor 15 is what PNG has (ISO 32000-2, 7.4.4.4).
 */
export function pngStream(file: Buffer): PngStream | undefined {
  if (!file.subarray(0, 8).equals(SIGNATURE)) return undefined;
  const data: Buffer[] = [];
  let header: Buffer | undefined;
  let palette: Buffer | undefined;
  let at = 8;
  for (let count = 0; count < MAX_CHUNKS && at + 12 <= file.length; count++) {
    const length = file.readUInt32BE(at);
    const kind = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (body.length < length || kind === "tRNS") return undefined;
    if (kind === "IHDR") header = body;
    if (kind === "PLTE") palette = body;
    if (kind === "IDAT") data.push(body);
    at += 12 + length;
    if (kind === "IEND") break;
  }
  if (header?.length !== 13 || data.length === 0) return undefined;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [bits = 0, color = -1, , , interlaced = 1] = header.subarray(8);
  if (interlaced !== 0 || bits > 8) return undefined;
  const stream = { width, height, bits, data: Buffer.concat(data) };
  if (color === 0) return { ...stream, colors: 1 };
  if (color === 2) return { ...stream, colors: 3 };
  return color === 3 && palette && palette.length % 3 === 0 && palette.length > 0 ? { ...stream, colors: 1, palette } : undefined;
}
