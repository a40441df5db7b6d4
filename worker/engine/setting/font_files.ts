import { closeSync, fstatSync, opendirSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { type Coverage, coverageOf } from "./coverage.ts";
import type { FontClass } from "./fonts.ts";
import { fontOffsets, metricsOf, openSfnt, type Sfnt, standalone, tableOf } from "./sfnt.ts";

/** A font of a folder: what is known of it before it is read. */
export interface FontFile {
  /** Without spaces, as PDF wants it. */
  readonly name: string;
  readonly font: FontClass;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly coverage: Coverage;
  /** The font alone, if its file has several. */
  load(): Uint8Array;
}

const EXTENSIONS = /[.](ttf|otf|ttc|otc)$/i;
const [MOST_DEPTH, MOST_FILES, MOST_BYTES] = [6, 5000, 128 * 1024 ** 2];
/** What is read of a file to know its fonts: where they are, their directories, and the tables that say what they are. */
const [HEAD_BYTES, DIRECTORY_BYTES] = [4096, 8192];
const DESCRIPTIVE = ["head", "hhea", "OS/2", "post", "name", "cmap", "maxp"];
const MOST_TABLE = 4 * 1024 ** 2;
/** OS/2 fsType: may not be embedded, or only as pixels. */
const NOT_TO_EMBED = 0x0202;

const known = new Map<string, readonly FontFile[]>();

/** The fonts in a folder and those within, that can be embedded; none if it is not there. A folder is looked at once. */
export function fontsIn(folder: string): readonly FontFile[] {
  const fonts = known.get(folder) ?? filesIn(folder).flatMap(fontsOf);
  known.set(folder, fonts);
  return fonts;
}

function filesIn(folder: string, depth = 0, files: string[] = []): string[] {
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() && depth < MOST_DEPTH) filesIn(file, depth + 1, files);
    else if (found?.isFile() && EXTENSIONS.test(entry) && files.length < MOST_FILES && found.size < MOST_BYTES) files.push(file);
  }
  return files;
}

/** In the order of their names, so that the same fonts are found first everywhere. */
function entriesOf(folder: string): string[] {
  try {
    using directory = opendirSync(folder);
    const names: string[] = [];
    for (let entry = directory.readSync(); entry && names.length < MOST_FILES; entry = directory.readSync()) names.push(entry.name);
    return names.sort();
  } catch {
    return [];
  }
}

/** None of a file that cannot be read or is broken: it is not needed as long as another font has the signs. */
function fontsOf(file: string): FontFile[] {
  try {
    const descriptor = openSync(file, "r");
    try {
      const { size } = fstatSync(descriptor);
      const head = read(descriptor, 0, Math.min(HEAD_BYTES, size));
      return fontOffsets(head).flatMap((offset) => fontAt(file, { descriptor, size, offset }));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return [];
  }
}

interface At {
  readonly descriptor: number;
  readonly size: number;
  readonly offset: number;
}

function fontAt(file: string, { descriptor, size, offset }: At): FontFile[] {
  const directory = openSfnt(read(descriptor, offset, DIRECTORY_BYTES), 0, size);
  // Outlines of other kinds (CFF2, pictures alone) cannot be embedded.
  if (!directory || !(directory.tables.has("glyf") || directory.tables.has("CFF "))) return [];
  const font = described(directory, (at, length) => read(descriptor, at, Math.min(length, MOST_TABLE)));
  const cmap = tableOf(font, "cmap");
  const os2 = tableOf(font, "OS/2");
  if (!cmap || (os2 && os2.byteLength >= 10 && (os2.getUint16(8) & NOT_TO_EMBED) !== 0)) return [];
  const { weight, italicAngle, isFixed, isSerif } = metricsOf(font);
  const name =
    nameOf(font) ??
    path
      .basename(file)
      .replace(EXTENSIONS, "")
      .replace(/[^\w-]/g, "");
  return [
    {
      name,
      font: isFixed || MONO.test(name) ? "mono" : isSerif || SERIF.test(name) ? "serif" : "sans",
      bold: weight >= 600 || /bold|black|heavy/i.test(name),
      italic: italicAngle !== 0 || /ital|obli/i.test(name),
      coverage: coverageOf(cmap),
      load: () => {
        const bytes = readFileSync(file);
        const whole = openSfnt(bytes, offset);
        return offset === 0 || !whole ? bytes : standalone(whole);
      },
    },
  ];
}

const MONO = /mono|code|courier|consol/i;
const SERIF = /(?<!sans-?)serif|roman|times|garamond|georgia|palatino|mincho|song|ming/i;

/** A font of the tables that say what it is, without those that are only needed to set text. */
function described({ tables }: Sfnt, bytesAt: (offset: number, length: number) => Uint8Array): Sfnt {
  const parts = DESCRIPTIVE.flatMap((tag) => {
    const table = tables.get(tag);
    return table ? [{ tag, bytes: bytesAt(table.offset, table.length) }] : [];
  });
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  let offset = 0;
  const own = parts.map(({ tag, bytes: { length } }) => {
    const table = [tag, { offset, length }] as const;
    offset += length;
    return table;
  });
  return { tables: new Map(own), bytes };
}

/** The PostScript name (name 6), in English. */
function nameOf(font: Sfnt): string | undefined {
  const table = tableOf(font, "name");
  if (!table || table.byteLength < 6) return undefined;
  const [count, strings] = [Math.min(table.getUint16(2), 1000, Math.floor((table.byteLength - 6) / 12)), table.getUint16(4)];
  for (let index = 0; index < count; index++) {
    const at = 6 + 12 * index;
    if (table.getUint16(at + 6) !== 6) continue;
    const [length, offset] = [table.getUint16(at + 8), strings + table.getUint16(at + 10)];
    if (offset + length > table.byteLength) continue;
    // Two bytes a letter on the platforms 0 and 3, one on 1: the name is ASCII.
    const letters = new Uint8Array(table.buffer, table.byteOffset + offset, length).filter((byte) => byte !== 0);
    const name = String.fromCharCode(...letters).replace(/[^\w-]/g, "");
    if (name !== "" && name.length < 64) return name;
  }
  return undefined;
}

function read(descriptor: number, offset: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
}
