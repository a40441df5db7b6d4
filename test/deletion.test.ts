import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type Artefact, ArtefactSchema, JobState, LedgerSchema, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { MemoryUnitSchema } from "../gen/dragoman/v1/memory_service_pb.ts";
import { SettingsService } from "../gen/dragoman/v1/settings_service_pb.ts";
import { outputKey, outputPrefix } from "../orchestrator/jobs/artefact_keys.ts";
import type { JobRecord } from "../orchestrator/jobs/job.ts";
import { encodeUnit } from "../orchestrator/memory/unit.ts";
import { fromServiceError, grpcClient } from "../platform/grpc/client.ts";
import { openTestOrchestrator, type TestOrchestrator } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { applied } from "./support/stored_jobs.ts";

const CANARY = "canary-7f3a";

/** Files under `folder` that hold the canary, or are called by it. */
async function holders(folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      // What was removed since it was listed holds nothing.
      const bytes = await readFile(file).catch(() => Buffer.alloc(0));
      return file.includes(CANARY) || bytes.includes(CANARY) ? [path.relative(folder, file)] : [];
    }),
  );
  return found.flat().sort();
}

describe("a job that is deleted", () => {
  let orchestrator: TestOrchestrator;
  before(async () => {
    orchestrator = await openTestOrchestrator();
    orchestrator.fakeWorker({ workerId: "w", slots: 0, pairs: [{ source: "en", target: "es" }] });
  });
  after(() => orchestrator?.[Symbol.asyncDispose]());

  /** A job that ended with a result, its files stored, and with what it was translated by in the memory. */
  async function succeeded(): Promise<JobRecord> {
    const { store, artefacts } = orchestrator;
    // Nobody is invited to it meanwhile.
    const beginAt = store.clock.now() + 3600_000;
    const given = {
      notBefore: timestampFromMs(beginAt),
      context: CANARY,
      terms: [{ source: CANARY, target: CANARY }],
      webhookUrl: `https://hooks.example/${CANARY}`,
    };
    const id = await orchestrator.create(`${CANARY} is the text`, given, `${CANARY}.txt`);
    const file = (format: ResultFormat): Artefact =>
      create(ArtefactSchema, { format, mediaType: "text/plain", sizeBytes: 20n, sha256: "a".repeat(64) });
    const files = [file(ResultFormat.TEXT), file(ResultFormat.JSON)];
    const ledger = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 1, segmentsTranslated: 1 });
    const claim = { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" } as const;
    const made = (await store.get(id)) as JobRecord;
    const record = await applied(store, made, beginAt, { kind: "timer" }, { kind: "invite" }, claim, {
      kind: "complete",
      attempt: 1,
      ledger,
      artefacts: files,
      longestSpans: [],
    });
    const put = (key: string) => artefacts.put(key, [Buffer.from(`${CANARY} translated`)] as never, { maxBytes: 100 });
    for (const each of record.job.artefacts) await put(outputKey(record, each));
    // Of those that no list has: what was drawn when somebody looked, and what a revision is written from.
    for (const name of ["preview-1.webp", "pages.jsonl.gz"]) await put(`${outputPrefix(record)}/${name}`);
    const unit = create(MemoryUnitSchema, {
      source: { text: CANARY },
      target: { text: CANARY },
      sourceLanguage: "en",
      targetLanguage: "es",
      jobId: id,
    });
    await store.keepUnits("t", [encodeUnit(unit, store.clock.now())], 1e6);
    return record;
  }

  it("is in no file of the store or of the artefacts any more, nor in the memory, once its receipt says so", async () => {
    const { jobs, caller, folder, store } = orchestrator;
    const { job } = await succeeded();
    const before = await holders(folder);
    expect(before.filter((file) => file.startsWith("jobs.db"))).to.have.length.above(0);
    expect(before.filter((file) => file.startsWith("artefacts"))).to.have.length(5);
    // What its commits owe holds it as well, until that is published.
    await eventually(async () => (await store.outboxState()).depth === 0);
    const { receipt } = await jobs.deleteJob({ id: job.id, forgetMemory: true }, caller);
    expect(receipt).to.deep.include({ jobId: job.id, files: 3, bytes: 40n + job.sizeBytes, unitsForgotten: 1, documentKept: false });
    await eventually(async () => !(await jobs.getReceipt({ id: job.id }, caller)).removing, 5000);
    expect(await holders(folder)).to.deep.equal([]);
    expect(await jobs.getJob({ id: job.id }, caller).catch((error: unknown) => fromServiceError(error).code)).to.equal("JOB_NOT_FOUND");
  });
  it("takes its memory with it where its tenant has set so", async () => {
    const { jobs, caller, port, store } = orchestrator;
    using settings = grpcClient(SettingsService, `127.0.0.1:${port}`);
    await settings.setSettings({ forgetMemoryWithJobs: true }, caller);
    const { job } = await succeeded();
    expect((await jobs.deleteJob({ id: job.id }, caller)).receipt?.unitsForgotten).to.equal(1);
    expect((await store.memorySize("t")).units).to.equal(0);
  });
  it("is told to who watches all jobs", async () => {
    const { jobs, caller } = orchestrator;
    const { job } = await succeeded();
    const seen: string[] = [];
    for await (const { job: changed, deletedJobId } of jobs.watchJobs(
      { fromStart: true },
      { ...caller, signal: AbortSignal.timeout(5000) },
    )) {
      if (changed?.id === job.id && changed.state === JobState.SUCCEEDED) await jobs.deleteJob({ id: job.id }, caller);
      seen.push(deletedJobId);
      if (deletedJobId === job.id) return;
    }
    expect(seen).to.include(job.id);
  });
});
