import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { type Digest, Dragoman } from "../client/dragoman.ts";
import { sendResumably } from "../client/resumable.ts";
import type { Upload } from "../gen/dragoman/v1/upload_service_pb.ts";
import { scratch } from "../test/support/documents.ts";
import { startService } from "../test/support/service.ts";

const BYTES = 2 * 1024 ** 3;
const PAUSE_AT = 0.4;
const MIB = 1024 ** 2;

/** One upload of 2 GiB, broken off in the middle and gone on with, and what memory the service took meanwhile. */
await using files = await scratch();
await using service = await startService({ DRAGOMAN_LOG_LEVEL: "warn" });
const file = await files.file("large.txt", "");
await using handle = await open(file, "r+");
await handle.truncate(BYTES);
const digest: Digest = async (blob, algorithm) => {
  const hash = createHash(algorithm);
  for await (const chunk of blob.stream()) hash.update(chunk);
  return hash.digest();
};
const dragoman = new Dragoman({ server: service.url, apiKey: service.apiKey, send: sendResumably, digest });
const resident = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${service.pid}/status`, "utf8"))?.[1]) * 1024;

const before = await resident();
let peak = before;
const watch = setInterval(async () => {
  peak = Math.max(peak, await resident());
}, 50);
const blob = await openAsBlob(file);
const started = performance.now();
const pause = new AbortController();
let upload: Upload | undefined;
let paused = 0;
await dragoman
  .create(blob, {
    to: "es",
    signal: pause.signal,
    onUpload: (reserved) => {
      upload = reserved;
    },
    onSent: (bytes) => {
      paused = bytes;
      if (bytes > BYTES * PAUSE_AT) pause.abort();
    },
  })
  .catch(() => undefined);
if (!upload) throw new Error("the upload was not reserved");
let resumed = 0;
const job = await dragoman.create(blob, {
  ...{ to: "es", upload },
  onSent: (bytes) => {
    resumed ||= bytes;
  },
});
clearInterval(watch);
const seconds = (performance.now() - started) / 1000;
await dragoman.cancel(job.id);
console.log(
  `${job.sizeBytes} bytes in ${seconds.toFixed(1)} s, paused at ${(paused / MIB).toFixed(0)} MiB, went on from ${(resumed / MIB).toFixed(0)} MiB`,
);
console.log(
  `the service's memory: ${(before / MIB).toFixed(0)} MiB before, ${(peak / MIB).toFixed(0)} MiB at most, ${((peak - before) / MIB).toFixed(0)} MiB more`,
);
