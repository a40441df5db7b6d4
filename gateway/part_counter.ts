import { MIMEType } from "node:util";

/** Counts the parts of a multipart body as it passes: by RFC 2046 its boundary stands nowhere else in it. */
export class PartCounter {
  readonly #delimiter: Buffer;
  /** The end of what has passed, shorter than the delimiter by a byte. The first delimiter may lack its line break. */
  #tail = Buffer.from("\r\n");
  #delimiters = 0;

  constructor(contentType: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`);
  }

  /** Of a body that was passed whole: its last delimiter opens no part. */
  get parts(): number {
    return Math.max(0, this.#delimiters - 1);
  }

  async *pass(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#count(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      yield chunk;
    }
  }

  #count(chunk: Buffer): void {
    const { length } = this.#delimiter;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, length - 1)]);
    this.#delimiters += occurrences(seam, this.#delimiter) + occurrences(chunk, this.#delimiter);
    this.#tail = Buffer.from(chunk.length < length ? seam.subarray(-(length - 1)) : chunk.subarray(-(length - 1)));
  }
}

function boundaryOf(contentType: string): string {
  try {
    return new MIMEType(contentType).params.get("boundary") ?? "";
  } catch {
    return "";
  }
}

function occurrences(bytes: Buffer, sought: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(sought); at !== -1; at = bytes.indexOf(sought, at + sought.length)) found++;
  return found;
}
