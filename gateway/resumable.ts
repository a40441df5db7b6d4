import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { DataStore, Server, Upload } from "@tus/server";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError, errorKind } from "../platform/errors.ts";
import { CLOCK_ALLOWANCE_MS, piecesPrefix, putUpload, type UploadGrant, verifyUpload } from "../platform/uploads.ts";
import { byMd5, checked } from "./digests.ts";
import { problemOf } from "./problem.ts";

export const RESUMABLE = "/uploads/resumable";
/** At the end of a piece nothing of it can be lost any more; no upload has more than 256. */
const PIECE_BYTES = 8 * 1024 * 1024;
const MAX_REMEMBERED = 1000;

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Uploads that go on where they broke, by the tus protocol (HEAD and PATCH; CreateUpload is what creates). The bytes
 * lie in the artefact store in pieces, so any gateway can go on with what another began, and become one file at the end.
 */
export function resumableUploads(artefacts: ArtefactStore, secret: string): Handle {
  const server = new Server({
    path: RESUMABLE,
    datastore: new Pieces(artefacts, secret),
    relativeLocation: true,
    // CORS is the gateway's own business.
    allowedOrigins: () => false,
    onResponseError: (request, error) => {
      if (!(error instanceof Error)) return undefined;
      const known = asDragomanError(error);
      return { status_code: errorKind(known.code).http, body: problemOf(known, request.headers.get("x-trace-id") ?? "") };
    },
  });
  return (request, response) => server.handle(request, response);
}

class Pieces extends DataStore {
  readonly #artefacts: ArtefactStore;
  readonly #secret: string;
  /** How far uploads had come when they were last looked at here. */
  readonly #offsets = new Map<string, number>();

  constructor(artefacts: ArtefactStore, secret: string) {
    super();
    this.#artefacts = artefacts;
    this.#secret = secret;
  }

  override async getUpload(token: string): Promise<Upload> {
    const grant = this.#grant(token);
    const { key, maxBytes } = grant;
    const stored = await this.#artefacts.size(key);
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
      const { sizeBytes } = await this.#artefacts.put(`${piecesPrefix(key)}/${end}`, incoming.piece(), { maxBytes: PIECE_BYTES });
      end += sizeBytes;
      this.#remember(key, end);
    }
    if (incoming.broken) throw incoming.broken.error;
    if (end === maxBytes && offset < end) await this.#assemble(grant);
    return end;
  }

  override async remove(token: string): Promise<void> {
    const { key } = this.#grant(token);
    this.#offsets.delete(key);
    await this.#artefacts.remove(piecesPrefix(key));
  }

  #grant(token: string): UploadGrant {
    const grant = verifyUpload(token, this.#secret, Date.now() - CLOCK_ALLOWANCE_MS);
    if (grant) return grant;
    throw DragomanError.of("PERMISSION_DENIED", "The upload's URL is not valid, or has expired.", { hint: "Call CreateUpload again." });
  }

  /** Piece after piece: each is named by where it begins. */
  async #stored(key: string): Promise<number> {
    let offset = this.#offsets.get(key) ?? 0;
    for (;;) {
      const size = await this.#artefacts.size(`${piecesPrefix(key)}/${offset}`);
      if (!size) return offset;
      offset += size;
      this.#remember(key, offset);
    }
  }

  #remember(key: string, offset: number): void {
    this.#offsets.delete(key);
    this.#offsets.set(key, offset);
    if (this.#offsets.size > MAX_REMEMBERED) this.#offsets.delete(this.#offsets.keys().next().value as string);
  }

  async #assemble({ key, maxBytes, md5 }: UploadGrant): Promise<void> {
    const artefacts = this.#artefacts;
    const all = async function* () {
      for (let offset = 0; offset < maxBytes; ) {
        for await (const chunk of artefacts.get(`${piecesPrefix(key)}/${offset}`)) {
          yield chunk;
          offset += chunk.length;
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
    await this.#artefacts.remove(piecesPrefix(key));
  }
}

/** A stream cut into pieces as it comes. Where it breaks off its last piece ends, so that what came is kept. */
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

  async *piece(): AsyncGenerator<Uint8Array> {
    for (let left = PIECE_BYTES; left > 0 && (await this.hasMore()); ) {
      const chunk = this.#next as Buffer;
      this.#next = chunk.subarray(left);
      yield chunk.subarray(0, left);
      left -= Math.min(left, chunk.length);
    }
  }
}
