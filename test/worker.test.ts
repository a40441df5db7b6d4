import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ArtefactSchema, type Job, JobState, LedgerSchema, Stage, TimelineReason } from "../gen/dragoman/v1/job_pb.ts";
import { type RunAttempt, runAttempt } from "../worker/attempt.ts";
import type { Limits } from "../worker/sandbox/limits.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { exampleScan } from "./support/documents.ts";
import { finished, openTestOrchestrator, testLog } from "./support/orchestrator.ts";
import { openRelay } from "./support/relay.ts";
import { serving } from "./support/serving.ts";

/** An orchestrator and a worker of one slot that reaches it through a relay. */
async function openPair(limits: Partial<Limits> = {}, run: RunAttempt = runAttempt) {
  const stack = new AsyncDisposableStack();
  const orchestrator = stack.use(await openTestOrchestrator());
  const relay = stack.use(await openRelay(orchestrator.port));
  const worker = stack.use(
    new DragomanWorker({
      orchestrator: relay.address,
      apiKey: orchestrator.workerKey,
      slots: 1,
      prefetch: 1,
      translators: stack.use(serving(async () => [{ source: "en", target: "es" }])),
      messaging: orchestrator.messaging,
      run,
      artefacts: orchestrator.artefacts,
      scratch: path.join(orchestrator.folder, "scratch"),
      limits: { memoryBytes: 3 * 1024 ** 3, runMs: 600_000, silenceMs: 60_000, stepCpuMs: 300_000, ...limits },
      graceMs: 0,
      log: testLog,
    }),
  );
  await worker.start();
  const { create, until } = orchestrator;
  return { relay, worker, create, until, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const ended = (job: Job) => job.endTime !== undefined;

describe("a worker", () => {
  it("keeps its job through a broken connection: one attempt, and the same worker", async () => {
    await using pair = await openPair();
    const id = await pair.create(await exampleScan());
    await pair.until(id, (job) => job.stage === Stage.OCR_PROCESSING);
    pair.relay.cut();
    const job = await pair.until(id, ended);
    expect(job.state).to.equal(JobState.SUCCEEDED);
    expect(job.attempt).to.equal(1);
    expect(job.timeline.map(({ reasonCode }) => reasonCode)).to.include(TimelineReason.WORKER_DISCONNECTED);
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
    await using pair = await openPair({ memoryBytes: 300 * 1024 * 1024 });
    const job = await pair.until(await pair.create(await exampleScan()), ended);
    expect(job.state).to.equal(JobState.FAILED);
    expect(job.error?.code).to.equal("MEMORY_LIMIT");
    const next = await pair.until(await pair.create(Buffer.from("The garden is open today.")), ended);
    expect(next.state).to.equal(JobState.SUCCEEDED);
  });

  it("stops a document that takes too much work over one step, says so, and does not try it again", async () => {
    // Half of what reading a page of it takes; opening it may take as much.
    await using pair = await openPair({ stepCpuMs: 500 });
    const job = await pair.until(await pair.create(await exampleScan()), ended);
    expect(job.error?.code).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(job.error?.stage).to.be.oneOf(["CONVERTING", "OCR_PROCESSING"]);
    expect(job.attempt).to.equal(1);
  });

  it("hands its job back when it is stopped, and burns no attempt", async () => {
    await using pair = await openPair();
    const id = await pair.create(await exampleScan());
    await pair.until(id, (job) => job.stage === Stage.OCR_PROCESSING);
    await pair.worker[Symbol.asyncDispose]();
    const job = await pair.until(id, ({ state }) => state === JobState.QUEUED);
    expect(job.timeline.at(-1)).to.include({ reasonCode: TimelineReason.RELEASED, detail: "WORKER_STOPS" });
  });

  it("fails a job whose result lists more than a message holds, and goes on with the others in the same session", async () => {
    const LEDGER = create(LedgerSchema, { pagesIn: 1, pagesOut: 1 });
    await using pair = await openPair({}, async ({ fileName }) => {
      const files = fileName === "book.txt" ? 9400 : 1;
      const artefacts = Array.from({ length: files }, (_, page) =>
        create(ArtefactSchema, {
          format: 4,
          page,
          mediaType: "image/webp",
          sizeBytes: 100_000n,
          sha256: "0".repeat(64),
          fileName: `preview-${page}.webp`,
        }),
      );
      return { ledger: LEDGER, artefacts, longestSpans: [] };
    });
    const book = await pair.until(await pair.create("The garden is open.", {}, "book.txt"), finished);
    expect([book.state, book.error?.code, book.attempt]).to.deep.equal([JobState.FAILED, "RESULT_TOO_LARGE", 1]);
    const letter = await pair.until(await pair.create("The garden is open.", {}, "letter.txt"), finished);
    expect([letter.state, letter.attempt]).to.deep.equal([JobState.SUCCEEDED, 1]);
    expect(book.timeline.map(({ reason }) => reason)).not.to.include("WORKER_DISCONNECTED");
  });
});
