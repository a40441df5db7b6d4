import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { DataStore, Server, Upload } from "@tus/server";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { LatestMap } from "../platform/async/latest_map.ts";
import { once } from "../platform/async/once.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { CLOCK_ALLOWANCE_MS, chunksPrefix, putUpload, type UploadGrant, verifyUpload } from "../platform/uploads.ts";
import { byMd5, checked } from "./digests.ts";

export const RESUMABLE = "/uploads/resumable";
/** At the end of a chunk nothing of it can be lost any more; no upload has more than 256. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const MAX_REMEMBERED = 1000;

const VERSION = "1.0.0";
const TYPE = "application/offset+octet-stream";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Uploads that go on where they broke, by the tus protocol (HEAD and PATCH; CreateUpload is what creates). The bytes
 * lie in the artefact store in chunks, so any gateway can go on with what another began, and become one file at the end.
 */
export function resumableUploads(artefacts: ArtefactStore, secret: string): Handle {
  const server = new Server({
    path: RESUMABLE,
    datastore: new UploadChunks(artefacts, secret),
    relativeLocation: true,
    // CORS is the gateway's own business.
    allowedOrigins: () => false,
    // What goes wrong is told as everywhere else.
    onResponseError: (_, error) => {
      throw error instanceof Error ? error : translated(error);
    },
  });
  return async (request, response) => {
    request.method = overridden(request);
    response.setHeader("tus-resumable", VERSION);
    if (request.method !== "OPTIONS") check(request, response);
    await server.handle(request, response);
  };
}

/** For clients that can send no PATCH and no DELETE. */
function overridden({ method = "", headers }: IncomingMessage): string {
  const other = String(headers["x-http-method-override"] ?? "").toUpperCase();
  return method === "POST" && ["PATCH", "DELETE", "HEAD"].includes(other) ? other : method;
}

/** Throws for what the protocol refuses before it looks at the upload. */
function check({ method = "", headers }: IncomingMessage, response: ServerResponse): void {
  if (headers["tus-resumable"] !== VERSION) {
    response.setHeader("tus-version", VERSION);
    throw DragomanError.of("PRECONDITION_FAILED", `The upload speaks another version of tus than ${VERSION}.`, {
      hint: `Send \`tus-resumable: ${VERSION}\`.`,
    });
  }
  if (!["HEAD", "PATCH", "DELETE"].includes(method)) {
    response.setHeader("allow", "HEAD, PATCH, DELETE, OPTIONS");
    throw DragomanError.of("METHOD_NOT_ALLOWED", `There is no ${method} here.`);
  }
  if (method !== "PATCH") return;
  if (headers["content-type"] !== TYPE) throw DragomanError.of("UNSUPPORTED_MEDIA_TYPE", `A PATCH is of the type ${TYPE}.`);
  if (!/^\d{1,15}$/.test(String(headers["upload-offset"] ?? "")))
    throw DragomanError.of("INVALID_REQUEST", "Upload-Offset takes a whole number.");
}

/** The library throws a status and a text. */
function translated({ status_code }: { readonly status_code: number }): DragomanError {
  if (status_code === 409) return DragomanError.of("CONFLICT", "The upload is not at this offset.", { hint: "Ask for it with HEAD." });
  if (status_code === 413) return DragomanError.of("FILE_TOO_LARGE", "The bytes are more than the upload's length.");
  if (status_code === 404 || status_code === 410) return DragomanError.of("UPLOAD_NOT_FOUND", "There is no such upload.");
  // As where another call for the same upload does not end.
  if (status_code >= 500) return DragomanError.of("UNAVAILABLE", "The upload cannot go on now.");
  return DragomanError.of("INVALID_REQUEST", "The request does not fit the tus protocol.");
}

function deletedKey(uploadKey: string): string {
  return `${chunksPrefix(uploadKey)}/deleted`;
}

class UploadChunks extends DataStore {
  readonly #artefacts: ArtefactStore;
  readonly #secret: string;
  /** How far uploads had come when they were last looked at here. */
  readonly #offsets = new LatestMap<string, number>(MAX_REMEMBERED);

  constructor(artefacts: ArtefactStore, secret: string) {
    super();
    this.extensions = ["termination"];
    this.#artefacts = artefacts;
    this.#secret = secret;
  }

  override async getUpload(token: string): Promise<Upload> {
    const grant = this.#grant(token);
    const { key, maxBytes } = grant;
    const stored = await this.#sizeOf(key);
    let offset = stored ?? (await this.#stored(key));
    if (stored === undefined && offset === maxBytes) {
      await this.#assemble(grant);
      offset = maxBytes;
    }
    return new Upload({ id: token, size: maxBytes, offset });
  }

  override async write(bytes: Readable, token: string, offset: number): Promise<number> {
    const grant = this.#grant(token);
    const { key, maxBytes } = grant;
    let end = offset;
    const incoming = new Incoming(bytes);
    while (await incoming.hasMore()) {
      const { sizeBytes } = await this.#artefacts.put(`${chunksPrefix(key)}/${end}`, incoming.chunk(), { maxBytes: CHUNK_BYTES });
      end += sizeBytes;
      this.#remember(key, end);
    }
    if (incoming.broken) throw incoming.broken.error;
    if (end === maxBytes && offset < end) await this.#assemble(grant);
    return end;
  }

  override async remove(token: string): Promise<void> {
    const { key } = this.#grant(token);
    if ((await this.#sizeOf(key)) !== undefined) throw DragomanError.of("UPLOAD_ALREADY_DONE", "The file is whole.");
    await this.#forget(key);
    // Without it the upload would be as it was before its first byte. It goes when the upload's day is over.
    await this.#artefacts.put(deletedKey(key), once(Buffer.from("deleted")), { maxBytes: 100 });
  }

  #grant(token: string): UploadGrant {
    const grant = verifyUpload(token, this.#secret, Date.now() - CLOCK_ALLOWANCE_MS);
    if (grant) return grant;
    throw DragomanError.of("PERMISSION_DENIED", "The upload's URL is not valid, or has expired.", { hint: "Call CreateUpload again." });
  }

  /** Of the whole file, if it is that already. */
  async #sizeOf(key: string): Promise<number | undefined> {
    const [whole, deleted] = await Promise.all([this.#artefacts.size(key), this.#artefacts.size(deletedKey(key))]);
    if (deleted !== undefined) throw DragomanError.of("UPLOAD_NOT_FOUND", "The upload was deleted.");
    return whole;
  }

  /** Chunk after chunk: each is named by where it begins. */
  async #stored(key: string): Promise<number> {
    let offset = this.#offsets.get(key) ?? 0;
    for (;;) {
      const size = await this.#artefacts.size(`${chunksPrefix(key)}/${offset}`);
      if (!size) return offset;
      offset += size;
      this.#remember(key, offset);
    }
  }

  #remember(key: string, offset: number): void {
    this.#offsets.set(key, offset);
  }

  async #assemble({ key, maxBytes, md5 }: UploadGrant): Promise<void> {
    const artefacts = this.#artefacts;
    const all = async function* () {
      for (let offset = 0; offset < maxBytes; ) {
        for await (const buffer of artefacts.get(`${chunksPrefix(key)}/${offset}`)) {
          yield buffer;
          offset += buffer.length;
        }
      }
    };
    try {
      await putUpload(artefacts, key, checked(all(), byMd5(md5)), { maxBytes, exactBytes: maxBytes });
    } catch (error) {
      // Nothing of it can be trusted: the client begins anew.
      if (asDragomanError(error).code === "CHECKSUM_MISMATCH") await this.#forget(key);
      throw error;
    }
    await this.#forget(key);
  }

  async #forget(key: string): Promise<void> {
    this.#offsets.delete(key);
    await this.#artefacts.remove(chunksPrefix(key));
  }
}

/** A stream cut into chunks as it comes. Where it breaks off its last chunk ends, so that what came is kept. */
class Incoming {
  readonly #source: AsyncIterator<Buffer>;
  #next: Buffer | undefined;
  broken: { readonly error: unknown } | undefined;

  constructor(bytes: Readable) {
    this.#source = (bytes as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async hasMore(): Promise<boolean> {
    while (!this.#next?.length && !this.broken) {
      try {
        const { done, value } = await this.#source.next();
        if (done) return false;
        this.#next = value;
      } catch (error) {
        this.broken = { error };
      }
    }
    return this.broken === undefined;
  }

  async *chunk(): AsyncGenerator<Uint8Array> {
    for (let left = CHUNK_BYTES; left > 0 && (await this.hasMore()); ) {
      const buffer = this.#next as Buffer;
      this.#next = buffer.subarray(left);
      yield buffer.subarray(0, left);
      left -= Math.min(left, buffer.length);
    }
  }
}
