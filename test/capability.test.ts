import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobState, LedgerSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { WaitReason } from "../gen/dragoman/v1/job_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { JOB_CLASSES, type JobClass } from "../platform/job_classes.ts";
import { openJetStream } from "../platform/messaging/jetstream.ts";
import type { Engine } from "../worker/ability.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { startNats } from "./servers/nats.ts";
import { startRedis } from "./servers/redis.ts";
import { finished, openTestOrchestrator, type TestOrchestrator, testLog } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { serving } from "./support/serving.ts";

const EN_ES = { source: "en", target: "es" };
const FR_ES = { source: "fr", target: "es" };
const DONE = { ledger: create(LedgerSchema, { pagesIn: 1, pagesOut: 1 }), artefacts: [], longestSpans: [] };

/** A worker of two slots that can do what `pairs` says now, and says of each job that it is done. */
async function startWorker(
  orchestrator: TestOrchestrator,
  pairs: () => readonly (typeof EN_ES)[],
  ran: string[] = [],
  engine?: () => Engine,
  classes?: readonly JobClass[],
) {
  const worker = new DragomanWorker({
    orchestrator: `127.0.0.1:${orchestrator.port}`,
    apiKey: orchestrator.workerKey,
    ...{ slots: 2, prefetch: 1, graceMs: 0, log: testLog, lookEveryMs: 50 },
    translators: serving(async () => pairs()),
    ...(engine && { engine: async () => engine() }),
    ...(classes && { classes }),
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

/** Embedded, and on servers. `open` gives an orchestrator on what the name says. */
const DRIVERS: readonly { readonly name: string; readonly open: () => Promise<TestOrchestrator> }[] = [
  { name: "SQLite and memory", open: () => openTestOrchestrator() },
  { name: "Redis and JetStream", open: openOnServers },
];

async function openOnServers(): Promise<TestOrchestrator> {
  await using stack = new AsyncDisposableStack();
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  stack.use(redis);
  stack.use(nats);
  const store = stack.use(await openRedisStore(redis.url, testLog));
  const messaging = stack.use(await openJetStream(nats.url, testLog));
  const orchestrator = stack.use(
    await openTestOrchestrator(
      () => messaging,
      () => store,
    ),
  );
  const owned = stack.move();
  return Object.assign(orchestrator, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

for (const { name, open } of DRIVERS)
  describe(`file types and OCR, on ${name}`, () => {
    const TEXTS = { formats: ["text", "markdown"], ocr: false };
    const ALL = { formats: ["text", "markdown", "pdf", "image"], ocr: true };
    let orchestrator: TestOrchestrator;
    before(async () => {
      orchestrator = await open();
    });
    after(() => orchestrator[Symbol.asyncDispose]());
    const explain = (id: string) => orchestrator.jobs.explainJob({ id }, orchestrator.caller);

    it("decide which worker a job is given to: a scan waits for one that reads it, and holds up no text", async () => {
      const [texts, all] = [[] as string[], [] as string[]];
      await using _texts = await startWorker(
        orchestrator,
        () => [EN_ES],
        texts,
        () => TEXTS,
      );
      const scan = await orchestrator.create("x", {}, "scan.png");
      const pdf = await orchestrator.create("x", {}, "letter.pdf");
      const note = await orchestrator.create("x", {}, "note.txt");
      expect((await orchestrator.until(note, finished)).state).to.equal(JobState.SUCCEEDED);
      await eventually(async () => (await explain(scan)).waitsFor === WaitReason.NO_CAPABLE_WORKER);
      expect((await explain(pdf)).job?.attempt).to.equal(0);
      await using _all = await startWorker(
        orchestrator,
        () => [EN_ES],
        all,
        () => ALL,
      );
      for (const id of [scan, pdf]) expect((await orchestrator.until(id, finished)).state).to.equal(JobState.SUCCEEDED);
      expect({ texts, all: all.sort() }).to.deep.equal({ texts: [note], all: [scan, pdf].sort() });
    });

    it("make classes of work: a worker hears of those that it takes, an older one of what nobody else takes", async () => {
      await remember(orchestrator, [EN_ES]);
      const start = (ran: string[], ...classes: JobClass[]) =>
        startWorker(
          orchestrator,
          () => [EN_ES],
          ran,
          () => ALL,
          classes,
        );
      const [plain, slow] = [[] as string[], [] as string[]];
      await using _plain = await start(plain, "default");
      const scan = await orchestrator.create("x", {}, "scan.png");
      const note = await orchestrator.create("x", {}, "note.txt");
      expect((await orchestrator.until(note, finished)).state).to.equal(JobState.SUCCEEDED);
      await eventually(async () => (await explain(scan)).waitsFor === WaitReason.NO_CAPABLE_WORKER);
      {
        await using _slow = await start(slow, "pictures", "large");
        for (const id of [scan, await orchestrator.create("x", {}, "other.png")])
          expect((await orchestrator.until(id, finished)).state).to.equal(JobState.SUCCEEDED);
      }
      const old = orchestrator.fakeWorker({ workerId: "old", slots: 1, pairs: [EN_ES], engine: ALL });
      const last = await orchestrator.create("x", {}, "last.png");
      const invitation = await orchestrator.messaging.nextInvitation(["default"], AbortSignal.timeout(60_000));
      expect(invitation?.work).to.deep.include({ jobId: last, jobClass: "default" });
      old.send({ case: "claim", value: { jobId: last, dispatch: invitation?.work.dispatch ?? 0 } });
      old.send({ case: "complete", value: { jobId: last, attempt: (await old.hear("granted")).attempt, ledger: DONE.ledger } });
      await invitation?.ack();
      expect((await orchestrator.until(last, finished)).state).to.equal(JobState.SUCCEEDED);
      old.hangUp();
      await eventually(async () => old.ended);
      expect({ plain, slow: slow.length }).to.deep.equal({ plain: [note], slow: 2 });
    });

    it("are looked at again: a worker that gets its first OCR model takes scans from then on", async () => {
      let engine = { ...ALL, ocr: false };
      await using _worker = await startWorker(
        orchestrator,
        () => [EN_ES],
        [],
        () => engine,
      );
      await eventually(async () => (await orchestrator.jobs.listLanguagePairs({}, orchestrator.caller)).pairs.length > 0);
      const scan = await orchestrator.create("x", {}, "scan.png");
      await eventually(async () => (await explain(scan)).waitsFor === WaitReason.NO_CAPABLE_WORKER);
      engine = ALL;
      expect((await orchestrator.until(scan, finished)).state).to.equal(JobState.SUCCEEDED);
    });

    it("are held to in a claim: the worker that cannot read the document is refused, and the job goes on waiting", async () => {
      await remember(orchestrator, [EN_ES]);
      const scan = await orchestrator.create("x", {}, "scan.png");
      const worker = orchestrator.fakeWorker({ workerId: "w", slots: 1, pairs: [EN_ES], engine: TEXTS });
      worker.send({ case: "claim", value: { jobId: scan, dispatch: 1 } });
      expect((await worker.hear("refused")).reason).to.equal("NOT_SERVED");
      expect((await explain(scan)).job?.state).to.equal(JobState.QUEUED);
      const old = orchestrator.fakeWorker({ workerId: "old", slots: 1, pairs: [EN_ES] });
      const invitation = await orchestrator.messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(60_000));
      expect(invitation?.work).to.deep.include({ jobId: scan, format: "image" });
      old.send({ case: "claim", value: { jobId: scan, dispatch: invitation?.work.dispatch ?? 0 } });
      expect((await old.hear("granted")).jobId).to.equal(scan);
      await invitation?.ack();
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
    const invitation = await orchestrator.messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(60_000));
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
