import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";

/** Bytes of a value of each type (TIFF 6.0, section 2). */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8 };
/** Tags whose values are places in the file: of strips and of tiles. */
const PLACES: ReadonlySet<number> = new Set([273, 324]);

/** A TIFF of several pages, put together from TIFFs of one page each (little-endian, as libvips writes them), page after page. */
export class TiffPages {
  readonly #file: FileHandle;
  #end = 8;
  /** Where the address of the next page's directory belongs. */
  #link = 4;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(name: string): Promise<TiffPages> {
    const file = await open(name, "w");
    await file.write(Buffer.from("49492a0000000000", "hex"), 0, 8, 0);
    return new TiffPages(file);
  }

  /** `tiff` is changed. */
  async add(tiff: Buffer): Promise<void> {
    const base = this.#end;
    const directory = tiff.readUInt32LE(4);
    const count = tiff.readUInt16LE(directory);
    for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) move(tiff, entry, base);
    const link = directory + 2 + count * 12;
    tiff.writeUInt32LE(0, link);
    await this.#file.write(tiff, 0, tiff.length, base);
    const address = Buffer.alloc(4);
    address.writeUInt32LE(base + directory);
    await this.#file.write(address, 0, 4, this.#link);
    this.#link = base + link;
    // Directories begin at even addresses.
    this.#end = base + tiff.length + (tiff.length & 1);
  }

  async finish(): Promise<void> {
    await this.#file.close();
  }
}

/** Moves what an entry of a directory points to by `base`. */
function move(tiff: Buffer, entry: number, base: number): void {
  const [tag, type, count] = [tiff.readUInt16LE(entry), tiff.readUInt16LE(entry + 2), tiff.readUInt32LE(entry + 4)];
  const size = (SIZES[type] ?? 1) * count;
  let values = entry + 8;
  if (size > 4) {
    values = tiff.readUInt32LE(entry + 8);
    tiff.writeUInt32LE(values + base, entry + 8);
  }
  if (!PLACES.has(tag)) return;
  if (type !== 4) throw new Error("A TIFF of ours has places of another type.");
  for (let at = values; at < values + count * 4; at += 4) tiff.writeUInt32LE(tiff.readUInt32LE(at) + base, at);
}
