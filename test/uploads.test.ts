import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { Dragoman } from "../client/dragoman.ts";
import type { ClientError } from "../client/error.ts";
import { sendResumably } from "../client/resumable.ts";
import type { Upload } from "../gen/dragoman/v1/upload_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

const MIB = 1024 * 1024;

describe("uploads", () => {
  let service: RunningService;
  let dragoman: Dragoman;
  let folder: string;
  before(async () => {
    service = await startService();
    dragoman = new Dragoman({ server: service.url, apiKey: service.apiKey, send: sendResumably });
    folder = path.join(service.data, "artefacts", "tenants", "local", "uploads");
    await mkdir(folder, { recursive: true });
  });
  after(() => service?.[Symbol.asyncDispose]());

  const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");
  const reserve = (bytes: Uint8Array, contentMd5 = md5(bytes)) =>
    dragoman.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(bytes.length), contentMd5 });
  const tus = { "tus-resumable": "1.0.0" };
  const head = async ({ resumableUrl }: Upload) => fetch(service.url + resumableUrl, { method: "HEAD", headers: tus });
  const offsetOf = async (upload: Upload) => Number((await head(upload)).headers.get("upload-offset"));

  /** Sends `bytes` and then breaks the connection. */
  async function sendAndBreak({ resumableUrl }: Upload, bytes: Uint8Array, ofLength: number): Promise<void> {
    const headers = { ...tus, "upload-offset": "0", "content-type": "application/offset+octet-stream", "content-length": ofLength };
    const sent = request(service.url + resumableUrl, { method: "PATCH", headers });
    sent.on("error", () => undefined);
    await new Promise<void>((resolve) => sent.write(bytes, () => resolve()));
    await eventually(async () => (await readdir(folder)).some((name) => name.endsWith(".pieces")));
    const [pieces = ""] = (await readdir(folder)).filter((name) => name.endsWith(".pieces"));
    await eventually(async () => (await readdir(path.join(folder, pieces))).length >= 2);
    sent.destroy();
  }

  it("go on where they broke, and are one file in the end", async () => {
    const text = "The library is open today.\n\n".repeat(900_000);
    const bytes = Buffer.from(text);
    const upload = await reserve(bytes);
    await sendAndBreak(upload, bytes.subarray(0, 20 * MIB), bytes.length);
    const offset = await offsetOf(upload);
    expect(offset).to.be.within(8 * MIB, 20 * MIB);
    const sent: number[] = [];
    const job = await dragoman.create(new Blob([bytes]), { to: "es", from: "en", upload, onSent: (count) => sent.push(count) });
    expect(sent.find((count) => count > 0)).to.be.at.least(offset);
    expect(job.sizeBytes).to.equal(BigInt(bytes.length));
    expect((await readdir(folder)).filter((name) => name.endsWith(".pieces"))).to.deep.equal([]);
    await dragoman.cancel(job.id);
  });
  it("are refused whole when their bytes changed on the way, and can be sent again", async () => {
    const right = randomBytes(9 * MIB);
    const wrong = Buffer.from(right);
    wrong[5 * MIB] = (wrong[5 * MIB] ?? 0) ^ 1;
    const upload = await reserve(right);
    const once = new Dragoman({ server: service.url, apiKey: service.apiKey });
    const plain = await once.create(new Blob([wrong]), { to: "es", upload }).catch((error: ClientError) => error.code);
    expect(plain).to.equal("CHECKSUM_MISMATCH");
    const resumable = await dragoman.create(new Blob([wrong]), { to: "es", upload }).catch((error: ClientError) => error.code);
    expect(resumable).to.equal("CHECKSUM_MISMATCH");
    expect(await offsetOf(upload)).to.equal(0);
    expect((await dragoman.create(new Blob([right]), { to: "es", upload })).sizeBytes).to.equal(BigInt(right.length));
  });
  it("of an address that nobody signed are refused with a problem", async () => {
    const upload = await reserve(Buffer.from("hello"));
    const forged = { ...upload, resumableUrl: `${upload.resumableUrl.slice(0, -1)}${upload.resumableUrl.endsWith("A") ? "B" : "A"}` };
    expect((await head(forged as Upload)).status).to.equal(403);
    const error = await dragoman.create(new Blob(["hello"]), { to: "es", upload: forged as Upload }).catch((thrown: ClientError) => thrown);
    expect(error).to.include({ code: "PERMISSION_DENIED" });
  });
  it("are refused before any byte is taken where the key does not permit them", async () => {
    const store = openSqliteStore(path.join(service.data, "jobs.db"));
    const limits = { maxUploadBytes: 1000, formats: ["pdf", "txt"] };
    const apiKey = await issueKey(store, { tenantId: "local", role: "client", limits });
    await store[Symbol.asyncDispose]();
    const limited = new Dragoman({ server: service.url, apiKey, send: sendResumably });
    const code = (file: File) =>
      limited.create(file, { to: "es" }).then(
        () => "none",
        (error: ClientError) => error.code,
      );
    expect(await code(new File(["x".repeat(1001)], "a.txt"))).to.equal("FILE_TOO_LARGE");
    expect(await code(new File(["x"], "a.docx"))).to.equal("UNSUPPORTED_FILE_TYPE");
    expect(await code(new File(["x"], "pdf"))).to.equal("UNSUPPORTED_FILE_TYPE");
    expect(await code(new File(["The library is open."], "a.TXT"))).to.equal("none");
    const { url } = await limited.uploads.createUpload({ fileName: "a.txt" });
    expect((await fetch(service.url + url, { method: "PUT", body: "x".repeat(1001) })).status).to.equal(413);
  });
  it("stop when told to, and make no job", async () => {
    const bytes = randomBytes(30 * MIB);
    const abort = new AbortController();
    const { jobs } = await dragoman.list();
    const failure = await dragoman
      .create(new Blob([bytes]), { to: "es", signal: abort.signal, onSent: () => abort.abort(new Error("enough")) })
      .catch((error: Error) => error.message);
    expect(failure).to.equal("enough");
    expect((await dragoman.list()).jobs.length).to.equal(jobs.length);
  });
  it("with a request_id make one job, however often the same bytes are sent", async () => {
    const send = (text: string) => dragoman.create(new File([text], "twice.txt"), { to: "es", from: "en", requestId: "sent twice" });
    const { id } = await send("The garden is open.");
    expect((await send("The garden is open.")).id).to.equal(id);
    const other = await send("The garden is closed.").catch((error: ClientError) => error.code);
    expect(other).to.equal("REQUEST_ID_REUSED");
  });
  it("in one line give the finished job, and an abort on the way cancels it on the server", async () => {
    const changes: number[] = [];
    const file = new File(["The library is open today for all the readers."], "note.txt");
    const job = await dragoman.translate(file, { to: "es", from: "en", onJob: ({ percent }) => changes.push(percent) });
    expect([job.percent, job.fileName, changes.at(-1)]).to.deep.equal([100, "note.txt", 100]);
    const abort = new AbortController();
    let id = "";
    const long = new Blob(["The library is open today.\n\n".repeat(20_000)]);
    await dragoman
      .translate(long, {
        ...{ to: "es", from: "en", signal: abort.signal },
        onJob: (change) => {
          id = change.id;
          abort.abort();
        },
      })
      .catch(() => undefined);
    const ended = await dragoman.resume(id);
    expect(ended.timeline.map(({ detail }) => detail)).to.include("aborted by the client");
  });
});
