/** Which signs a font has glyphs for, by its cmap (OpenType 1.9): ranges of code points, sorted. */
export type Coverage = Uint32Array;

const MOST_GROUPS = 100_000;
/** Platform and encoding of the subtables that speak of Unicode; of them the one with most is taken. */
const UNICODE = new Set(["0 0", "0 1", "0 2", "0 3", "0 4", "0 6", "3 1", "3 10"]);

/** Nothing for a table that is broken, or that does not speak of Unicode. */
export function coverageOf(cmap: DataView): Coverage {
  let best: Coverage = new Uint32Array();
  if (cmap.byteLength < 4) return best;
  const count = Math.min(cmap.getUint16(2), 64, Math.floor((cmap.byteLength - 4) / 8));
  for (let index = 0; index < count; index++) {
    const at = 4 + 8 * index;
    if (!UNICODE.has(`${cmap.getUint16(at)} ${cmap.getUint16(at + 2)}`)) continue;
    const offset = cmap.getUint32(at + 4);
    if (offset + 16 > cmap.byteLength) continue;
    const ranges = cmap.getUint16(offset) === 12 ? groups(cmap, offset) : cmap.getUint16(offset) === 4 ? segments(cmap, offset) : [];
    if (ranges.length > best.length) best = Uint32Array.from(ranges);
  }
  return best;
}

export function covers(coverage: Coverage, codePoint: number): boolean {
  let [low, high] = [0, coverage.length / 2 - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < (coverage[2 * middle] ?? 0)) high = middle - 1;
    else if (codePoint > (coverage[2 * middle + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

/** Format 12: groups of code points with glyphs one after the other. */
function groups(cmap: DataView, offset: number): number[] {
  const count = Math.min(cmap.getUint32(offset + 12), MOST_GROUPS, Math.floor((cmap.byteLength - offset - 16) / 12));
  const ranges: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = offset + 16 + 12 * index;
    ranges.push(cmap.getUint32(at), cmap.getUint32(at + 4));
  }
  return ranges;
}

/** Format 4: segments of the first 65,536. That a code point in one may still have no glyph is seen when the font is read. */
function segments(cmap: DataView, offset: number): number[] {
  const count = Math.min(cmap.getUint16(offset + 6) >> 1, Math.floor((cmap.byteLength - offset - 16) / 4));
  const ranges: number[] = [];
  for (let index = 0; index < count; index++) {
    const end = cmap.getUint16(offset + 14 + 2 * index);
    const start = cmap.getUint16(offset + 16 + 2 * count + 2 * index);
    if (start <= end && start !== 0xffff) ranges.push(start, end);
  }
  return ranges;
}
