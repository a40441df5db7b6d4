import { createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from "yauzl";
import { ZipFile as Written } from "yazl";
import { EngineError } from "../../errors.ts";
import { FileReader } from "./file_reader.ts";

const MAX_ENTRIES = 10_000;
/** Unpacked, all entries together. */
const MAX_TOTAL_BYTES = 1024 ** 3;
/** Of one entry that is read whole. */
const MAX_PART_BYTES = 128 * 1024 ** 2;
/** No text and no picture of an office file is packed as tightly as this; what is smaller may be. */
const MAX_RATIO = 250;
const FREE_BYTES = 16 * 1024 ** 2;
/** Entries up to this size are written from memory, so that their sizes stand before their bytes. */
const MAX_BUFFERED_BYTES = 4 * 1024 ** 2;
const STORED = 0;
const DEFLATED = 8;

/** What an entry becomes: its bytes, or where they come from. */
export type Content = Uint8Array | (() => Readable | Promise<Readable>);

/**
 * A ZIP archive that is read, and written again with some of its entries changed. Sizes are bounded as they are, not as
 * they are declared: an entry that unpacks to more than it says fails. Names of entries are never used as paths.
 */
export class Archive implements AsyncDisposable {
  /** In the archive's order; folders end with a slash. */
  readonly names: readonly string[];
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
    this.names = [...entries.keys()];
  }

  /** Throws DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX. */
  static async open(file: string): Promise<Archive> {
    const reader = await FileReader.open(file);
    const zip = await fromRandomAccessReaderPromise(reader, reader.size, { autoClose: false }).catch(async (cause) => {
      await reader[Symbol.asyncDispose]();
      throw damaged(cause);
    });
    try {
      return new Archive(zip, await entriesOf(zip));
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Unpacked, as the archive says. */
  sizeOf(name: string): number {
    return this.#entry(name).uncompressedSize;
  }

  /** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX for more than is read in one piece. */
  async read(name: string): Promise<Buffer> {
    const size = this.sizeOf(name);
    if (size > MAX_PART_BYTES) throw tooComplex(`A part of the file has ${size} bytes; the limit is ${MAX_PART_BYTES}.`);
    try {
      return await buffer(await this.stream(name));
    } catch (cause) {
      throw damaged(cause);
    }
  }

  /** Its errors are the library's: whoever reads it maps them by `damaged`. It fails at its end if its checksum is another. */
  async stream(name: string): Promise<Readable> {
    const entry = this.#entry(name);
    const stream = await this.#zip.openReadStreamPromise(entry).catch((cause) => {
      throw damaged(cause);
    });
    return checked(stream, entry.crc32);
  }

  /**
   * Writes the archive to `file`: every entry in its place, those of `changed` with other bytes. What was stored stays
   * stored, and times stay. Throws DOCUMENT_CORRUPT, and what the streams of `changed` throw.
   */
  async write(file: string, changed: ReadonlyMap<string, Content>, signal: AbortSignal): Promise<void> {
    const written = new Written();
    const failed = new Promise<never>((_resolve, reject) => {
      written.on("error", (error) => reject(damaged(error)));
    });
    const output = pipeline(written.outputStream, createWriteStream(file), { signal });
    try {
      await Promise.race([Promise.all([this.#add(written, changed, signal), output]), failed]);
    } catch (error) {
      // What is written so far is of no use: its file is closed before anybody hears of it.
      (written.outputStream as Readable).destroy();
      await output.catch(() => undefined);
      throw error;
    }
  }

  async #add(written: Written, changed: ReadonlyMap<string, Content>, signal: AbortSignal): Promise<void> {
    for (const [name, entry] of this.#entries) {
      signal.throwIfAborted();
      // EPUB and OpenDocument want their first entry without extra fields, which finer times are.
      const about = { mtime: entry.getLastModDate(), mode: modeOf(entry), forceDosTimestamp: true };
      const options = { ...about, compress: entry.compressionMethod !== STORED };
      const content = changed.get(name);
      if (name.endsWith("/")) written.addEmptyDirectory(name, about);
      else if (content instanceof Uint8Array) written.addBuffer(Buffer.from(content), name, options);
      else if (!content && entry.uncompressedSize <= MAX_BUFFERED_BYTES) written.addBuffer(await this.read(name), name, options);
      else {
        const open = content ?? (() => this.stream(name));
        written.addReadStreamLazy(name, options, (give) => {
          Promise.resolve()
            .then(open)
            .then(
              (stream) => {
                // The library hands its own streams' errors on, but not these.
                stream.on("error", (error) => written.emit("error", error));
                give(null, stream);
              },
              (error: unknown) => give(error, undefined as never),
            );
        });
      }
    }
    written.end();
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw new EngineError("DOCUMENT_CORRUPT", "A part is missing that the file speaks of.");
    return entry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#zip.close();
  }
}

/** What a library says of an archive that it cannot read. */
export function damaged(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  return new EngineError("DOCUMENT_CORRUPT", "The file's archive is damaged or cut off.", { cause });
}

/** The library checks sizes alone: what is damaged would be written again as if it were sound. */
function checked(stream: Readable, expected: number): Readable {
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === expected ? null : new EngineError("DOCUMENT_CORRUPT", "A part of the file is damaged: its checksum is another."));
    },
  });
  stream.on("error", (error) => check.destroy(error));
  check.on("close", () => stream.destroy());
  return stream.pipe(check);
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw tooComplex(`The file has ${zip.entryCount} parts; the limit is ${MAX_ENTRIES}.`);
  const entries = new Map<string, Entry>();
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted()) throw new EngineError("DOCUMENT_ENCRYPTED", "The file is encrypted.");
      if (entries.has(entry.fileName)) throw new EngineError("DOCUMENT_CORRUPT", "The file has two parts of one name.");
      if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
        throw new EngineError("DOCUMENT_CORRUPT", "A part of the file is packed in a way that office files are not.");
      total += entry.uncompressedSize;
      if (total > MAX_TOTAL_BYTES) throw tooComplex(`The file unpacks to more than ${MAX_TOTAL_BYTES} bytes.`);
      if (entry.uncompressedSize > FREE_BYTES && entry.uncompressedSize > MAX_RATIO * entry.compressedSize)
        throw tooComplex(`A part of the file unpacks to more than ${MAX_RATIO} times its size.`);
      entries.set(entry.fileName, entry);
    }
  } catch (cause) {
    throw damaged(cause);
  }
  return entries;
}

function modeOf(entry: Entry): number {
  const mode = (entry.externalFileAttributes >>> 16) & 0o7777;
  return mode === 0 ? 0o644 : mode;
}

function tooComplex(message: string): EngineError {
  return new EngineError("DOCUMENT_TOO_COMPLEX", message);
}
