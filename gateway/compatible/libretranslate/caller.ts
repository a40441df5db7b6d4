import { once } from "../../../platform/async/once.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { FilePart } from "../../form_parts.ts";
import { removeUpload, type StoredUpload } from "../../uploads.ts";
import type { Asked } from "../asked.ts";
import { type Fields, queryFields, readFields } from "../fields.ts";
import { HeldBytes } from "../held_bytes.ts";
import { OwnApi } from "../own_api.ts";

/** What all requests hold whose key is in their bodies and has not been read yet. */
const HELD = new HeldBytes(64 * 1024 * 1024);
/** A file that comes before its key. */
const MAX_HELD_FILE_BYTES = 8 * 1024 * 1024;
/** The key has come after so long. */
const KEY_MS = 10_000;
const KEY_FIRST = "Send `api_key` in the query or before the file, or as `authorization: Bearer KEY`.";

/** A request whose caller is known. */
export interface Called {
  readonly fields: Fields;
  readonly api: OwnApi;
  readonly file?: StoredUpload;
}

/**
 * Reads a request and finds out whose it is: by `api_key`, which may stand in its body, or by our own header. Its file is stored in the caller's name.
 * Throws UNAUTHENTICATED, and as a request is read.
 */
export async function readCalled(asked: Asked, { takesFile = false } = {}): Promise<Called> {
  const early = earlyKey(asked);
  const called = new Caller(asked);
  using hold = HELD.hold();
  try {
    if (early) await called.admit(early);
    const reading = readFields(asked.request, asked.query, {
      ...(takesFile && { file: (part, before) => called.take(part, early || before.one("api_key"), hold.take) }),
      ...(!early && { take: hold.take }),
    });
    const fields = await (early ? reading : soon(reading, called));
    const api = await called.admit(early || fields.one("api_key"));
    const file = await called.stored(api);
    return { fields, api, ...(file && { file }) };
  } catch (error) {
    await called.removeFile();
    throw error;
  }
}

/** The key that is known before a body is read. */
function earlyKey({ request, query }: Asked): string {
  const [, bearer = ""] = /^Bearer (.*)$/i.exec(request.headers.authorization ?? "") ?? [];
  return bearer || queryFields(query).one("api_key");
}

class Caller {
  readonly #asked: Asked;
  #api: OwnApi | undefined;
  #held: { readonly bytes: Uint8Array; readonly fileName: string } | undefined;
  #stored: StoredUpload | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get isKnown(): boolean {
    return this.#api !== undefined;
  }

  async admit(key: string): Promise<OwnApi> {
    if (this.#api) return this.#api;
    const authorization = `Bearer ${key}`;
    await this.#asked.parts.admit(authorization);
    this.#api = new OwnApi(this.#asked.parts, { ...this.#asked.options, authorization });
    return this.#api;
  }

  /** Stores the file at once, or holds it until its key comes. */
  async take({ name, bytes, fileName }: FilePart, key: string, hold: (bytes: number) => void): Promise<void> {
    if (name !== "file") throw DragomanError.of("INVALID_REQUEST", "A file's part is named `file`.");
    if (key) {
      const api = await this.admit(key);
      this.#stored = await api.storeUpload(bytes, fileName);
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_HELD_FILE_BYTES)
        throw DragomanError.of("FILE_TOO_LARGE", `A file before its key has at most ${MAX_HELD_FILE_BYTES} bytes.`, { hint: KEY_FIRST });
      hold(chunk.length);
      chunks.push(chunk);
    }
    this.#held = { bytes: Buffer.concat(chunks), fileName };
  }

  async stored(api: OwnApi): Promise<StoredUpload | undefined> {
    if (this.#held) this.#stored = await api.storeUpload(once(this.#held.bytes), this.#held.fileName);
    return this.#stored;
  }

  async removeFile(): Promise<void> {
    if (this.#stored) await removeUpload(this.#stored.grant, this.#asked.parts.artefacts);
  }
}

/** What is read, unless the caller is unknown for too long. */
async function soon<T>(reading: Promise<T>, called: Caller): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    if (!called.isKnown) late.reject(DragomanError.of("REQUEST_TIMEOUT", `No key came for ${KEY_MS / 1000} s.`, { hint: KEY_FIRST }));
  }, KEY_MS);
  try {
    return await Promise.race([reading, late.promise]);
  } finally {
    clearTimeout(timer);
    reading.catch(() => undefined);
  }
}
