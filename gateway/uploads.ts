import { create } from "@bufbuild/protobuf";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import { CreateUploadRequestSchema, type Upload, UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore, StoredArtefact } from "../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { CLOCK_ALLOWANCE_MS, digestKey, putUpload, type UploadGrant, verifyUpload } from "../platform/uploads.ts";
import { byMd5, checked } from "./digests.ts";
import type { CallProxy } from "./proxy.ts";

const REFUSALS: ReadonlySet<ErrorCategory> = new Set([
  ErrorCategory.INVALID_INPUT,
  ErrorCategory.UNSUPPORTED,
  ErrorCategory.LIMIT_EXCEEDED,
]);

/** What bytes that came with a request are stored by. */
export interface UploadParts {
  readonly proxy: CallProxy;
  readonly artefacts: ArtefactStore;
  readonly uploadSecret: string;
}

export interface StoredUpload {
  readonly id: string;
  readonly sha256: string;
  readonly grant: UploadGrant;
}

/** What the address of an upload permits. Throws PERMISSION_DENIED. */
export function granted(token: string, secret: string): UploadGrant {
  const grant = verifyUpload(token, secret, Date.now() - CLOCK_ALLOWANCE_MS);
  if (grant) return grant;
  throw DragomanError.of("PERMISSION_DENIED", "The upload's URL is not valid, or has expired.", { hint: "Call CreateUpload again." });
}

/** Takes the bytes that a signed upload URL was made for, all that were promised. They go to the store as they come; nothing is held. */
export async function takeUpload(
  { key, md5, maxBytes, exactBytes }: UploadGrant,
  bytes: AsyncIterable<Uint8Array>,
  artefacts: ArtefactStore,
): Promise<StoredArtefact> {
  // A job may be reading it by now: what was stored once is never replaced.
  if ((await artefacts.size(key)) !== undefined) throw DragomanError.of("UPLOAD_ALREADY_DONE", "The file was sent before.");
  return putUpload(artefacts, key, checked(bytes, byMd5(md5)), { maxBytes, ...(exactBytes !== undefined && { exactBytes }) });
}

/**
 * Reserves an upload in the caller's name, and stores what comes of it. `reserved` is asked before the first byte is taken. Throws what
 * CreateUpload and `takeUpload` throw.
 */
export async function storeUpload(
  bytes: AsyncIterable<Uint8Array>,
  about: { readonly fileName: string; readonly reserved?: (uploadId: string) => Promise<void> },
  { proxy, artefacts, uploadSecret }: UploadParts,
  options: CallOptions,
): Promise<StoredUpload> {
  const reserve = create(CreateUploadRequestSchema, { fileName: about.fileName });
  const { id, url } = (await proxy(UploadService.method.createUpload, reserve, options)) as Upload;
  await about.reserved?.(id);
  const grant = granted(url.slice("/uploads/".length), uploadSecret);
  const { sha256 } = await takeUpload(grant, bytes, artefacts);
  return { id, sha256, grant };
}

/** Whether an error of CreateJob surely means that there is no job of the upload. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(asDragomanError(error).detail.category);
}

/** Removes what became no job. Where that fails it goes with the uploads that nobody used. */
export async function removeUpload({ key }: UploadGrant, artefacts: ArtefactStore): Promise<void> {
  await Promise.allSettled([artefacts.remove(key), artefacts.remove(digestKey(key))]);
}
