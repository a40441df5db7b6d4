import { EngineError } from "../../errors.ts";

/** [MS-CFB] 2.1 to 2.6. */
const MAGIC = "d0cf11e0a1b11ae1";
const END_OF_CHAIN = 0xfffffffe;
const NO_ENTRY = 0xffffffff;
const HEADER_FAT = 109;
const ENTRY_BYTES = 128;
const SMALL_BYTES = 64;
const CUTOFF = 4096;
/** Mails in mails. */
const MAX_DEPTH = 60;

/**
 * Throws DOCUMENT_CORRUPT for a compound file whose chains of sectors or tree of entries lead in a circle or out of the file:
 * whoever follows them would not come back.
 */
export function checkCompoundFile(bytes: Buffer): void {
  const shift = bytes.length >= 512 ? bytes.readUInt16LE(0x1e) : 0;
  if (bytes.toString("hex", 0, 8) !== MAGIC || (shift !== 9 && shift !== 12)) throw broken("it has no head");
  new CompoundFile(bytes, 1 << shift).check();
}

class CompoundFile {
  readonly #bytes: Buffer;
  readonly #size: number;
  readonly #sectors: number;
  readonly #fat: readonly number[];
  /** What is walked of all chains together: each sector has one place. */
  #steps = 0;

  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
    this.#sectors = Math.ceil(bytes.length / size) - 1;
    this.#fat = this.#fatSectors();
  }

  check(): void {
    const directory = this.#chain(this.#bytes.readUInt32LE(0x30), this.#sectors, (at) => this.#next(at));
    const smallFat = this.#chain(this.#bytes.readUInt32LE(0x3c), this.#sectors, (at) => this.#next(at));
    const perSector = this.#size / 4;
    const nextSmall = (at: number) => {
      const sector = smallFat[Math.floor(at / perSector)];
      return sector === undefined ? END_OF_CHAIN : this.#word(sector, at % perSector);
    };
    const entries = directory.flatMap((sector) =>
      Array.from({ length: this.#size / ENTRY_BYTES }, (_, index) => (sector + 1) * this.#size + index * ENTRY_BYTES),
    );
    for (const [index, at] of entries.entries()) {
      const type = this.#bytes[at + 0x42];
      if (type !== 2 && type !== 5) continue;
      const [start, length] = [this.#bytes.readUInt32LE(at + 0x74), this.#bytes.readUInt32LE(at + 0x78)];
      if (length > this.#bytes.length) throw broken("a stream is longer than the file");
      if (type === 5 || length >= CUTOFF) {
        const chain = this.#chain(length === 0 ? END_OF_CHAIN : start, this.#sectors, (sector) => this.#next(sector));
        if (chain.length * this.#size < length) throw broken("a stream ends early");
      } else if (length > 0) {
        const chain = this.#chain(start, smallFat.length * perSector, nextSmall);
        if (chain.length * SMALL_BYTES < length) throw broken("a stream ends early");
      }
      if (index === 0 && type !== 5) throw broken("it has no root");
    }
    this.#checkTree(entries);
  }

  #fatSectors(): number[] {
    const count = this.#bytes.readUInt32LE(0x2c);
    const perSector = this.#size / 4;
    const found: number[] = [];
    for (let index = 0; index < Math.min(count, HEADER_FAT); index++) found.push(this.#bytes.readUInt32LE(0x4c + index * 4));
    let more = this.#bytes.readUInt32LE(0x44);
    for (let left = this.#bytes.readUInt32LE(0x48); left > 0 && more < END_OF_CHAIN - 2 && found.length < count; left--) {
      this.#step(more, this.#sectors);
      for (let index = 0; index < perSector - 1 && found.length < count; index++) found.push(this.#word(more, index));
      more = this.#word(more, perSector - 1);
    }
    if (count > this.#sectors || found.some((sector) => sector >= this.#sectors)) throw broken("its table of sectors is not in the file");
    return found;
  }

  #next(sector: number): number {
    const perSector = this.#size / 4;
    const table = this.#fat[Math.floor(sector / perSector)];
    if (table === undefined) throw broken("a chain of sectors leaves its table");
    return this.#word(table, sector % perSector);
  }

  #word(sector: number, index: number): number {
    const at = (sector + 1) * this.#size + index * 4;
    if (at + 4 > this.#bytes.length) throw broken("a sector is not in the file");
    return this.#bytes.readUInt32LE(at);
  }

  #chain(start: number, limit: number, next: (at: number) => number): number[] {
    const chain: number[] = [];
    for (let at = start; at !== END_OF_CHAIN; at = next(at)) {
      if (at === NO_ENTRY && chain.length === 0) return chain;
      this.#step(at, limit);
      chain.push(at);
      if (chain.length > limit) throw broken("a chain of sectors has no end");
    }
    return chain;
  }

  #step(at: number, limit: number): void {
    this.#steps += 1;
    const small = (this.#sectors * this.#size) / SMALL_BYTES;
    if (at >= limit || this.#steps > 2 * (this.#sectors + small) + 1000) throw broken("a chain of sectors leaves the file, or has no end");
  }

  #checkTree(entries: readonly number[]): void {
    const seen = new Set<number>();
    const open: { readonly index: number; readonly depth: number }[] = [{ index: 0, depth: 0 }];
    for (let entry = open.pop(); entry; entry = open.pop()) {
      const at = entries[entry.index];
      if (at === undefined || seen.has(entry.index) || at + ENTRY_BYTES > this.#bytes.length) throw broken("its entries lead in a circle");
      if (entry.depth > MAX_DEPTH) throw new EngineError("DOCUMENT_TOO_COMPLEX", "The mail holds mails in mails, too many.");
      seen.add(entry.index);
      for (const offset of [0x44, 0x48, 0x4c]) {
        const index = this.#bytes.readUInt32LE(at + offset);
        const type = this.#bytes[at + 0x42];
        if (index === NO_ENTRY || (offset === 0x4c && type !== 1 && type !== 5)) continue;
        open.push({ index, depth: entry.depth + (offset === 0x4c ? 1 : 0) });
      }
    }
  }
}

function broken(why: string): EngineError {
  return new EngineError("DOCUMENT_CORRUPT", `The file is no Outlook mail: ${why}.`);
}
