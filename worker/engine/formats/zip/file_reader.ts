import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";

const CHUNK_BYTES = 64 * 1024;

/**
 * Reads an archive's file for the library, which takes places of up to 2^64 from it as they stand there: Node throws on
 * such, outside of any promise, and that would end the process.
 */
export class FileReader extends RandomAccessReader {
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    super();
    this.#handle = handle;
    this.size = size;
  }

  static async open(file: string): Promise<FileReader> {
    const handle = await open(file);
    return new FileReader(handle, (await handle.stat()).size);
  }

  #has(from: number, to: number): boolean {
    return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= this.size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, read?: number) => void,
  ): void {
    if (!this.#has(position, position + length)) return callback(outside());
    this.#handle.read(buffer, offset, length, position).then(({ bytesRead }) => callback(null, bytesRead), callback);
  }

  override _readStreamForRange(from: number, to: number): Readable {
    return Readable.from(this.#has(from, to) ? this.#chunks(from, to) : failing(), { objectMode: false });
  }

  async *#chunks(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to; ) {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at)), 0, null, at);
      if (bytesRead === 0) throw outside();
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  override close(callback: (error: Error | null) => void): void {
    this[Symbol.asyncDispose]().then(() => callback(null), callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to give.
async function* failing(): AsyncGenerator<Buffer> {
  throw outside();
}

function outside(): Error {
  return new Error("A place in the archive is beyond its end.");
}
