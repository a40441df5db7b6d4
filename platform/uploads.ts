import { createHmac, timingSafeEqual } from "node:crypto";

/** What an upload's URL permits: one file of at most `maxBytes` at `key`, until `expireAt` (ms since the epoch). */
export interface UploadGrant {
  readonly key: string;
  readonly maxBytes: number;
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

/** Where the pieces of an upload lie that may break off and go on. */
export function piecesPrefix(uploadKey: string): string {
  return `${uploadKey}.pieces`;
}

function mac(payload: string, secret: string): string {
  return createHmac("sha256", secret).update(payload).digest("base64url");
}
