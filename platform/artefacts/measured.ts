import { createHash, type Hash } from "node:crypto";
import { DragomanError } from "../errors.ts";
import type { PutLimits, StoredArtefact } from "./artefacts.ts";

/** Bytes on their way into a store: counted against what is allowed and promised, and hashed. Can be read once. */
export class Measured implements AsyncIterable<Uint8Array> {
  readonly #bytes: AsyncIterable<Uint8Array>;
  readonly #maxBytes: number;
  readonly #exactBytes: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #hash: Hash = createHash("sha256");
  #sizeBytes = 0;

  constructor(bytes: AsyncIterable<Uint8Array>, { maxBytes, exactBytes }: PutLimits, signal: AbortSignal | undefined) {
    this.#bytes = bytes;
    this.#maxBytes = Math.min(maxBytes, exactBytes ?? maxBytes);
    this.#exactBytes = exactBytes;
    this.#signal = signal;
  }

  /** Throws FILE_TOO_LARGE as soon as there are too many, UPLOAD_INCOMPLETE at an end that comes too early, and the signal's reason. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#bytes) {
      this.#signal?.throwIfAborted();
      this.#sizeBytes += chunk.byteLength;
      if (this.#sizeBytes > this.#maxBytes)
        throw DragomanError.of("FILE_TOO_LARGE", `The file is larger than the limit of ${this.#maxBytes} bytes.`);
      this.#hash.update(chunk);
      yield chunk;
    }
    if (this.#exactBytes !== undefined && this.#sizeBytes < this.#exactBytes)
      throw DragomanError.of("UPLOAD_INCOMPLETE", `There are ${this.#sizeBytes} of ${this.#exactBytes} bytes.`, {
        hint: "Send the file again, whole.",
      });
  }

  /** What was read, once all was. */
  stored(): StoredArtefact {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest("hex") };
  }
}
