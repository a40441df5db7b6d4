import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Job, JobState, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { openLog } from "../platform/log.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import { verifyUpload } from "../platform/uploads.ts";
import { runAttempt } from "../worker/attempt.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { exampleScan } from "./support/documents.ts";
import { openRelay } from "./support/relay.ts";

const log = openLog("test", process.env["TEST_LOGS"] ? "info" : "silent");

/** An orchestrator and a worker of one slot that reaches it through a relay. */
async function openPair(memoryBytes = 3 * 1024 ** 3) {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-worker-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const store = stack.use(openSqliteStore(path.join(folder, "jobs.db")));
  const messaging = stack.use(openMemoryMessaging());
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const uploadSecret = "test";
  const parts = {
    store,
    messaging,
    artefacts,
    log,
    uploadSecret,
    host: "127.0.0.1",
    port: 0,
    traceUi: "",
    measureTenants: false,
    retentionMs: 0,
  };
  const orchestrator = stack.use(await openOrchestrator(parts));
  const relay = stack.use(await openRelay(orchestrator.port));
  const worker = stack.use(
    new DragomanWorker({
      orchestrator: relay.address,
      apiKey: await issueKey(store, { tenantId: "local", role: "worker" }),
      slots: 1,
      prefetch: 1,
      pairs: [{ source: "en", target: "es" }],
      messaging,
      run: runAttempt,
      artefacts,
      scratch: path.join(folder, "scratch"),
      limits: { memoryBytes, runMs: 600_000, silenceMs: 60_000 },
      graceMs: 0,
      log,
    }),
  );
  await worker.start();
  const address = `127.0.0.1:${orchestrator.port}`;
  const jobs = stack.use(grpcClient(JobService, address));
  const uploads = stack.use(grpcClient(UploadService, address));
  const caller = { authorization: `Bearer ${await issueKey(store, { tenantId: "t", role: "client" })}` };

  return {
    relay,
    worker,
    async create(content: Uint8Array): Promise<string> {
      const upload = await uploads.createUpload({}, caller);
      const grant = verifyUpload(upload.url.slice("/uploads/".length), uploadSecret, Date.now());
      if (!grant) throw new Error("no grant");
      await artefacts.put(
        grant.key,
        (async function* () {
          yield content;
        })(),
        grant,
      );
      for (;;) {
        if ((await jobs.listLanguagePairs({}, caller)).pairs.length > 0) break;
      }
      const request = create(CreateJobRequestSchema, { uploadId: upload.id, options: { sourceLanguage: "en", targetLanguage: "es" } });
      return (await jobs.createJob(request, caller)).id;
    },
    async until(id: string, accepts: (job: Job) => boolean, deadlineMs = 45_000): Promise<Job> {
      for await (const job of jobs.watchJob({ id }, { ...caller, signal: AbortSignal.timeout(deadlineMs) })) if (accepts(job)) return job;
      throw new Error("the job ended first");
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const ended = (job: Job) => job.endTime !== undefined;

describe("a worker", function () {
  this.timeout(90_000);

  it("keeps its job through a broken connection: one attempt, and the same worker", async () => {
    await using pair = await openPair();
    const id = await pair.create(await exampleScan());
    await pair.until(id, (job) => job.stage === Stage.OCR_PROCESSING);
    pair.relay.cut();
    const job = await pair.until(id, ended);
    expect(job.state).to.equal(JobState.SUCCEEDED);
    expect(job.attempt).to.equal(1);
    expect(job.timeline.map(({ reason }) => reason)).to.include("WORKER_DISCONNECTED");
  });

  it("fetches the next job's input while it runs one", async () => {
    await using pair = await openPair();
    const first = await pair.create(await exampleScan());
    const second = await pair.create(Buffer.from("The garden is open today for all the readers."));
    await pair.until(second, (job) => job.stage === Stage.DOWNLOADING);
    expect((await pair.until(first, () => true)).state).to.equal(JobState.RUNNING);
    const [one, two] = await Promise.all([pair.until(first, ended), pair.until(second, ended)]);
    expect([one.state, two.state]).to.deep.equal([JobState.SUCCEEDED, JobState.SUCCEEDED]);
  });

  it("stops a document that takes too much memory, says so, and goes on", async () => {
    await using pair = await openPair(500 * 1024 * 1024);
    const job = await pair.until(await pair.create(await exampleScan()), ended);
    expect(job.state).to.equal(JobState.FAILED);
    expect(job.error?.code).to.equal("MEMORY_LIMIT");
    const next = await pair.until(await pair.create(Buffer.from("The garden is open today.")), ended);
    expect(next.state).to.equal(JobState.SUCCEEDED);
  });

  it("hands its job back when it is stopped, and burns no attempt", async () => {
    await using pair = await openPair();
    const id = await pair.create(await exampleScan());
    await pair.until(id, (job) => job.stage === Stage.OCR_PROCESSING);
    await pair.worker[Symbol.asyncDispose]();
    const job = await pair.until(id, ({ state }) => state === JobState.QUEUED);
    expect(job.timeline.at(-1)?.reason).to.contain("RELEASED");
  });
});
