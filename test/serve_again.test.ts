import { stat } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import { type RunningService, startService } from "./support/service.ts";

const PIECE_BYTES = 8 * 1024 * 1024;
const FILE_BYTES = PIECE_BYTES + 1000;

/** One more part of a file, by tus. */
async function send(address: URL, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { "tus-resumable": "1.0.0", "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  return fetch(address, { method: "PATCH", headers, body: bytes });
}

describe("a service that is started again", function () {
  this.timeout(120_000);
  let service: RunningService;
  const file = new Uint8Array(FILE_BYTES).fill(97);
  let uploadId: string;
  let resumableUrl: string;
  let plainUrl: string;
  before(async () => {
    service = await startService();
    const upload = await service.client.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(FILE_BYTES) });
    const plain = await service.client.uploads.createUpload({ fileName: "b.txt", sizeBytes: 4n });
    [uploadId, resumableUrl, plainUrl] = [upload.id, upload.resumableUrl, plain.url];
    expect((await send(new URL(resumableUrl, service.url), 0, file.subarray(0, PIECE_BYTES))).status).to.equal(204);
    service = await service.killAndRestart();
  });
  after(() => service?.[Symbol.asyncDispose]());

  it("takes the rest of an upload that was begun before", async () => {
    const address = new URL(resumableUrl, service.url);
    const { headers } = await fetch(address, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
    expect(headers.get("upload-offset")).to.equal(String(PIECE_BYTES));
    expect((await send(address, PIECE_BYTES, file.subarray(PIECE_BYTES))).status).to.equal(204);
    const options = { sourceLanguage: "en", targetLanguage: "es" };
    expect((await service.client.jobs.createJob({ uploadId, options })).sizeBytes).to.equal(BigInt(FILE_BYTES));
  });
  it("takes a file whose address was given before", async () => {
    expect((await fetch(new URL(plainUrl, service.url), { method: "PUT", body: "text" })).status).to.equal(204);
  });
  it("has the same keys as before: one of the user, one of the worker", async () => {
    await using store = openSqliteStore(path.join(service.data, "jobs.db"));
    expect((await store.keys()).map(({ role }) => role).sort()).to.deep.equal(["client", "worker"]);
  });
  it("lets nobody else read its secrets and its database", async () => {
    for (const name of ["api-key", "worker-key", "upload-secret", "jobs.db", "jobs.db-wal", "jobs.db-shm"])
      expect(((await stat(path.join(service.data, name))).mode & 0o777).toString(8), name).to.equal("600");
  });
});
