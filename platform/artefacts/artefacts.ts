import type { Instant } from "../clock.ts";

/**
 * Where inputs and outputs lie. Keys are paths of `[A-Za-z0-9._-]` segments joined by `/`. Every method throws
 * STORAGE_FAILED where the store is away or broken, and ARTEFACT_NOT_FOUND for what is no key.
 */
export interface ArtefactStore {
  /**
   * Stores the bytes whole or not at all, and never over what is there: throws UPLOAD_ALREADY_DONE then, FILE_TOO_LARGE
   * or UPLOAD_INCOMPLETE where they are not as many as `limits` say, STORAGE_FULL where there is no room, and
   * whatever `bytes` throws.
   */
  put(key: string, bytes: AsyncIterable<Uint8Array>, limits: PutLimits, signal?: AbortSignal): Promise<StoredArtefact>;
  /** The bytes, or those of a range, as they are read. Throws ARTEFACT_NOT_FOUND. */
  get(key: string, signal?: AbortSignal, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** The size in bytes, or undefined if there is no such artefact. */
  size(key: string): Promise<number | undefined>;
  /** Removes the artefact `prefix` and everything under `prefix/`; nothing there is no error. */
  remove(prefix: string): Promise<void>;
  /** Removes what is left of puts that were cut off, and of clients' uploads in parts, where nothing was done since `before`. */
  removeCutOff(before: Instant): Promise<void>;
  /** Only where clients can reach the store themselves. */
  readonly direct?: DirectAccess;
}

export interface PutLimits {
  readonly maxBytes: number;
  /** What was promised: neither more nor fewer. */
  readonly exactBytes?: number;
}

export interface ByteRange {
  /** Within the file; 0 for its beginning. */
  readonly offset: number;
  /** At most so many, at least 1; without it all that follow. */
  readonly length?: number;
}

/** Signed addresses, each for one artefact, one method and a short time. */
export interface DirectAccess {
  /** For PUT with these headers, of exactly these bytes: `md5` is theirs, in base64. So a second PUT changes nothing. */
  putUrl(
    key: string,
    content: { readonly sizeBytes: number; readonly md5: string },
    ttlMs: number,
  ): { readonly url: string; readonly headers: Record<string, string> };
  /** As clients reach the store. */
  readonly origin: string;
  /** Begins a file that comes in parts of at least 5 MiB, but for the last; gives the upload's id. Throws STORAGE_FAILED, as the next two. */
  beginParts(key: string): Promise<string>;
  /** For PUT of one part: of exactly these bytes. */
  partUrl(
    key: string,
    uploadId: string,
    part: { readonly number: number; readonly sizeBytes: number; readonly md5: string },
    ttlMs: number,
  ): { readonly url: string; readonly headers: Record<string, string> };
  /** The parts that are there, by number; nothing if there is no such upload. */
  storedParts(key: string, uploadId: string): Promise<{ readonly number: number; readonly sizeBytes: number }[]>;
  /** Makes the artefact of its parts. */
  completeParts(key: string, uploadId: string): Promise<void>;
  /** For GET; whoever follows it saves the file under `fileName`. */
  getUrl(key: string, as: { readonly mediaType: string; readonly fileName: string }, ttlMs: number): string;
}

export interface StoredArtefact {
  readonly sizeBytes: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
}
