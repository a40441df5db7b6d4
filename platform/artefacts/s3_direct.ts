import aws4 from "aws4";
import { disposition } from "../disposition.ts";
import type { DirectAccess } from "./artefacts.ts";
import { checkedKey } from "./key.ts";

export interface S3Place {
  /** As clients reach it: scheme, host and port. */
  readonly origin: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Presigned URLs by AWS Signature Version 4. A PUT has its length, type and checksum signed, which the `minio`
 * client's own presigning leaves out: the store itself refuses whatever else is sent.
 */
export function s3Direct({
  origin,
  bucket,
  region,
  ...credentials
}: S3Place): Pick<DirectAccess, "origin" | "putUrl" | "partUrl" | "getUrl"> {
  const { host } = new URL(origin);
  const sign = (method: string, key: string, query: Record<string, string>, headers: Record<string, string>, ttlMs: number): string => {
    const path = `/${bucket}/${checkedKey(key)}?${new URLSearchParams({ ...query, "X-Amz-Expires": String(Math.floor(ttlMs / 1000)) })}`;
    const { path: signed } = aws4.sign({ service: "s3", region, method, host, path, headers, signQuery: true }, credentials);
    return origin + signed;
  };
  return {
    origin,
    partUrl(key, uploadId, { number, sizeBytes, md5 }, ttlMs) {
      const headers = { "content-md5": md5 };
      const query = { partNumber: String(number), uploadId };
      return { url: sign("PUT", key, query, { ...headers, "content-length": String(sizeBytes) }, ttlMs), headers };
    },
    putUrl(key, { sizeBytes, md5 }, ttlMs) {
      const headers = { "content-type": "application/octet-stream", "content-md5": md5 };
      return { url: sign("PUT", key, {}, { ...headers, "content-length": String(sizeBytes) }, ttlMs), headers };
    },
    getUrl(key, { mediaType, fileName }, ttlMs) {
      const answer = { "response-content-type": mediaType, "response-content-disposition": disposition(fileName) };
      return sign("GET", key, answer, {}, ttlMs);
    },
  };
}
