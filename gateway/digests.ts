import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { DragomanError } from "../platform/errors.ts";

/** What bytes that are to come were said to be. */
interface Promised {
  readonly algorithm: "md5" | "sha256" | "sha512";
  /** Base64. */
  readonly digest: string;
}

/** Those of RFC 9530 that are not weak; others are passed over, as it says. */
const ALGORITHMS: Readonly<Record<string, "sha256" | "sha512">> = { "sha-256": "sha256", "sha-512": "sha512" };
const MEMBER = /^\s*([a-z0-9-]+)\s*=\s*:([A-Za-z0-9+/=]*):\s*$/;
const MD5 = /^[A-Za-z0-9+/]{22}==$/;

/** What Content-MD5, Content-Digest and Repr-Digest promise of a request's body. Throws INVALID_REQUEST where they cannot be read. */
export function promisedDigests(headers: IncomingHttpHeaders): Promised[] {
  const md5 = headers["content-md5"] === undefined ? [] : byMd5(String(headers["content-md5"]));
  const fields = ["content-digest", "repr-digest"].flatMap((name) => (headers[name] === undefined ? [] : String(headers[name]).split(",")));
  return [...md5, ...fields.flatMap(byMember)];
}

/** What CreateUpload was told; empty for nothing. */
export function byMd5(digest: string): Promised[] {
  if (digest !== "" && !MD5.test(digest)) throw unreadable("Content-MD5 takes 16 bytes in base64.");
  return digest === "" ? [] : [{ algorithm: "md5", digest }];
}

function byMember(member: string): Promised[] {
  const [, name = "", digest = ""] = MEMBER.exec(member) ?? [];
  if (!name) throw unreadable("Content-Digest and Repr-Digest take members as in sha-256=:…:, in base64.");
  const algorithm = ALGORITHMS[name];
  return algorithm ? [{ algorithm, digest }] : [];
}

function unreadable(message: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", message);
}

/** The bytes as they are; throws CHECKSUM_MISMATCH at their end if they are not those that were promised. */
export async function* checked(bytes: AsyncIterable<Uint8Array>, promised: readonly Promised[]): AsyncGenerator<Uint8Array> {
  const hashes = promised.map(({ algorithm, digest }) => ({ algorithm, digest, hash: createHash(algorithm) }));
  for await (const chunk of bytes) {
    for (const { hash } of hashes) hash.update(chunk);
    yield chunk;
  }
  for (const { algorithm, digest, hash } of hashes)
    if (hash.digest("base64") !== digest)
      throw DragomanError.of("CHECKSUM_MISMATCH", `The bytes are not those whose ${algorithm.toUpperCase()} was given.`);
}
