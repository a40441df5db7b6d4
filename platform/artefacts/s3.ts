import http from "node:http";
import https from "node:https";
import { addAbortSignal } from "node:stream";
import type { Client } from "minio";
import { DragomanError } from "../errors.ts";
import { UsageError } from "../usage_error.ts";
import type { ArtefactStore, DirectAccess } from "./artefacts.ts";
import { checkedKey } from "./key.ts";
import { Measured } from "./measured.ts";
import { S3Client, transport } from "./s3_client.ts";
import { isFull, S3Creator, type UploadedPart } from "./s3_create.ts";
import { s3Direct } from "./s3_direct.ts";
import { unfinishedUploads } from "./s3_unfinished.ts";

/** What is held in memory of one upload; S3 takes 10,000 parts, so 80 GB at most. */
const PART_BYTES = 8 * 1024 * 1024;
const REMOVE_BATCH = 1000;
/** How S3 stores, and Swift's, say that they do not take the key. */
const REFUSED = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "Forbidden"]);
const MISSING = new Set(["NoSuchKey", "NotFound", "NoSuchUpload"]);

/**
 * Artefacts in a bucket of any S3 store. `url` is `s3+http(s)://key:secret@host:port/bucket?region=…&public=…`.
 * Throws STORAGE_FAILED, and CREDENTIALS_REFUSED where the store does not take the key. The bucket must exist. `public` is the store's origin as clients reach it; without it they go through the gateway.
 */
export async function openS3Artefacts(url: string): Promise<ArtefactStore> {
  const { client, bucket, direct } = parse(url);
  const exists = await client.bucketExists(bucket).catch((cause: unknown) => {
    throw storageError(cause);
  });
  if (!exists) throw DragomanError.of("STORAGE_FAILED", `There is no bucket named ${bucket}.`, { hint: "Create the bucket first." });
  const creator = new S3Creator(client, bucket);

  return {
    ...(direct && { direct }),
    async put(key, bytes, limits, signal) {
      checkedKey(key);
      const source = new Measured(bytes, limits, signal);
      try {
        await Promise.race([upload(creator, key, source), aborted(signal)]);
        return source.stored();
      } catch (error) {
        throw storageError(error);
      }
    },
    async *get(key, signal, range) {
      checkedKey(key);
      try {
        const stream = range
          ? await client.getPartialObject(bucket, key, range.offset, range.length ?? 0)
          : await client.getObject(bucket, key);
        yield* signal ? addAbortSignal(signal, stream) : stream;
      } catch (error) {
        throw storageError(error);
      }
    },
    async size(key) {
      checkedKey(key);
      try {
        return (await client.statObject(bucket, key)).size;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw storageError(error);
      }
    },
    async remove(prefix) {
      checkedKey(prefix);
      try {
        await client.removeObject(bucket, prefix);
        const batch: string[] = [];
        for await (const { name } of client.listObjectsV2(bucket, `${prefix}/`, true)) {
          if (name) batch.push(name);
          if (batch.length === REMOVE_BATCH) await client.removeObjects(bucket, batch.splice(0));
        }
        if (batch.length > 0) await client.removeObjects(bucket, batch);
        for await (const { key, uploadId } of unfinishedUploads(client, bucket, prefix))
          if (key === prefix || key.startsWith(`${prefix}/`)) await client.abortMultipartUpload(bucket, key, uploadId);
      } catch (error) {
        if (!isMissing(error)) throw storageError(error);
      }
    },
    async removeCutOff(before) {
      try {
        for await (const { key, uploadId, beganAt } of unfinishedUploads(client, bucket, ""))
          if (beganAt < before) await client.abortMultipartUpload(bucket, key, uploadId);
      } catch (error) {
        if (!isMissing(error)) throw storageError(error);
      }
    },
  };
}

function parse(url: string): { client: Client; bucket: string; direct: DirectAccess | undefined } {
  const parsed = URL.parse(url.replace(/^s3\+/, ""));
  const bucket = parsed?.pathname.slice(1);
  if (!bucket || !parsed?.username) throw new UsageError("DRAGOMAN_ARTEFACTS takes s3+http(s)://KEY:SECRET@HOST:PORT/BUCKET.");
  const { protocol, hostname, port, username, password, searchParams } = parsed;
  const useSSL = protocol === "https:";
  const accessKeyId = decodeURIComponent(username);
  const secretAccessKey = decodeURIComponent(password);
  const region = searchParams.get("region") ?? "us-east-1";
  const origin = searchParams.get("public");
  const { request } = useSSL ? https : http;
  const client = new S3Client({
    endPoint: hostname,
    ...(port && { port: Number(port) }),
    useSSL,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    region,
    partSize: PART_BYTES,
    transport: transport(request),
  });
  const direct = origin ? { ...s3Direct({ origin, bucket, region, accessKeyId, secretAccessKey }), ...s3Parts(client, bucket) } : undefined;
  return { client, bucket, direct };
}

/** Multipart uploads that clients fill. */
function s3Parts(client: Client, bucket: string): Pick<DirectAccess, "beginParts" | "storedParts" | "completeParts"> {
  const list = async (key: string, uploadId: string) => {
    try {
      // The client library keeps this one to itself; it is what its own uploads go on by.
      return await (client as unknown as PartLister).listParts(bucket, checkedKey(key), uploadId);
    } catch (error) {
      if (isMissing(error)) return [];
      throw storageError(error);
    }
  };
  return {
    beginParts: (key) =>
      client.initiateNewMultipartUpload(bucket, checkedKey(key), {}).catch((error: unknown) => {
        throw storageError(error);
      }),
    storedParts: async (key, uploadId) => (await list(key, uploadId)).map(({ part, size }) => ({ number: part, sizeBytes: size })),
    async completeParts(key, uploadId) {
      const parts = await list(key, uploadId);
      try {
        await new S3Creator(client, bucket).completeParts(
          key,
          uploadId,
          parts.map(({ part, etag }) => ({ part, etag })),
        );
      } catch (error) {
        throw storageError(error);
      }
    },
  };
}

interface PartLister {
  listParts(bucket: string, key: string, uploadId: string): Promise<{ part: number; etag: string; size: number }[]>;
}

/**
 * One object from a file of one part, a multipart upload from a larger one. The client's own streaming
 * upload is not used: it goes on with whatever unfinished upload of the key it finds, another's too.
 */
async function upload(creator: S3Creator, key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { client, bucket } = creator;
  let uploadId: string | undefined;
  try {
    const etags: UploadedPart[] = [];
    for await (const { bytes, last } of parts(source)) {
      if (last && !uploadId) return await creator.putWhole(key, bytes);
      uploadId ??= await client.initiateNewMultipartUpload(bucket, key, {});
      const partNumber = etags.length + 1;
      const target = { bucketName: bucket, objectName: key, uploadID: uploadId, partNumber, headers: {} };
      etags.push({ part: partNumber, etag: (await client.uploadPart(target, bytes)).etag });
    }
    await creator.completeParts(key, uploadId as string, etags);
  } catch (error) {
    // Parts that were sent are kept, and paid for, until they are removed.
    if (uploadId) await client.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
    throw error;
  }
}

/** The bytes in parts of the same size, but for the last. At least one, which may be empty. */
async function* parts(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    held.push(chunk);
    size += chunk.byteLength;
    while (size > PART_BYTES) {
      const bytes = Buffer.concat(held);
      held = [bytes.subarray(PART_BYTES)];
      size -= PART_BYTES;
      yield { bytes: bytes.subarray(0, PART_BYTES), last: false };
    }
  }
  yield { bytes: Buffer.concat(held), last: true };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

function isMissing(error: unknown): boolean {
  return hasCode(error, MISSING);
}

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof Error && "code" in error && codes.has(String(error.code));
}

function storageError(error: unknown): unknown {
  if (error instanceof DragomanError || (error instanceof Error && error.name === "AbortError")) return error;
  if (isMissing(error)) return DragomanError.of("ARTEFACT_NOT_FOUND", "There is no such artefact.", { cause: error });
  if (isFull(error))
    return DragomanError.of("STORAGE_FULL", "There is no room left for artefacts.", { cause: error, retryAfterMs: 10_000 });
  if (hasCode(error, REFUSED))
    return DragomanError.of("CREDENTIALS_REFUSED", "The artefact store refuses the key that Dragoman has for it.", {
      cause: error,
      hint: "Set it in DRAGOMAN_ARTEFACTS, s3+https://KEY:SECRET@HOST/BUCKET, and let it put, get, list and remove there.",
    });
  return DragomanError.of("STORAGE_FAILED", "The artefact store failed.", { cause: error });
}
