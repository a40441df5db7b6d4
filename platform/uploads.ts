import { createHmac, timingSafeEqual } from "node:crypto";
import type { ArtefactStore, PutLimits, StoredArtefact } from "./artefacts/artefacts.ts";
import { once } from "./async/once.ts";
import { DragomanError } from "./errors.ts";

const SHA256_DIGITS = 64;

/** Who checks a grant by another machine's clock than the one that signed it allows it so much longer: kept by NTP, or by hand, they differ by less. */
export const CLOCK_ALLOWANCE_MS = 300_000;

/** What an upload's URL permits: one file of at most `maxBytes` at `key`, until `expireAt` (ms since the epoch). */
export interface UploadGrant {
  readonly key: string;
  readonly maxBytes: number;
  /** The length that was promised, if one was. */
  readonly exactBytes?: number;
  readonly expireAt: number;
  /** Of the bytes that are to come, in base64; empty if they are not to be checked. */
  readonly md5: string;
  /** Of a multipart upload at the artefact store itself. */
  readonly multipart?: { readonly id: string; readonly partBytes: number };
}

/** The last segment of an upload's URL at a gateway: our own form of a presigned PUT. */
export function signUpload(grant: UploadGrant, secret: string): string {
  const payload = Buffer.from(JSON.stringify(grant)).toString("base64url");
  return `${payload}.${mac(payload, secret)}`;
}

/** What the URL's last segment grants, or undefined if it was not signed here or has expired. */
export function verifyUpload(token: string, secret: string, now: number): UploadGrant | undefined {
  const [payload = "", signature = ""] = token.split(".");
  const expected = Buffer.from(mac(payload, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const grant = JSON.parse(Buffer.from(payload, "base64url").toString()) as UploadGrant;
  return grant.expireAt >= now ? grant : undefined;
}

/** Where the chunks of an upload lie that may break off and go on; the ending is older than their name. */
export function chunksPrefix(uploadKey: string): string {
  return `${uploadKey}.pieces`;
}

/** Where the SHA-256 of an upload's bytes lies, lower-case hexadecimal, so that a job made of them is bound to them. */
export function digestKey(uploadKey: string): string {
  return `${uploadKey}.sha256`;
}

/** Puts an upload's bytes with their SHA-256 beside them. Throws as `put` does, and keeps neither without the other. */
export async function putUpload(
  artefacts: ArtefactStore,
  key: string,
  bytes: AsyncIterable<Uint8Array>,
  limits: PutLimits,
): Promise<StoredArtefact> {
  const stored = await artefacts.put(key, bytes, limits);
  try {
    await artefacts.put(digestKey(key), once(Buffer.from(stored.sha256)), { maxBytes: SHA256_DIGITS });
  } catch (error) {
    await artefacts.remove(key);
    throw error;
  }
  return stored;
}

/** The SHA-256 of an upload's bytes, or empty: it is not known of what clients sent straight to the store. */
export async function uploadDigest(artefacts: ArtefactStore, key: string): Promise<string> {
  let digest = "";
  try {
    for await (const chunk of artefacts.get(digestKey(key))) digest += Buffer.from(chunk).toString();
  } catch (error) {
    if (!(error instanceof DragomanError && error.code === "ARTEFACT_NOT_FOUND")) throw error;
  }
  return digest;
}

function mac(payload: string, secret: string): string {
  return createHmac("sha256", secret).update(payload).digest("base64url");
}
