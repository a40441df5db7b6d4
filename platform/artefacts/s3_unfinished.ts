import type { Client } from "minio";

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly beganAt: number;
}

/**
 * Multipart uploads of keys that begin with `prefix` and were neither completed nor aborted. The client library's own
 * listing sends an empty delimiter, for which OpenStack's Swift shows no upload at all.
 */
export async function* unfinishedUploads(client: Client, bucketName: string, prefix: string): AsyncGenerator<UnfinishedUpload> {
  let from = "";
  do {
    const query = `uploads=&max-uploads=1000&prefix=${encodeURIComponent(prefix)}${from}`;
    const response = await client.makeRequestAsync({ method: "GET", bucketName, query });
    let answer = "";
    for await (const chunk of response) answer += String(chunk);
    for (const [, upload = ""] of answer.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
      // Keys hold nothing that XML would have to write otherwise.
      yield { key: field(upload, "Key"), uploadId: field(upload, "UploadId"), beganAt: Date.parse(field(upload, "Initiated")) };
    }
    const [key, uploadId] = [field(answer, "NextKeyMarker"), field(answer, "NextUploadIdMarker")].map(encodeURIComponent);
    from = field(answer, "IsTruncated") === "true" && key ? `&key-marker=${key}&upload-id-marker=${uploadId}` : "";
  } while (from);
}

function field(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(xml)?.[1] ?? "";
}
