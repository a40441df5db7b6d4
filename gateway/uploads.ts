import type { ArtefactStore, StoredArtefact } from "../platform/artefacts/artefacts.ts";
import { DragomanError } from "../platform/errors.ts";
import { CLOCK_ALLOWANCE_MS, digestKey, putUpload, type UploadGrant, verifyUpload } from "../platform/uploads.ts";
import { byMd5, checked } from "./digests.ts";

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

/** Removes what became no job. Where that fails it goes with the uploads that nobody used. */
export async function removeUpload({ key }: UploadGrant, artefacts: ArtefactStore): Promise<void> {
  await Promise.allSettled([artefacts.remove(key), artefacts.remove(digestKey(key))]);
}
