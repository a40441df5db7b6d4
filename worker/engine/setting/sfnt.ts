/** The tables of a font file (OpenType 1.9, "Organization of an OpenType Font"), as far as setting text and embedding need them. */
export interface Sfnt {
  readonly tables: ReadonlyMap<string, { readonly offset: number; readonly length: number }>;
  readonly bytes: Uint8Array;
}

const COLLECTION = 0x74746366;
const TRUE_TYPE = 0x00010000;
const CFF = 0x4f54544f;
const MAC_TRUE_TYPE = 0x74727565;
const MAX_TABLES = 256;
const MAX_FONTS = 256;

/** Where the fonts of a file begin: one, or those of a collection; none if it is no font. */
export function fontOffsets(bytes: Uint8Array): number[] {
  if (bytes.length < 12) return [];
  const view = viewOf(bytes);
  const kind = view.getUint32(0);
  if (kind === TRUE_TYPE || kind === CFF || kind === MAC_TRUE_TYPE) return [0];
  if (kind !== COLLECTION) return [];
  const count = Math.min(view.getUint32(8), MAX_FONTS, Math.floor((bytes.length - 12) / 4));
  return Array.from({ length: count }, (_, index) => view.getUint32(12 + 4 * index));
}

/** The font that begins at `offset`; undefined if its directory is broken. Tables that lie outside of the file are left out. */
export function openSfnt(bytes: Uint8Array, offset = 0, fileLength = bytes.length): Sfnt | undefined {
  if (offset + 12 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const count = Math.min(view.getUint16(offset + 4), MAX_TABLES);
  const tables = new Map<string, { offset: number; length: number }>();
  for (let index = 0; index < count; index++) {
    const at = offset + 12 + 16 * index;
    if (at + 16 > bytes.length) return undefined;
    const table = { offset: view.getUint32(at + 8), length: view.getUint32(at + 12) };
    if (table.offset + table.length <= fileLength) tables.set(String.fromCharCode(...bytes.subarray(at, at + 4)), table);
  }
  return { tables, bytes };
}

/** The bytes of a table; undefined if there is none of that name. */
export function tableOf({ tables, bytes }: Sfnt, tag: string): DataView | undefined {
  const table = tables.get(tag);
  return table && new DataView(bytes.buffer, bytes.byteOffset + table.offset, table.length);
}

/** The font in a file of its own: one of a collection shares its tables with the others. */
export function standalone({ tables, bytes }: Sfnt): Uint8Array {
  const entries = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const lengths = entries.map(([, { length }]) => (length + 3) & ~3);
  const start = 12 + 16 * entries.length;
  const file = new Uint8Array(start + lengths.reduce((sum, length) => sum + length, 0));
  const view = viewOf(file);
  view.setUint32(0, tables.has("CFF ") ? CFF : TRUE_TYPE);
  view.setUint16(4, entries.length);
  let at = start;
  for (const [index, [tag, { offset, length }]] of entries.entries()) {
    const entry = 12 + 16 * index;
    for (let letter = 0; letter < 4; letter++) view.setUint8(entry + letter, tag.charCodeAt(letter));
    view.setUint32(entry + 8, at);
    view.setUint32(entry + 12, length);
    file.set(bytes.subarray(offset, offset + length), at);
    at += lengths[index] ?? 0;
  }
  return file;
}

/** What a PDF says of a font. Figures in thousandths of an em. */
export interface FontMetrics {
  readonly unitsPerEm: number;
  readonly glyphCount: number;
  readonly box: readonly [number, number, number, number];
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  /** 100 to 900. */
  readonly weight: number;
  readonly isFixed: boolean;
  readonly isSerif: boolean;
  readonly underline: { readonly position: number; readonly thickness: number };
  readonly strike: { readonly position: number; readonly thickness: number };
}

/** Tables that a font lacks are taken for the commonest. */
export function metricsOf(font: Sfnt): FontMetrics {
  const head = reader(tableOf(font, "head"));
  const hhea = reader(tableOf(font, "hhea"));
  const os2 = reader(tableOf(font, "OS/2"));
  const post = reader(tableOf(font, "post"));
  const unitsPerEm = head.unsigned(18, 1000) || 1000;
  const scaled = (value: number) => Math.round((value * 1000) / unitsPerEm);
  const ascent = scaled(hhea.signed(4, 0.9 * unitsPerEm));
  const hasHeights = os2.unsigned(0, 0) >= 2;
  const panose = os2.bytes(32, 10);
  const isFixed = post.unsigned32(12, 0) !== 0;
  return {
    unitsPerEm,
    glyphCount: reader(tableOf(font, "maxp")).unsigned(4, 0),
    box: [scaled(head.signed(36, 0)), scaled(head.signed(38, 0)), scaled(head.signed(40, 0)), scaled(head.signed(42, 0))],
    ascent,
    descent: scaled(hhea.signed(6, -0.25 * unitsPerEm)),
    capHeight: (hasHeights ? scaled(os2.signed(88, 0)) : 0) || Math.round(ascent * 0.75),
    italicAngle: post.signed(4, 0) + post.unsigned(6, 0) / 65536,
    weight: os2.unsigned(4, 400),
    isFixed,
    // PANOSE: Latin text (2) with serifs of some kind (2 to 10); IBM's family classes 1 to 5 and 7 are serifs too.
    isSerif: !isFixed && ((panose[0] === 2 && between(panose[1] ?? 0, 2, 10)) || [1, 2, 3, 4, 5, 7].includes(os2.signed(30, 0) >> 8)),
    underline: { position: scaled(post.signed(8, -0.1 * unitsPerEm)), thickness: scaled(post.signed(10, 0.05 * unitsPerEm)) || 50 },
    strike: { position: scaled(os2.signed(28, 0.26 * unitsPerEm)), thickness: scaled(os2.signed(26, 0.05 * unitsPerEm)) || 50 },
  };
}

/** The advance widths of all glyphs, in thousandths of an em. */
export function advancesOf(font: Sfnt, { unitsPerEm }: FontMetrics): (glyph: number) => number {
  const hmtx = tableOf(font, "hmtx");
  const count = Math.min(reader(tableOf(font, "hhea")).unsigned(34, 0), hmtx ? Math.floor(hmtx.byteLength / 4) : 0);
  if (!hmtx || count === 0) return () => 1000;
  return (glyph) => (hmtx.getUint16(4 * Math.min(glyph, count - 1)) * 1000) / unitsPerEm;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function between(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** Reads `otherwise` where a table is missing or too short. */
function reader(view: DataView = new DataView(new ArrayBuffer(0))) {
  const has = (offset: number, size: number) => offset + size <= view.byteLength;
  return {
    unsigned: (offset: number, otherwise: number) => (has(offset, 2) ? view.getUint16(offset) : otherwise),
    signed: (offset: number, otherwise: number) => (has(offset, 2) ? view.getInt16(offset) : otherwise),
    unsigned32: (offset: number, otherwise: number) => (has(offset, 4) ? view.getUint32(offset) : otherwise),
    bytes: (offset: number, length: number) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice(offset, offset + length),
  };
}
