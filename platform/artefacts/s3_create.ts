import { createHash } from "node:crypto";
import type { Client } from "minio";
import { DragomanError } from "../errors.ts";

const EXISTS = new Set(["PreconditionFailed", "ObjectAlreadyExists"]);
/** As MinIO, Ceph and OpenStack's Swift say it; Amazon's has room always. */
const FULL = new Set(["XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"]);

export interface UploadedPart {
  readonly part: number;
  readonly etag: string;
}

/**
 * Makes objects where there are none: throws UPLOAD_ALREADY_DONE for a key that is taken. It is the server that refuses,
 * by `If-None-Match: *`. A few do not know that header: there it is looked at just before, and of two who create in
 * the same instant the later one wins. What was accepted is known by its SHA-256 as well.
 */
export class S3Creator {
  readonly client: Client;
  readonly bucket: string;
  #conditional = true;

  constructor(client: Client, bucket: string) {
    this.client = client;
    this.bucket = bucket;
  }

  async putWhole(key: string, bytes: Buffer): Promise<void> {
    try {
      await this.#create(key, (headers) => this.client.putObject(this.bucket, key, bytes, bytes.length, headers));
    } catch (error) {
      if (!(error instanceof DragomanError)) throw error;
      // A busy server is asked again, and may have stored it the first time.
      const refusedByServer = error.cause !== undefined;
      if (!refusedByServer || (await this.#etag(key)) !== createHash("md5").update(bytes).digest("hex")) throw error;
    }
  }

  async completeParts(key: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void> {
    const list = parts.map(({ part, etag }) => `<Part><PartNumber>${part}</PartNumber><ETag>${etag.replace(/[<>&]/g, "")}</ETag></Part>`);
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`;
    const target = { method: "POST", bucketName: this.bucket, objectName: key, query: `uploadId=${encodeURIComponent(uploadId)}` };
    await this.#create(key, async (headers) => {
      const response = await this.client.makeRequestAsync({ ...target, headers }, body);
      let answer = "";
      for await (const chunk of response) answer += String(chunk);
      // The status is sent before the work is done, so it says nothing.
      const [, code] = /<Error>.*?<Code>(.*?)<\/Code>/s.exec(answer) ?? [];
      if (code) throw Object.assign(new Error(`the parts were not put together: ${code}`), { code });
    });
  }

  async #create(key: string, create: (headers: Record<string, string>) => Promise<unknown>): Promise<void> {
    if ((await this.#etag(key)) !== undefined) throw alreadyDone();
    // Others may learn meanwhile that the server does not know the header.
    const conditional = this.#conditional;
    try {
      await create(conditional ? { "If-None-Match": "*" } : {});
    } catch (error) {
      if (hasCode(error, EXISTS)) throw alreadyDone(error);
      if (!conditional || !hasCode(error, NOT_KNOWN)) throw error;
      this.#conditional = false;
      await create({});
    }
  }

  /** Of the object: the MD5 of one that was put whole. Undefined if there is none. */
  async #etag(key: string): Promise<string | undefined> {
    try {
      return (await this.client.statObject(this.bucket, key)).etag;
    } catch (error) {
      if (hasCode(error, MISSING)) return undefined;
      throw error;
    }
  }
}

const MISSING = new Set(["NoSuchKey", "NotFound"]);
const NOT_KNOWN = new Set(["NotImplemented"]);

/** Whether the server refused for want of room. */
export function isFull(error: unknown): boolean {
  return hasCode(error, FULL);
}

function alreadyDone(cause?: unknown): DragomanError {
  return DragomanError.of("UPLOAD_ALREADY_DONE", "There is such an artefact already.", { cause });
}

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof Error && "code" in error && codes.has(String(error.code));
}
