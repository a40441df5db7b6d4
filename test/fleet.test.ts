import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { AdminService } from "../gen/dragoman/v1/admin_service_pb.ts";
import { JobState, LedgerSchema } from "../gen/dragoman/v1/job_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { PreviewWorkSchema, RevisionWorkSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { asDragomanError } from "../platform/errors.ts";
import { type GrpcClient, grpcClient } from "../platform/grpc/client.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { finished, openTestOrchestrator, type TestOrchestrator, testLog } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { serving } from "./support/serving.ts";

const PAIRS = [{ source: "en", target: "es" }];
const ENGINE = { formats: ["text", "image"], ocr: true };
const DONE = { ledger: create(LedgerSchema, { pagesIn: 1, pagesOut: 1 }), artefacts: [], longestSpans: [] };
const code = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: unknown) => asDragomanError(error).code,
  );

describe("operators of a running service", () => {
  let orchestrator: TestOrchestrator;
  let admin: GrpcClient<typeof AdminService>;
  let caller: { readonly authorization: string };

  before(async () => {
    orchestrator = await openTestOrchestrator();
    admin = grpcClient(AdminService, `127.0.0.1:${orchestrator.port}`);
    caller = { authorization: `Bearer ${await issueKey(orchestrator.store, { tenantId: "operators", role: "operator" })}` };
  });
  afterEach(async () => {
    for (const { id } of (await admin.listWorkers({}, caller)).workers)
      await admin.resumeWorker({ id, reason: "the test is over" }, caller);
  });
  after(async () => {
    admin[Symbol.dispose]();
    await orchestrator[Symbol.asyncDispose]();
  });

  /** A worker of one slot whose jobs last until they are let go, and what it began. */
  async function startWorker() {
    const began: string[] = [];
    let letGo = Promise.withResolvers<void>();
    const worker = new DragomanWorker({
      ...{
        orchestrator: `127.0.0.1:${orchestrator.port}`,
        apiKey: orchestrator.workerKey,
        slots: 1,
        prefetch: 0,
        graceMs: 0,
        log: testLog,
      },
      ...{ messaging: orchestrator.messaging, artefacts: orchestrator.artefacts, scratch: path.join(orchestrator.folder, "scratch") },
      translators: serving(async () => PAIRS),
      engine: async () => ENGINE,
      limits: { memoryBytes: 1e9, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 },
      run: async ({ jobId }, _parts, _onProgress, signal) => {
        began.push(jobId);
        const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
        await Promise.race([letGo.promise, stopped]);
        return DONE;
      },
    });
    await worker.start();
    const known = async () => (await admin.listWorkers({}, caller)).workers.filter(({ connected }) => connected);
    await eventually(async () => (await known()).length === 1);
    const id = (await known())[0]?.id ?? "";
    return {
      ...{ id, began },
      finish: () => letGo.resolve(),
      hold() {
        letGo = Promise.withResolvers();
      },
      [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
    };
  }
  const get = (id: string) => orchestrator.jobs.getJob({ id }, orchestrator.caller);
  const running = (id: string) => orchestrator.until(id, ({ state }) => state === JobState.RUNNING);

  it("drain a worker: it finishes what it holds and takes no more, over a reconnect too", async () => {
    await using worker = await startWorker();
    const held = await orchestrator.create("one", {}, "a.txt");
    await running(held);
    await admin.drainWorker({ id: worker.id, reason: "update" }, caller);
    const next = await orchestrator.create("two", {}, "b.txt");
    worker.finish();
    expect((await orchestrator.until(held, finished)).state).to.equal(JobState.SUCCEEDED);
    expect(await code(orchestrator.messaging.askPreview(create(PreviewWorkSchema), 5_000)), "a preview").to.equal("UNAVAILABLE");
    expect(await code(orchestrator.messaging.askRevision(create(RevisionWorkSchema))), "a revision").to.equal("UNAVAILABLE");
    // Its namesake, as it would come again.
    const again = orchestrator.fakeWorker({ workerId: worker.id, slots: 1, pairs: PAIRS, engine: ENGINE, classes: ["default"] });
    expect((await again.hear("drain")).byOperator).to.equal(true);
    again.send({ case: "claim", value: { jobId: next, dispatch: 1 } });
    expect((await again.hear("refused")).reason).to.equal("NOT_SERVED");
    again.hangUp();
    await eventually(async () => again.ended);
    expect((await get(next)).state).to.equal(JobState.QUEUED);
    await orchestrator.jobs.cancelJob({ id: next }, orchestrator.caller);
  });

  it("resume a worker in its session, and end that of an older one, which claims again in its next", async () => {
    await using worker = await startWorker();
    worker.finish();
    const old = orchestrator.fakeWorker({ workerId: "older", slots: 1, pairs: [{ source: "fr", target: "es" }] });
    await eventually(async () => (await admin.listWorkers({}, caller)).workers.length >= 2);
    for (const id of [worker.id, "older"]) await admin.drainWorker({ id, reason: "update" }, caller);
    await old.hear("drain");
    const job = await orchestrator.create("one", {}, "a.txt");
    for (const id of [worker.id, "older"]) await admin.resumeWorker({ id, reason: "updated" }, caller);
    await eventually(async () => old.ended);
    expect((await orchestrator.until(job, finished)).state).to.equal(JobState.SUCCEEDED);
    expect(worker.began).to.deep.equal([job]);
    expect(await code(orchestrator.messaging.askPreview(create(PreviewWorkSchema), 5_000)), "a preview").to.equal("none");
  });

  it("quarantine a worker: what it holds is done by another at once, and no attempt is counted", async () => {
    await using worker = await startWorker();
    const job = await orchestrator.create("one", {}, "a.txt");
    await running(job);
    await admin.quarantineWorker({ id: worker.id, reason: "wrong results" }, caller);
    await orchestrator.until(job, ({ state }) => state === JobState.QUEUED);
    const other = orchestrator.fakeWorker({ workerId: "other", slots: 1, pairs: PAIRS, engine: ENGINE, classes: ["default"] });
    const invitation = await orchestrator.messaging.nextInvitation(["default"], AbortSignal.timeout(60_000));
    other.send({ case: "claim", value: { jobId: job, dispatch: invitation?.work.dispatch ?? 0 } });
    const { attempt } = await other.hear("granted");
    await invitation?.ack();
    other.send({ case: "complete", value: { jobId: job, attempt, ledger: DONE.ledger } });
    const done = await orchestrator.until(job, finished);
    expect(done.timeline.map(({ reason, detail }) => `${reason} ${detail}`.trim())).to.include("RELEASED WORKER_QUARANTINED");
    expect(worker.began).to.deep.equal([job]);
    other.hangUp();
    await eventually(async () => other.ended);
  });

  it("pause a class of work and a tenant: their jobs wait until they are resumed, and hold up nobody", async () => {
    await using worker = await startWorker();
    worker.finish();
    await admin.pauseClass({ jobClass: "pictures", reason: "OCR is slow" }, caller);
    const scan = await orchestrator.create("x", {}, "scan.png");
    const note = await orchestrator.create("x", {}, "note.txt");
    expect((await orchestrator.until(note, finished)).state).to.equal(JobState.SUCCEEDED);
    expect((await get(scan)).state).to.equal(JobState.QUEUED);
    await admin.pauseTenant({ id: "t", reason: "unpaid" }, caller);
    await admin.resumeClass({ jobClass: "pictures", reason: "done" }, caller);
    expect(await code(orchestrator.create("x", {}, "c.txt"))).to.equal("TENANT_PAUSED");
    expect((await get(scan)).state).to.equal(JobState.QUEUED);
    await admin.resumeTenant({ id: "t", reason: "paid" }, caller);
    expect((await orchestrator.until(scan, finished)).state).to.equal(JobState.SUCCEEDED);
    expect(worker.began).to.deep.equal([note, scan]);
  });

  it("pause the intake: nobody is to send a document for nothing, and a delay is said", async () => {
    using uploads = grpcClient(UploadService, `127.0.0.1:${orchestrator.port}`);
    await admin.pauseIntake({ reason: "disk is full" }, caller);
    const refused = await uploads.createUpload({ fileName: "a.txt" }, orchestrator.caller).catch(asDragomanError);
    expect(refused).to.include({ code: "INTAKE_PAUSED", message: "No jobs are taken in for now: disk is full" });
    await admin.resumeIntake({ reason: "cleaned" }, caller);
    expect(await code(uploads.createUpload({ fileName: "a.txt" }, orchestrator.caller))).to.equal("none");
  });
});
