import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  type Artefact,
  ArtefactSchema,
  type Job,
  JobOptionsSchema,
  JobState,
  LedgerSchema,
  ResultFormat,
  TimelineReason,
} from "../../gen/dragoman/v1/job_pb.ts";
import { CorrectJobRequestSchema, ImportXliffRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { CorrectionsAs, RevisionMadeSchema, type RevisionWork } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { DragomanError, errorDetail } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import { scratch } from "../../test/support/documents.ts";
import { outputPrefix, uploadKey } from "../jobs/artefact_keys.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import type { JobCommand } from "../jobs/job.ts";
import { JobMetrics } from "../metrics.ts";
import { JobWriter } from "../scheduling/job_writer.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { Revisions } from "./revisions.ts";

const TENANT = "t";
const put = (text: string) => [Buffer.from(text)] as never;
const markdown = (sha256: string): Artefact => create(ArtefactSchema, { format: ResultFormat.MARKDOWN, sha256, sizeBytes: 1n });
const counted = (segmentsTranslated: number) => ({
  ...{ pagesIn: 1, pagesOut: 1, segmentsTotal: 2, segmentsTranslated, segmentsFailed: 2 - segmentsTranslated },
});
const ledger = (segmentsTranslated: number) => create(LedgerSchema, counted(segmentsTranslated));

/** A job that has ended with one failed segment, and whoever writes its result again. */
async function desk({ passwordGiven = false, kept = true, ended = true } = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await scratch()).path;
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const store = stack.use(openSqliteStore(path.join(folder, "store.db")));
  const messaging = stack.use(openMemoryMessaging());
  const jobs = new JobWriter({ store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 3600_000 });
  const id = newId(TENANT);
  const upload = { id: "u", tenantId: TENANT, fileName: "a.md", expireAt: store.clock.now() + 1e6 };
  await store.saveUpload(upload);
  const given = { id, tenantId: TENANT, inputKey: uploadKey(TENANT, "u"), fileName: "a.md", sizeBytes: 1, traceparent: "", traceUrl: "" };
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  await jobs.create(newJob({ ...given, options, ...(passwordGiven && { sealedPassword: "sealed" }) }, store.clock.now()), {
    uploadId: "u",
  });
  await jobs.apply(id, { kind: "invite" });
  await jobs.apply(id, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" });
  const engines = [{ name: "apertium", segments: 1, charactersBilled: 7n }];
  const entries = ["OPTION_IGNORED", "SEGMENT_FAILED"].map((code) => ({ code }));
  const first = create(LedgerSchema, { ...counted(1), engines, charactersBilled: 7n, entries });
  const completion: JobCommand = {
    ...{ kind: "complete", attempt: 1, workerId: "w", ledger: first, artefacts: [markdown("first")], longestSpans: [] },
  };
  if (ended) await jobs.apply(id, completion);
  const record = async () => (await store.get(id)) ?? expect.fail("no job");
  if (kept) await artefacts.put(`${outputPrefix(await record())}/pages.jsonl.gz`, put("kept"), { maxBytes: 100 });
  const asked: RevisionWork[] = [];
  const desk = {
    ...{ artefacts, store, messaging, jobs, asked, record, expireTime: (await record()).job.expireTime },
    revisions: new Revisions({ store, jobs, artefacts, messaging }),
    /** What a worker does with its work; what it gives is how many segments it corrected. */
    work: async (_: RevisionWork): Promise<number> => 1,
    correct: async (texts: Record<string, string>, about: { expectedVersion?: bigint; password?: string } = {}) => {
      const corrections = Object.entries(texts).map(([segmentId, text]) => ({ segmentId, text }));
      return desk.revisions.correct(await record(), create(CorrectJobRequestSchema, { id, corrections, ...about }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  stack.use(
    await messaging.answerRevisions(
      async (work) => {
        asked.push(work);
        try {
          const corrected = await desk.work(work);
          const sha256 = `revision ${asked.length}`;
          if (corrected > 0)
            for (const name of ["translation.md", "pages.jsonl.gz"])
              await artefacts.put(`${work.outputPrefix}/${name}`, put(name), { maxBytes: 100 });
          return create(RevisionMadeSchema, { ledger: ledger(2), artefacts: corrected > 0 ? [markdown(sha256)] : [], corrected });
        } catch (error) {
          return create(RevisionMadeSchema, { error: (error as DragomanError).detail });
        }
      },
      { office: false },
    ),
  );
  const owned = stack.move();
  return desk;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
const told = ({ state, revision, version, artefacts }: Job) => ({ state, revision, version: Number(version), file: artefacts[0]?.sha256 });

describe("a result that is corrected", () => {
  it("is another revision of the same job, with its own account, in one commit", async () => {
    await using at = await desk();
    const before = await at.record();
    expect(told(before.job)).to.deep.equal({ state: JobState.PARTIALLY_SUCCEEDED, revision: 1, version: 4, file: "first" });
    const job = await at.correct({ p1b1s1: "Hola" });
    expect(told(job)).to.deep.equal({ state: JobState.PARTIALLY_SUCCEEDED, revision: 2, version: 5, file: "revision 1" });
    expect(job.ledger).to.deep.include({ segmentsFailed: 0, segmentsTranslated: 2, charactersBilled: 7n });
    expect(job.ledger?.engines.map(({ name }) => name)).to.deep.equal(["apertium"]);
    expect(job.ledger?.entries.map(({ code }) => code)).to.deep.equal(["OPTION_IGNORED"]);
    expect(job.timeline.at(-1)).to.deep.include({ reasonCode: TimelineReason.CORRECTED, reason: "CORRECTED", detail: "1 segment" });
    expect(job.expireTime).to.deep.equal(at.expireTime);
    const { timerAt } = await at.record();
    expect(timerAt).to.equal(before.timerAt);
  });
  it("lies beside the one before, which is garbage in ten minutes", async () => {
    await using at = await desk();
    const before = outputPrefix(await at.record());
    await at.correct({ p1b1s1: "Hola" });
    const after = outputPrefix(await at.record());
    expect(await at.artefacts.size(`${after}/translation.md`)).to.be.a("number");
    expect(`${after}/`.startsWith(`${before}/`)).to.equal(false);
    const now = at.store.clock.now();
    expect(await at.store.garbage(now + 590_000, 10)).to.deep.equal([]);
    expect(await at.store.garbage(now + 610_000, 10)).to.deep.equal([{ tenantId: TENANT, prefix: before }]);
  });
  it("leaves nothing behind where its job is deleted while it is written, and nobody answers", async () => {
    await using at = await desk();
    at.work = async ({ outputPrefix: prefix }) => {
      await at.artefacts.put(`${prefix}/translation.md`, put("Hola"), { maxBytes: 100 });
      expect(await at.store.forget(await at.record(), at.store.clock.now())).to.equal(true);
      throw DragomanError.of("UNAVAILABLE", "It is silent.");
    };
    expect(await codeOf(at.correct({ p1b1s1: "Hola" }))).to.equal("UNAVAILABLE");
    const [work] = at.asked;
    for (const name of ["translation.md", "corrections.json"])
      expect(await at.artefacts.size(`${work?.outputPrefix}/${name}`), name).to.equal(undefined);
  });
  it("is asked of a worker with what was kept, the corrections, and the password that the caller gave again", async () => {
    await using at = await desk({ passwordGiven: true });
    expect(await codeOf(at.correct({ p1b1s1: "Hola" }))).to.equal("PASSWORD_NEEDED");
    at.work = async ({ keptKey, correctionsKey, correctionsAs, options, inputKey }) => {
      const read = async (key: string) => Buffer.concat(await Array.fromAsync(at.artefacts.get(key))).toString();
      expect(await read(keptKey)).to.equal("kept");
      expect(JSON.parse(await read(correctionsKey))).to.deep.equal([{ id: "p1b1s1", text: "Hola" }]);
      expect([correctionsAs, options?.password, options?.targetLanguage]).to.deep.equal([CorrectionsAs.JSON, "secret", "es"]);
      expect(inputKey).to.equal(uploadKey(TENANT, "u"));
      return 1;
    };
    const job = await at.correct({ p1b1s1: "Hola" }, { password: "secret" });
    expect([job.revision, job.options?.password]).to.deep.equal([2, ""]);
    expect(JSON.stringify(await at.record(), (_, value) => (typeof value === "bigint" ? Number(value) : value))).to.not.include("secret");
  });
  it("knows the same corrections again, also while they are being made, and whatever version the caller thinks it has", async () => {
    await using at = await desk();
    const { version } = (await at.record()).job;
    const [one, other] = await Promise.all([at.correct({ p1b1s1: "Hola" }), at.correct({ p1b1s1: "Hola" })]);
    expect(told(other)).to.deep.equal(told(one));
    expect(told(await at.correct({ p1b1s1: "Hola" }, { expectedVersion: version }))).to.deep.equal(told(one));
    expect(at.asked).to.have.length(1);
  });
  it("takes one set of corrections after another", async () => {
    await using at = await desk();
    let [running, most] = [0, 0];
    at.work = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return 1;
    };
    await Promise.all(["a", "b", "c"].map((text) => at.correct({ p1b1s1: text })));
    expect([most, (await at.record()).job.revision]).to.deep.equal([1, 4]);
    const kept = at.asked.map(({ keptKey }) => keptKey);
    expect(kept.slice(1)).to.deep.equal(at.asked.slice(0, 2).map(({ outputPrefix: prefix }) => `${prefix}/pages.jsonl.gz`));
  });
  it("has corrections on top of those that another orchestrator made meanwhile, unless the caller wants one version", async () => {
    await using at = await desk();
    const messaging = openMemoryMessaging();
    const between = () =>
      at.jobs.apply(at.asked[0]?.jobId ?? "", {
        kind: "correct",
        revisionName: `other-${at.asked.length}`,
        correctedBy: "other",
        ledger: ledger(2),
        artefacts: [markdown("other")],
        corrected: 1,
      });
    at.work = async () => {
      if (at.asked.length !== 2) await between();
      const record = await at.record();
      if (at.asked.length === 1) await at.artefacts.put(`${outputPrefix(record)}/pages.jsonl.gz`, put("kept"), { maxBytes: 100 });
      return 1;
    };
    const job = await at.correct({ p1b1s1: "Hola" });
    expect([job.revision, at.asked.length]).to.deep.equal([3, 2]);
    expect(await at.artefacts.size(`${at.asked[0]?.outputPrefix}/translation.md`)).to.equal(undefined);
    const { version } = (await at.record()).job;
    expect(await codeOf(at.correct({ p1b1s1: "Adiós" }, { expectedVersion: version }))).to.equal("PRECONDITION_FAILED");
    await messaging[Symbol.asyncDispose]();
  });
  it("stays as it is where nothing is to say anything else", async () => {
    await using at = await desk();
    at.work = async () => 0;
    expect(told(await at.correct({ p1b1s1: "Hola" }))).to.deep.include({ revision: 1, version: 4 });
    expect(await at.artefacts.size(at.asked[0]?.correctionsKey ?? "")).to.equal(undefined);
  });
  it("stays as it is where a worker fails, and what that left is removed", async () => {
    await using at = await desk();
    at.work = async () => {
      throw Object.assign(new Error(), { detail: errorDetail("INVALID_REQUEST", "segment p1b1s1: tag 1 is missing") });
    };
    expect(await codeOf(at.correct({ p1b1s1: "Hola" }))).to.equal("INVALID_REQUEST");
    expect((await at.record()).job.revision).to.equal(1);
    expect(await at.artefacts.size(at.asked[0]?.correctionsKey ?? "")).to.equal(undefined);
  });
  it("is kept where nobody knows whether the store took it, and known again if it did", async () => {
    await using at = await desk();
    const { revisions, store, artefacts, messaging } = at;
    const apply: typeof at.jobs.apply = async (...given) => {
      await at.jobs.apply(...given);
      throw DragomanError.of("UNAVAILABLE", "The answer was lost.");
    };
    at.revisions = new Revisions({ store, artefacts, messaging, jobs: { apply } });
    expect(await codeOf(at.correct({ p1b1s1: "Hola" }))).to.equal("UNAVAILABLE");
    expect(await artefacts.size(`${outputPrefix(await at.record())}/translation.md`)).to.be.a("number");
    at.revisions = revisions;
    expect([(await at.correct({ p1b1s1: "Hola" })).revision, at.asked.length]).to.deep.equal([2, 1]);
  });
  it("is refused where there is none yet, and where nothing was kept of it", async () => {
    await using open = await desk({ ended: false });
    expect(await codeOf(open.correct({ p1b1s1: "Hola" }))).to.equal("RESULT_NOT_READY");
    await using old = await desk({ kept: false });
    expect(await codeOf(old.correct({ p1b1s1: "Hola" }))).to.equal("NOT_CORRECTABLE");
  });
  for (const [what, texts] of [
    ["none", {}],
    ["an empty text", { p1b1s1: " " }],
    ["a text that is too long", { p1b1s1: "x".repeat(20_001) }],
    ["a segment without a name", { "": "x" }],
    ["more than a call takes", Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`s${index}`, "x"]))],
  ] as const)
    it(`is refused for corrections of which there is ${what}`, async () => {
      await using at = await desk();
      expect(await codeOf(at.correct(texts))).to.equal("INVALID_REQUEST");
      expect(at.asked).to.deep.equal([]);
    });
  it("may be corrected by an XLIFF that its tenant uploaded, and by nobody else's", async () => {
    await using at = await desk();
    const now = at.store.clock.now();
    for (const [id, tenantId] of [
      ["x", TENANT],
      ["y", "other"],
    ] as const) {
      await at.store.saveUpload({ id, tenantId, fileName: "a.xlf", expireAt: now + 1e6 });
      await at.artefacts.put(uploadKey(tenantId, id), put("<xliff/>"), { maxBytes: 100 });
    }
    const importing = async (uploadId: string) =>
      at.revisions.importXliff(await at.record(), create(ImportXliffRequestSchema, { uploadId }));
    expect(await codeOf(importing("y"))).to.equal("UPLOAD_NOT_FOUND");
    expect(await codeOf(importing(""))).to.equal("INVALID_REQUEST");
    expect((await importing("x")).revision).to.equal(2);
    expect((await importing("x")).revision).to.equal(2);
    expect(at.asked.map(({ correctionsAs, correctionsKey }) => [correctionsAs, correctionsKey])).to.deep.equal([
      [CorrectionsAs.XLIFF, uploadKey(TENANT, "x")],
    ]);
  });
});
