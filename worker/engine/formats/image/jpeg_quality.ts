/** Sum of the standard's luminance table (ITU-T T.81, table K.1), which libjpeg scales by its quality. */
const STANDARD_SUM = 3688;
const MAX_SEGMENTS = 1000;

/** The quality, 1 to 100, that libjpeg would have written `file`'s luminance table with; undefined if it has none that can be read. */
export function jpegQuality(file: Buffer): number | undefined {
  let at = 2;
  for (let count = 0; count < MAX_SEGMENTS && at + 4 <= file.length && file[at] === 0xff; count++) {
    const [marker, length] = [file[at + 1], file.readUInt16BE(at + 2)];
    if (marker === 0xdb && (file[at + 4] as number) === 0 && at + 5 + 64 <= file.length) return qualityOf(file.subarray(at + 5, at + 69));
    if (marker === 0xda) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function qualityOf(table: Buffer): number {
  const scale = (100 * table.reduce((sum, value) => sum + value, 0)) / STANDARD_SUM;
  return Math.max(1, Math.min(100, Math.round(scale <= 100 ? (200 - scale) / 2 : 5000 / scale)));
}
