import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** What is used of HarfBuzz's subsetter, as it is compiled: pointers are numbers. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): number;
  free(pointer: number): void;
  hb_blob_create(data: number, length: number, mode: number, userData: number, destroy: number): number;
  hb_blob_destroy(blob: number): void;
  hb_blob_get_data(blob: number, length: number): number;
  hb_blob_get_length(blob: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_face_destroy(face: number): void;
  hb_face_reference_blob(face: number): number;
  hb_set_add(set: number, value: number): void;
  hb_subset_input_create_or_fail(): number;
  hb_subset_input_destroy(input: number): void;
  hb_subset_input_glyph_set(input: number): number;
  hb_subset_input_set(input: number, kind: number): number;
  hb_subset_input_set_flags(input: number, flags: number): void;
  hb_subset_or_fail(face: number, input: number): number;
}

// hb-subset.h
const READ_ONLY = 1;
const NO_HINTING = 1;
const RETAIN_GIDS = 2;
const DROP_TABLES = 3;
/** What shapes text, names glyphs and varies them: a PDF shows glyphs that are shaped already. */
const UNUSED = [
  "GSUB",
  "GPOS",
  "GDEF",
  "kern",
  "name",
  "post",
  "DSIG",
  "STAT",
  "MATH",
  "BASE",
  "OS/2",
  "cmap",
  "fvar",
  "gvar",
  "avar",
  "HVAR",
  "MVAR",
  "cvar",
];

let instance: Promise<Exports> | undefined;

/** Loaded once, when the first document ends. */
async function subsetter(): Promise<Exports> {
  const module = createRequire(import.meta.url).resolve("harfbuzzjs/dist/harfbuzz-subset.wasm");
  const exports = (await WebAssembly.instantiate(await readFile(module))).instance.exports as Exports;
  exports._initialize();
  return exports;
}

/** The font with these glyphs alone, under the numbers that they have. Undefined if the font is broken. */
export async function subset(font: Uint8Array, glyphs: Iterable<number>): Promise<Uint8Array | undefined> {
  instance ??= subsetter();
  const hb = await instance;
  const data = hb.malloc(font.length);
  new Uint8Array(hb.memory.buffer).set(font, data);
  const blob = hb.hb_blob_create(data, font.length, READ_ONLY, 0, 0);
  const face = hb.hb_face_create(blob, 0);
  hb.hb_blob_destroy(blob);
  const input = hb.hb_subset_input_create_or_fail();
  try {
    hb.hb_subset_input_set_flags(input, NO_HINTING | RETAIN_GIDS);
    const wanted = hb.hb_subset_input_glyph_set(input);
    for (const glyph of glyphs) hb.hb_set_add(wanted, glyph);
    const dropped = hb.hb_subset_input_set(input, DROP_TABLES);
    for (const table of UNUSED) hb.hb_set_add(dropped, tagOf(table));
    const result = hb.hb_subset_or_fail(face, input);
    if (result === 0) return undefined;
    const bytes = bytesOf(hb, result);
    hb.hb_face_destroy(result);
    return bytes;
  } finally {
    hb.hb_subset_input_destroy(input);
    hb.hb_face_destroy(face);
    hb.free(data);
  }
}

function bytesOf(hb: Exports, face: number): Uint8Array {
  const blob = hb.hb_face_reference_blob(face);
  const start = hb.hb_blob_get_data(blob, 0);
  const bytes = new Uint8Array(hb.memory.buffer).slice(start, start + hb.hb_blob_get_length(blob));
  hb.hb_blob_destroy(blob);
  return bytes;
}

function tagOf(name: string): number {
  return [...name.padEnd(4)].reduce((tag, letter) => (tag << 8) + letter.charCodeAt(0), 0) >>> 0;
}
