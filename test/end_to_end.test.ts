import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { FileClient, fromClientError } from "../cli/client.ts";
import { type Job, JobState, ResultFormat, Stage, TimelineReason } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { DragomanError } from "../platform/errors.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { exampleScan, hugePng, scratch, textPdf } from "./support/documents.ts";
import { descendants, documentProcesses, eventually, isGone, type RunningService, startService, watchUntil } from "./support/service.ts";

const ENGLISH = "The library is open from Monday to Saturday. The garden is free for all the readers.";
const ended = (job: Job) => job.endTime !== undefined;

async function finish(client: FileClient, file: string, deadlineMs = 120_000): Promise<Job> {
  const { id } = await client.createFrom(file, { to: "es", from: "en" });
  return watchUntil(client, id, ended, deadlineMs);
}

describe("dragoman serve", () => {
  let service: RunningService;
  let files: Awaited<ReturnType<typeof scratch>>;
  const bearer = () => ({ authorization: `Bearer ${service.apiKey}` });
  const asJson = () => ({ ...bearer(), "content-type": "application/json" });
  before(async () => {
    files = await scratch();
    service = await startService();
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  it("translates a PDF and gives every file of the result", async () => {
    const job = await finish(service.client, await files.file("a.pdf", await textPdf(ENGLISH, ENGLISH)));
    expect(job.state).to.equal(JobState.SUCCEEDED);
    expect(job.percent).to.equal(100);
    const saved = await service.client.download(job, path.join(files.path, "out"));
    expect(saved.map((file) => path.basename(file)).sort()).to.deep.equal([
      "a.es.json",
      "a.es.md",
      "a.es.page-1.webp",
      "a.es.page-2.webp",
      "a.es.pdf",
      "a.es.source-1.webp",
      "a.es.source-2.webp",
      "a.es.txt",
    ]);
    expect(await readFile(path.join(files.path, "out", "a.es.md"), "utf8")).to.contain("biblioteca");
    const { stdout } = await promisify(execFile)("pdftotext", [path.join(files.path, "out", "a.es.pdf"), "-"]);
    expect(stdout).to.contain("jardín");
    const [document, pdf] = job.artefacts;
    expect(document).to.include({ format: ResultFormat.DOCUMENT, fileName: "a.es.pdf", mediaType: "application/pdf" });
    expect(pdf).to.include({ format: ResultFormat.PDF, sameAs: ResultFormat.DOCUMENT, sha256: document?.sha256 ?? "" });
    const bytesOf = async (format: string) => {
      const answer = await fetch(`${service.url}/jobs/${job.id}/result?format=${format}`, { headers: bearer() });
      return Buffer.from(await answer.arrayBuffer());
    };
    expect((await bytesOf("document")).equals(await bytesOf("pdf"))).to.equal(true);
  });

  it("takes one multipart request over REST, streams the job as events, and gives its timeline", async () => {
    const form = new FormData();
    form.set("target_language", "es");
    form.set("file", new Blob([ENGLISH]), "note.txt");
    const created = await fetch(`${service.url}/jobs`, { method: "POST", headers: bearer(), body: form });
    expect(created.status).to.equal(200);
    const { id } = (await created.json()) as { id: string };
    const events = await (
      await fetch(`${service.url}/jobs/${id}/events`, { headers: bearer(), signal: AbortSignal.timeout(120_000) })
    ).text();
    const versions = [...events.matchAll(/^id: (\d+)$/gm)].map(([, version]) => Number(version));
    expect(versions).to.deep.equal(Array.from({ length: versions.length }, (_, index) => (versions[0] ?? 0) + index));
    expect(events).to.contain('"state":"JOB_STATE_SUCCEEDED"');
    const result = await fetch(`${service.url}/jobs/${id}/result?format=text`, { headers: bearer() });
    expect(result.headers.get("content-type")).to.equal("text/plain; charset=utf-8");
    expect(await result.text()).to.contain("biblioteca");
    const job = (await (await fetch(`${service.url}/jobs/${id}`, { headers: bearer() })).json()) as { timeline: unknown[]; state: string };
    expect(job.timeline.length).to.be.greaterThan(3);
  });

  it("answers a client that is not ours, over gRPC, gRPC-Web and Connect", async () => {
    for (const [protocol, url] of [
      ["grpc", `http://${service.grpcAddress}`],
      ["grpcweb", service.url],
      ["connect", service.url],
    ] as const) {
      const flags = [
        "curl",
        "--protocol",
        protocol,
        "--schema",
        ".",
        "-H",
        `authorization: Bearer ${service.apiKey}`,
        ...(protocol === "grpc" ? ["--http2-prior-knowledge"] : []),
        "-d",
        "{}",
      ];
      const { stdout } = await promisify(execFile)("buf", [...flags, `${url}/dragoman.v1.JobService/ListLanguagePairs`]);
      expect(JSON.parse(stdout).pairs, protocol).to.deep.include({ source: "en", target: "es" });
    }
  });

  it("gives one error on gRPC, Connect and REST, with the same content", async () => {
    const id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    using direct = grpcClient(JobService, service.grpcAddress);
    const overGrpc = await direct.getJob({ id }, bearer()).then(
      () => undefined,
      (error: DragomanError) => error.detail,
    );
    const overConnect = await service.client.jobs.getJob({ id }).then(
      () => undefined,
      (error: unknown) => (fromClientError(error) as DragomanError).detail,
    );
    const response = await fetch(`${service.url}/jobs/${id}`, { headers: bearer() });
    const overRest = (await response.json()) as Record<string, unknown>;
    expect(response.status).to.equal(404);
    expect(response.headers.get("content-type")).to.equal("application/problem+json");
    for (const field of ["code", "hint"] as const)
      expect([overGrpc?.[field], overConnect?.[field], overRest[field]], field).to.deep.equal(Array(3).fill(overGrpc?.[field]));
    expect(overGrpc?.code).to.equal("JOB_NOT_FOUND");
    expect(overRest["traceId"]).to.match(/^[0-9a-f]{32}$/);
  });

  it("names every violation of a request at once", async () => {
    const response = await fetch(`${service.url}/jobs`, {
      method: "POST",
      headers: asJson(),
      body: JSON.stringify({ options: { targetLanguage: "es", sourceLanguage: "es", runDeadlineSeconds: -1 } }),
    });
    const { code, violations } = (await response.json()) as { code: string; violations: { field: string }[] };
    expect([response.status, code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect(violations.map(({ field }) => field)).to.deep.equal(["upload_id", "options.target_language", "options.run_deadline_seconds"]);
  });

  it("refuses a language that no translator serves, and lists those that are", async () => {
    const file = await files.file("a.txt", ENGLISH);
    const error = await service.client.createFrom(file, { to: "xx" }).then(
      () => undefined,
      (thrown: unknown) => (fromClientError(thrown) as DragomanError).detail,
    );
    expect(error?.code).to.equal("UNSUPPORTED_LANGUAGE_PAIR");
    expect(error?.hint).to.contain("en→es");
  });

  it("gives the same job for the same request_id, and refuses it for another request", async () => {
    const { id: uploadId } = await service.client.createFrom(await files.file("a.txt", ENGLISH), { to: "es" }).then(async () => {
      const response = await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: "{}" });
      const upload = (await response.json()) as { id: string; url: string };
      await fetch(service.url + upload.url, { method: "PUT", body: ENGLISH });
      return upload;
    });
    const request = { uploadId, requestId: "mine", options: { targetLanguage: "es" } };
    const [one, two] = await Promise.all([service.client.jobs.createJob(request), service.client.jobs.createJob(request)]);
    expect(one.id).to.equal(two.id);
    const other = await service.client.jobs.createJob({ ...request, options: { targetLanguage: "es", allOrNothing: true } }).then(
      () => "none",
      (error: unknown) => (fromClientError(error) as DragomanError).code,
    );
    expect(other).to.equal("REQUEST_ID_REUSED");
  });

  it("hides a job from another tenant behind the same 404, and wants a valid key", async () => {
    const job = await finish(service.client, await files.file("a.txt", ENGLISH));
    const store = openSqliteStore(path.join(service.data, "jobs.db"));
    const foreign = new FileClient(service.url, await issueKey(store, { tenantId: "other", role: "client" }));
    const workers = new FileClient(service.url, await issueKey(store, { tenantId: "local", role: "worker" }));
    await store[Symbol.asyncDispose]();
    const code = (call: Promise<unknown>) =>
      call.then(
        () => "none",
        (error: unknown) => (fromClientError(error) as DragomanError).code,
      );
    expect(await code(foreign.jobs.getJob({ id: job.id }))).to.equal("JOB_NOT_FOUND");
    expect(await code(foreign.jobs.cancelJob({ id: job.id }))).to.equal("JOB_NOT_FOUND");
    expect(await code(foreign.download(job, files.path))).to.equal("JOB_NOT_FOUND");
    expect((await foreign.jobs.listJobs({})).jobs).to.deep.equal([]);
    expect(await code(workers.jobs.getJob({ id: job.id }))).to.equal("PERMISSION_DENIED");
    expect(await code(new FileClient(service.url, "dgm_nonsense").jobs.listJobs({}))).to.equal("UNAUTHENTICATED");
  });

  it("keeps the local key for its user alone", async () => {
    expect((await stat(path.join(service.data, "api-key"))).mode & 0o777).to.equal(0o600);
  });

  it("gives everything in one zip, by any protocol", async () => {
    const job = await finish(service.client, await files.file("a.pdf", await textPdf(ENGLISH)));
    const answer = await fetch(`${service.url}/jobs/${job.id}/result?format=bundle`, { headers: { ...bearer(), range: "bytes=0-9" } });
    expect([answer.status, answer.headers.get("content-type")]).to.deep.equal([200, "application/zip"]);
    expect(answer.headers.get("content-disposition")).to.equal('attachment; filename="a.es.zip"');
    const file = await files.file("all.zip", Buffer.from(await answer.arrayBuffer()));
    const { stdout } = await promisify(execFile)("python3", ["-m", "zipfile", "-l", file]);
    for (const { fileName } of job.artefacts) expect(stdout).to.contain(fileName);
    const extracted = await promisify(execFile)("python3", ["-c", `import zipfile; print(zipfile.ZipFile("${file}").testzip())`]);
    expect(extracted.stdout.trim()).to.equal("None");
  });

  it("refuses an upload's URL that was changed", async () => {
    const upload = (await (await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: "{}" })).json()) as {
      url: string;
    };
    const forged = upload.url.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect((await fetch(service.url + forged, { method: "PUT", body: "x" })).status).to.equal(403);
    const small = (await (
      await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: '{"sizeBytes":"3"}' })
    ).json()) as { url: string };
    expect((await fetch(service.url + small.url, { method: "PUT", body: "four" })).status).to.equal(413);
  });

  const bad: readonly [name: string, code: string, content: () => Promise<Uint8Array | string>][] = [
    ["a truncated PDF", "PDF_CORRUPT", async () => (await textPdf(ENGLISH)).slice(0, 700)],
    ["a PDF without any text or picture", "NO_CONTENT", () => textPdf("")],
    ["a 30,000 × 30,000 PNG", "IMAGE_TOO_LARGE", () => hugePng(30_000, 30_000)],
    ["an encrypted PDF", "PDF_ENCRYPTED", () => readFile("test/support/encrypted.pdf")],
    ["a file of no known type", "UNSUPPORTED_FILE_TYPE", async () => Buffer.from("00ff00ff00ff", "hex")],
  ];
  for (const [name, code, content] of bad) {
    it(`fails ${name} with ${code} and a hint, and goes on`, async () => {
      const job = await finish(service.client, await files.file("bad.pdf", await content()));
      expect(job.state).to.equal(JobState.FAILED);
      expect(job.error?.code).to.equal(code);
      expect(job.error?.hint).to.not.equal("");
    });
  }

  it("refuses an empty file when the job is created", async () => {
    const error = await service.client.createFrom(await files.file("empty", ""), { to: "es" }).then(
      () => "none",
      (thrown: unknown) => (fromClientError(thrown) as DragomanError).code,
    );
    expect(error).to.equal("EMPTY_FILE");
  });

  it("takes a PNG named .pdf for what it is", async () => {
    const { scanPages } = await import("../examples/make.ts");
    const [page] = await scanPages();
    const job = await finish(service.client, await files.file("scan.pdf", page ?? ""));
    expect(job.state).to.be.oneOf([JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED]);
    expect(job.ledger?.pagesOcr).to.equal(1);
  });

  it("says too early and too late by different codes", async () => {
    const { id } = await service.client.createFrom(await files.file("scan.pdf", await exampleScan()), { to: "es" });
    const result = async () => {
      for await (const _ of service.client.jobs.getResult({ id, format: ResultFormat.TEXT })) return "given";
      return "nothing";
    };
    const code = (call: Promise<unknown>) =>
      call.then(
        () => "none",
        (error: unknown) => (fromClientError(error) as DragomanError).code,
      );
    expect(await code(result())).to.equal("RESULT_NOT_READY");
    await service.client.jobs.cancelJob({ id });
    await watchUntil(service.client, id, ended);
    expect(await code(result())).to.equal("NO_RESULT");
    const done = await finish(service.client, await files.file("a.txt", ENGLISH));
    expect(await code(service.client.jobs.cancelJob({ id: done.id }))).to.equal("JOB_ALREADY_FINISHED");
  });

  it("cancels in the middle of OCR: final within 5 s, no child left, no result", async () => {
    const { id } = await service.client.createFrom(await files.file("scan.pdf", await exampleScan()), { to: "es" });
    await watchUntil(service.client, id, (job) => job.stage === Stage.OCR_PROCESSING);
    const reading = await documentProcesses(service.pid);
    expect(reading).to.not.deep.equal([]);
    const asked = performance.now();
    await service.client.jobs.cancelJob({ id, reason: "test" });
    const job = await watchUntil(service.client, id, ended);
    expect(performance.now() - asked).to.be.below(5000);
    expect(job.state).to.equal(JobState.CANCELLED);
    expect(job.timeline.at(-1)?.reasonCode).to.equal(TimelineReason.WORKER_STOPPED);
    await eventually(async () => reading.every(isGone), 5_000);
    expect(job.artefacts).to.deep.equal([]);
  });

  for (const [name, path_, status] of [
    ["a path that cannot be decoded", "/jobs/%ff", 400],
    ["a path of two slashes", "//", 404],
    ["a path without a route", "/none", 404],
  ] as const) {
    it(`answers ${name} with a problem, and lives on`, async () => {
      const { hostname, port } = new URL(service.url);
      const got = await new Promise<number>((resolve, reject) => {
        request({ hostname, port, path: path_, headers: bearer() }, (response) => resolve(response.resume().statusCode ?? 0))
          .on("error", reject)
          .end();
      });
      expect(got).to.equal(status);
      expect((await fetch(`${service.url}/languages`, { headers: bearer() })).status).to.equal(200);
    });
  }

  it("refuses a form that is none, and keeps nothing of one that breaks off", async () => {
    const headers = { ...bearer(), "content-type": "multipart/form-data" };
    const none = await fetch(`${service.url}/jobs`, { method: "POST", headers, body: "x" });
    expect(((await none.json()) as { code: string }).code).to.equal("INVALID_REQUEST");
    const { hostname, port } = new URL(service.url);
    const half = request({
      hostname,
      port,
      path: "/jobs",
      method: "POST",
      headers: { ...bearer(), "content-type": "multipart/form-data; boundary=b" },
    });
    half.on("error", () => undefined);
    half.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf of it');
    const incoming = path.join(service.data, "artefacts", ".incoming");
    await eventually(async () => (await readdir(incoming)).length === 1);
    half.destroy();
    await eventually(async () => (await readdir(incoming)).length === 0);
  });

  it("never replaces a file that was sent", async () => {
    const answer = await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: "{}" });
    const { url } = (await answer.json()) as { url: string };
    expect((await fetch(service.url + url, { method: "PUT", body: "first" })).status).to.equal(204);
    expect((await fetch(service.url + url, { method: "PUT", body: "second" })).status).to.equal(409);
  });

  it("ends an attempt that runs past its deadline, with TIME_LIMIT", async () => {
    const upload = (await (await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: "{}" })).json()) as {
      id: string;
      url: string;
    };
    await fetch(service.url + upload.url, { method: "PUT", body: (await exampleScan()) as unknown as Uint8Array<ArrayBuffer> });
    const options = { targetLanguage: "es", sourceLanguage: "en", runDeadlineSeconds: 2 };
    const { id } = await service.client.jobs.createJob({ uploadId: upload.id, options });
    await watchUntil(service.client, id, (job) => job.stage === Stage.OCR_PROCESSING || ended(job));
    const reading = await documentProcesses(service.pid);
    const job = await watchUntil(service.client, id, ended);
    expect(job.state).to.equal(JobState.FAILED);
    expect(job.error?.code).to.equal("TIME_LIMIT");
    await eventually(async () => reading.every(isGone), 5_000);
  });

  it("takes 1 GB in without holding it", async () => {
    const rss = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${service.pid}/status`, "utf8"))?.[1]) * 1024;
    const upload = (await (await fetch(`${service.url}/uploads`, { method: "POST", headers: asJson(), body: "{}" })).json()) as {
      url: string;
    };
    const chunk = new Uint8Array(1024 * 1024);
    let peak = 0;
    const before = await rss();
    const body = async function* () {
      for (let count = 0; count < 1024; count++) {
        yield chunk;
        if (count % 20 === 0) peak = Math.max(peak, await rss());
      }
    };
    const response = await fetch(service.url + upload.url, {
      method: "PUT",
      body: body(),
      duplex: "half",
    } as RequestInit);
    expect(response.status).to.equal(204);
    expect(peak - before).to.be.below(64 * 1024 * 1024);
  });
});

describe("dragoman serve, killed", () => {
  it("goes on after SIGKILL in the middle of OCR: the job succeeds with attempt 2", async () => {
    await using files = await scratch();
    await using first = await startService();
    const { id } = await first.client.createFrom(await files.file("scan.pdf", await exampleScan()), { to: "es" });
    await watchUntil(first.client, id, (job) => job.stage === Stage.OCR_PROCESSING);
    const children = await descendants(first.pid);
    await using second = await first.killAndRestart();
    expect((await second.client.jobs.getJob({ id })).id).to.equal(id);
    const job = await watchUntil(second.client, id, ended);
    expect(job.state).to.be.oneOf([JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED]);
    expect(job.attempt).to.equal(2);
    expect(job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.WORKER_LOST);
    for (const pid of children) expect(await stat(`/proc/${pid}`).catch(() => "gone")).to.equal("gone");
  });
});
