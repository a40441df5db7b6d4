import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobState, LedgerSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { WaitReason } from "../gen/dragoman/v1/job_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { apertium } from "../worker/translators/apertium/apertium.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { finished, openTestOrchestrator, type TestOrchestrator, testLog } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";

const EN_ES = { source: "en", target: "es" };
const FR_ES = { source: "fr", target: "es" };
const DONE = { ledger: create(LedgerSchema, { pagesIn: 1, pagesOut: 1 }), artefacts: [], longestSpans: [] };

/** A worker of two slots that can do what `pairs` says now, and says of each job that it is done. */
async function startWorker(orchestrator: TestOrchestrator, pairs: () => readonly (typeof EN_ES)[], ran: string[] = []) {
  const worker = new DragomanWorker({
    orchestrator: `127.0.0.1:${orchestrator.port}`,
    apiKey: orchestrator.workerKey,
    ...{ slots: 2, prefetch: 1, graceMs: 0, log: testLog, pairsEveryMs: 50 },
    translator: apertium(),
    pairs: async () => pairs(),
    ...{ messaging: orchestrator.messaging, artefacts: orchestrator.artefacts, scratch: path.join(orchestrator.folder, "scratch") },
    limits: { memoryBytes: 1e9, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 },
    run: async ({ jobId }) => {
      ran.push(jobId);
      return DONE;
    },
  });
  await worker.start();
  return worker;
}

/** Has these languages offered to clients by a worker that went away again. */
async function remember(orchestrator: TestOrchestrator, pairs: readonly (typeof EN_ES)[]): Promise<void> {
  const { jobs, caller, fakeWorker } = orchestrator;
  const gone = fakeWorker({ workerId: "gone", slots: 1, pairs: [...pairs] });
  await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length >= pairs.length);
  gone.hangUp();
  await eventually(async () => gone.ended);
}

describe("a job that no connected worker can do", () => {
  it("is not given to a worker of other languages, says so, and runs when one of its own comes", async () => {
    await using orchestrator = await openTestOrchestrator();
    const { jobs, caller } = orchestrator;
    await remember(orchestrator, [EN_ES]);
    const ran: string[] = [];
    await using _other = await startWorker(orchestrator, () => [FR_ES], ran);
    await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length === 2);
    const id = await orchestrator.create("The garden is open.");
    const behind = await orchestrator.create("Le jardin est ouvert.", { sourceLanguage: "fr" });
    expect((await orchestrator.until(behind, finished)).state).to.equal(JobState.SUCCEEDED);
    const explanation = await jobs.explainJob({ id }, caller);
    expect(explanation.waitsFor).to.equal(WaitReason.NO_CAPABLE_WORKER);
    expect(explanation.job?.attempt).to.equal(0);
    const own: string[] = [];
    await using _one = await startWorker(orchestrator, () => [EN_ES], own);
    expect((await orchestrator.until(id, finished)).state).to.equal(JobState.SUCCEEDED);
    expect({ ran, own }).to.deep.equal({ ran: [behind], own: [id] });
  });

  it("does not stand before those behind it, however many there are of it", async () => {
    await using orchestrator = await openTestOrchestrator();
    await remember(orchestrator, [EN_ES, FR_ES]);
    for (let made = 0; made < 30; made++) await orchestrator.create("The garden is open.", { priority: 3 });
    const behind = await orchestrator.create("Le jardin est ouvert.", { sourceLanguage: "fr" });
    await using _worker = await startWorker(orchestrator, () => [FR_ES]);
    expect((await orchestrator.until(behind, finished)).state).to.equal(JobState.SUCCEEDED);
  });

  it("is refused to a worker that claims it all the same, and goes on waiting", async () => {
    await using orchestrator = await openTestOrchestrator();
    await remember(orchestrator, [EN_ES]);
    const id = await orchestrator.create("The garden is open.");
    const worker = orchestrator.fakeWorker({ workerId: "w", slots: 1, pairs: [FR_ES] });
    worker.send({ case: "claim", value: { jobId: id, dispatch: 1 } });
    expect((await worker.hear("refused")).reason).to.equal("NOT_SERVED");
    const job = await orchestrator.jobs.getJob({ id }, orchestrator.caller);
    expect({ state: job.state, attempt: job.attempt }).to.deep.equal({ state: JobState.QUEUED, attempt: 0 });
  });
});

describe("workers of different languages", () => {
  it("do each their own, all at once", async () => {
    await using orchestrator = await openTestOrchestrator();
    const [english, french] = [[] as string[], [] as string[]];
    await using _one = await startWorker(orchestrator, () => [EN_ES], english);
    await using _other = await startWorker(orchestrator, () => [FR_ES], french);
    await eventually(async () => (await orchestrator.jobs.listLanguagePairs({}, orchestrator.caller)).pairs.length === 2);
    const made = { en: [] as string[], fr: [] as string[] };
    for (let round = 0; round < 10; round++)
      for (const sourceLanguage of ["en", "fr"] as const) made[sourceLanguage].push(await orchestrator.create("x", { sourceLanguage }));
    for (const id of [...made.en, ...made.fr]) await orchestrator.until(id, finished);
    expect({ english: english.sort(), french: french.sort() }).to.deep.equal({ english: made.en.sort(), french: made.fr.sort() });
  });
});

describe("a job whose language is to be detected", () => {
  it("is for the worker that reads every language that is read here", async () => {
    await using orchestrator = await openTestOrchestrator();
    const [few, all] = [[] as string[], [] as string[]];
    await using _few = await startWorker(orchestrator, () => [FR_ES], few);
    await using _all = await startWorker(orchestrator, () => [EN_ES, FR_ES], all);
    await eventually(async () => (await orchestrator.jobs.listLanguagePairs({}, orchestrator.caller)).pairs.length === 2);
    const made: string[] = [];
    for (let round = 0; round < 8; round++) made.push(await orchestrator.create("x", { sourceLanguage: "" }));
    for (const id of made) await orchestrator.until(id, finished);
    expect({ few, all: all.sort() }).to.deep.equal({ few: [], all: made.sort() });
  });
});

describe("a worker without a translator", () => {
  it("takes nothing, takes work once a pair is installed, and none of it when the pair is broken", async () => {
    await using orchestrator = await openTestOrchestrator();
    const { jobs, caller } = orchestrator;
    await remember(orchestrator, [EN_ES]);
    let installed: (typeof EN_ES)[] = [];
    await using _worker = await startWorker(orchestrator, () => installed);
    const first = await orchestrator.create("The garden is open.");
    await eventually(async () => (await jobs.explainJob({ id: first }, caller)).waitsFor === WaitReason.NO_CAPABLE_WORKER);
    expect((await jobs.explainJob({ id: first }, caller)).slots).to.equal(0);
    installed = [EN_ES];
    expect((await orchestrator.until(first, finished)).state).to.equal(JobState.SUCCEEDED);
    installed = [];
    await eventually(async () => (await jobs.explainJob({ id: first }, caller)).slots === 0);
    const second = await orchestrator.create("The garden is open.");
    expect((await jobs.explainJob({ id: second }, caller)).waitsFor).to.equal(WaitReason.NO_CAPABLE_WORKER);
  });
});

describe("what a worker says it can do", () => {
  it("is offered to clients where it is languages, and nothing else of it", async () => {
    await using orchestrator = await openTestOrchestrator();
    const { jobs, caller } = orchestrator;
    orchestrator.fakeWorker({
      workerId: "w",
      slots: 1,
      pairs: [{ source: "<b>", target: "es" }, { source: "en", target: "x".repeat(1000) }, EN_ES],
    });
    await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length > 0);
    const { pairs } = await jobs.listLanguagePairs({}, caller);
    expect(pairs.map(({ source, target }) => ({ source, target }))).to.deep.equal([EN_ES]);
  });
});

describe("a report", () => {
  it("is taken from the holder of the lease only: no other worker, nor its namesake with another key", async () => {
    await using orchestrator = await openTestOrchestrator();
    const hello = { slots: 1, pairs: [EN_ES] };
    const holder = orchestrator.fakeWorker({ workerId: "holder", ...hello });
    const id = await orchestrator.create("The garden is open.");
    const invitation = await orchestrator.messaging.nextInvitation(AbortSignal.timeout(60_000));
    holder.send({ case: "claim", value: { jobId: id, dispatch: invitation?.work.dispatch ?? 0 } });
    const { attempt } = await holder.hear("granted");
    const anotherKey = await issueKey(orchestrator.store, { tenantId: "other", role: "worker" });
    const others = [
      orchestrator.fakeWorker({ workerId: "thief", ...hello }),
      orchestrator.fakeWorker({ workerId: "holder", ...hello }, anotherKey),
    ];
    for (const other of others) {
      other.send({ case: "heartbeat", value: { jobId: id, attempt, stage: Stage.CONVERTING, percent: 50 } });
      other.send({ case: "complete", value: { jobId: id, attempt, ledger: DONE.ledger } });
      other.send({ case: "release", value: { jobId: id, attempt } });
      await eventually(async () => other.heard.length === 3);
      expect(other.heard.map(({ case: kind, value }) => [kind, value && "reason" in value && value.reason])).to.deep.equal(
        Array(3).fill(["refused", "STALE_ATTEMPT"]),
      );
    }
    holder.send({ case: "heartbeat", value: { jobId: id, attempt, stage: Stage.CONVERTING, percent: 7 } });
    await holder.hear("accepted");
    const job = await orchestrator.jobs.getJob({ id }, orchestrator.caller);
    expect({ state: job.state, percent: job.percent }).to.deep.equal({ state: JobState.RUNNING, percent: 7 });
  });
});
