import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { ArtefactSchema, type Job, JobOptionsSchema, JobState, LedgerSchema, ResultFormat, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError, errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { openLog } from "../../platform/log.ts";
import { stateName } from "../../platform/names.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import type { JobCommand } from "../jobs/job.ts";
import { JobMetrics } from "../metrics.ts";
import { type Dimension, MAX_NAMES, NO_SUMS, OTHERS, type Sums, sum } from "../policy/usage.ts";
import { JobWriter } from "../scheduling/job_writer.ts";
import type { Commit, Store } from "./store.ts";
import type { DayUsage } from "./usage_store.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 26, 20);
const WHOLE = { from: "2026-11-01", to: "2026-12-31" };

/** What can become of a job of these tests. */
const life = fc.record({
  tenant: fc.constantFrom("t", "u"),
  key: fc.constantFrom("k1", "k2"),
  labels: fc.constantFrom({}, { team: "a" }, { team: "b", order: "1" }),
  dryRun: fc.boolean(),
  bytes: fc.nat(1e6),
  waits: fc.nat(DAY_MS / 4),
  end: fc.constantFrom("complete", "partly", "fail", "cancel", "retried", "lost", "expire"),
  pages: fc.integer({ min: 1, max: 900 }),
  characters: fc.nat(2 ** 40),
  billed: fc.array(fc.tuple(fc.constantFrom("deepl", "openai"), fc.nat(2 ** 40)), { maxLength: 3 }),
  corrections: fc.array(fc.nat(5000), { maxLength: 2 }),
  deleted: fc.boolean(),
  /** Which of its commits is lost, or of which the answer is. */
  lost: fc.option(fc.record({ nth: fc.nat(6), done: fc.boolean() }), { nil: undefined }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

describeStores((driver: string, place: () => StorePlace) => {
  describe(`usage on ${driver}`, () => {
    let store: Store;
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    it("equals what ledgers say, whatever becomes of jobs", async () => {
      const ended: { tenant: string; job: Job }[] = [];
      for (const [index, each] of fc.sample(life, { numRuns: 40, seed: 18 }).entries())
        ended.push({ tenant: each.tenant, job: await live(store, each, START + index * 3_600_000) });
      for (const tenantId of ["t", "u"])
        for (const dimension of ["total", "key", "label", "engine"] as const) {
          const stored = await store.usage({ tenantId, dimension, ...WHOLE });
          const own = ended.filter(({ tenant }) => tenant === tenantId).map(({ job }) => job);
          expect(stored, `${tenantId} by ${dimension}`).to.deep.equal(addedUp(own, dimension));
        }
      expect(await store.usageTenants(WHOLE.from, WHOLE.to, "", 9)).to.deep.equal(["t", "u"]);
      expect(await store.usageTenants(WHOLE.from, WHOLE.to, "t", 9)).to.deep.equal(["u"]);
      expect(await store.usageTenants("2026-08-01", "2026-09-30", "", 9)).to.deep.equal([]);
    });

    it("adds up whatever is committed at once, to the last character", async () => {
      await Promise.all(Array.from({ length: 100 }, () => store.commit(adding([["total", ""]], { characters: 2 ** 45 + 1 }))));
      const [day] = await store.usage({ tenantId: "t", dimension: "total", ...WHOLE });
      expect(day?.sums).to.deep.equal({ ...NO_SUMS, characters: 100 * (2 ** 45 + 1) });
    });

    it("keeps so many names of a day, and the others together", async () => {
      for (let first = 0; first < MAX_NAMES + 3; first += 100) {
        const names = Array.from({ length: Math.min(100, MAX_NAMES + 3 - first) }, (_, index) => ["label", `n=${first + index}`] as const);
        await store.commit(adding(names, { pages: 1 }));
      }
      await store.commit(adding([["label", "n=0"]], { pages: 1 }));
      const stored = await store.usage({ tenantId: "t", dimension: "label", ...WHOLE });
      expect(stored).to.have.length(MAX_NAMES + 1);
      const pages = Object.fromEntries(stored.map(({ name, sums }) => [name, sums.pages]));
      expect([pages["n=0"], pages["n=1"], pages[OTHERS]]).to.deep.equal([2, 1, 3]);
      expect(await store.usage({ tenantId: "t", dimension: "label", ...WHOLE, name: "n=7" })).to.have.length(1);
      expect(await store.usage({ tenantId: "t", dimension: "label", ...WHOLE, name: "n" })).to.have.length(MAX_NAMES);
    });

    it("finds a label by its whole value, in which there may be anything, or by its name", async () => {
      await store.commit(
        adding(
          ["sum=a", "sum=a=b"].map((name) => ["label", name] as const),
          { pages: 1 },
        ),
      );
      const found = async (name: string) =>
        (await store.usage({ tenantId: "t", dimension: "label", ...WHOLE, name })).map((row) => row.name);
      expect([await found("sum=a"), await found("sum"), await found("su")]).to.deep.equal([["sum=a"], ["sum=a", "sum=a=b"], []]);
    });
    it("forgets days that are too old", async () => {
      const day = (date: string, oldest: string) => adding([["total", ""]], { pages: 1 }, { day: date, oldest, keepDays: 1 });
      await store.commit(day("2001-01-01", "2000-12-31"));
      await store.commit(adding([["total", ""]], { pages: 1 }));
      const all = await store.usage({ tenantId: "t", dimension: "total", from: "2001-01-01", to: "2001-01-02" });
      expect(all).to.deep.equal([]);
    });
  });
});

/** A job's creation that adds `sums` under each of `names`. */
function adding(names: readonly (readonly [Dimension, string])[], sums: Partial<Sums>, when = {}): Commit {
  const rows = names.map(([dimension, name]) => ({ dimension, name, sums: { ...NO_SUMS, ...sums } }));
  return {
    ...{ record: aJob("t", 0), expectedVersion: 0n, outbox: [] },
    usage: { day: "2026-11-26", keepDays: 36_500, oldest: "2001-01-02", rows, ...when },
  };
}

function aJob(tenantId: string, now: number, { key, labels, dryRun, bytes }: Partial<Life> = {}) {
  const options = create(JobOptionsSchema, { targetLanguage: "es", labels: labels ?? {}, dryRun: dryRun ?? false });
  const given = { inputKey: "k", fileName: "f", sizeBytes: bytes ?? 1, traceparent: "", traceUrl: "", options };
  return newJob({ ...given, id: newId(tenantId), tenantId, keyId: key ?? "k" }, now);
}

/** Takes a job through its life from `start` on, and gives what it was at the end. */
async function live(store: Store, each: Life, start: number): Promise<Job> {
  let now = start;
  let commits = 0;
  // All that a writer asks of a store.
  const lossy = {
    clock: { now: () => now },
    system: store.system,
    get: (jobId: string) => store.get(jobId),
    async commit(commit: Commit) {
      const lost = commits++ === each.lost?.nth ? each.lost : undefined;
      if (!lost) return store.commit(commit);
      if (lost.done) await store.commit(commit);
      throw DragomanError.of("UNAVAILABLE", "gone");
    },
  } as Pick<Store, "clock" | "system" | "get" | "commit"> as Store;
  // Each command by an orchestrator that has just begun: what an earlier one remembered died with it.
  const writer = () =>
    new JobWriter({ store: lossy, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0, usageDays: 36_500 });
  const record = aJob(each.tenant, now, each);
  const { id } = record.job;
  await writer()
    .create(record, {})
    .catch(() => undefined);
  if (!(await store.get(id))) await writer().create(record, {});
  const apply = async (command: JobCommand) => {
    now += each.waits % 7_777;
    const again = () => writer().apply(id, command);
    // Whoever hears of no answer looks whether it was done, as a worker does that says it again.
    const before = (await store.get(id))?.job.version;
    await again().catch(async () => (await store.get(id))?.job.version === before && again());
  };
  const deliveryAttempt = async () => (await store.get(id))?.deliveryAttempt ?? 0;
  const run = async () => {
    await apply({ kind: "invite" });
    await apply({ kind: "claim", workerId: "w", deliveryAttempt: await deliveryAttempt(), invitationTraceparent: "" });
    const attempt = (await store.get(id))?.job.attempt ?? 0;
    const progress = { percent: 1, pagesDone: 0, pagesTotal: each.pages, longestSpans: [] };
    await apply({ kind: "heartbeat", attempt, stage: Stage.CONVERTING, ...progress });
    return attempt;
  };
  const ledger = (failed: number) =>
    create(LedgerSchema, {
      ...{ pagesIn: each.pages, pagesOut: each.pages, pagesOcr: each.pages >> 1, characters: BigInt(each.characters) },
      ...{ segmentsTotal: 9, segmentsTranslated: 9 - failed, segmentsFailed: failed },
      engines: each.billed.map(([name, billed]) => ({ name, requests: 2, charactersBilled: BigInt(billed) })),
      charactersBilled: each.billed.reduce((whole, [, billed]) => whole + BigInt(billed), 0n),
    });
  const artefacts = (bytes: number) => [create(ArtefactSchema, { format: ResultFormat.MARKDOWN, sizeBytes: BigInt(bytes) })];
  const complete = async (failed: number) =>
    apply({ kind: "complete", attempt: await run(), ledger: ledger(failed), artefacts: artefacts(each.bytes), longestSpans: [] });
  const error = (code: "DOCUMENT_CORRUPT" | "TRANSLATOR_UNAVAILABLE") => errorDetail(code, "");
  now += each.waits;
  if (each.end === "complete") await complete(0);
  else if (each.end === "partly") await complete(1);
  else if (each.end === "fail") await apply({ kind: "fail", attempt: await run(), error: error("DOCUMENT_CORRUPT") });
  else if (each.end === "cancel") await apply({ kind: "cancel", reason: "" });
  else {
    if (each.end === "retried") await apply({ kind: "fail", attempt: await run(), error: error("TRANSLATOR_UNAVAILABLE") });
    if (each.end === "lost") await run();
    if (each.end !== "expire") {
      // A back-off, or a lease and then the back-off.
      for (let waited = 0; waited < 3 && (await store.get(id))?.job.state !== JobState.QUEUED; waited++) {
        now = (await store.get(id))?.timerAt ?? now;
        await apply({ kind: "timer" });
      }
      await complete(0);
    } else {
      now = (await store.get(id))?.queueDeadlineAt ?? now;
      await apply({ kind: "timer" });
    }
  }
  for (const [index, bytes] of (each.end === "complete" ? each.corrections : []).entries())
    await apply({
      ...{ kind: "correct", revisionName: `${index}`, correctedBy: `${index}`, ledger: ledger(index % 2), corrected: 1 },
      artefacts: artefacts(bytes),
    });
  const last = await store.get(id);
  if (!last || !isFinal(last.job.state)) throw new Error(`${each.end}: it has not ended: ${last && stateName(last.job.state)}`);
  if (each.deleted) expect(await store.forget(last, now)).to.equal(true);
  return last.job;
}

/** What the ledgers of jobs come to, counted here once more and from the jobs alone. */
function addedUp(jobs: readonly Job[], dimension: Dimension): DayUsage[] {
  const found = new Map<string, DayUsage>();
  for (const job of jobs) {
    const dry = job.options?.dryRun;
    const day = new Date(timestampMs(job.endTime ?? expect.fail())).toISOString().slice(0, 10);
    const all: Sums = {
      ...NO_SUMS,
      succeeded: Number(job.state === JobState.SUCCEEDED),
      partiallySucceeded: Number(job.state === JobState.PARTIALLY_SUCCEEDED),
      failed: Number(job.state === JobState.FAILED),
      cancelled: Number(job.state === JobState.CANCELLED),
      expired: Number(job.state === JobState.EXPIRED),
      pages: job.ledger?.pagesIn ?? 0,
      pagesOcr: job.ledger?.pagesOcr ?? 0,
      characters: Number(job.ledger?.characters ?? 0),
      charactersBilled: dry ? 0 : Number(job.ledger?.charactersBilled ?? 0),
      requests: 2 * (job.ledger?.engines.length ?? 0),
      bytesIn: Number(job.sizeBytes),
      bytesOut: Number(job.artefacts[0]?.sizeBytes ?? 0),
      corrections: Math.max(0, job.revision - 1),
      ...times(job),
    };
    const engines = [...new Set(job.ledger?.engines.map(({ name }) => name))];
    const names = {
      total: [""],
      key: [job.keyId],
      label: Object.entries(job.options?.labels ?? {}).map((label) => label.join("=")),
      engine: engines,
    }[dimension];
    for (const name of names) {
      const own = job.ledger?.engines.filter((engine) => engine.name === name) ?? [];
      const billed = own.reduce((whole, engine) => whole + Number(engine.charactersBilled), 0);
      const sums = dimension === "engine" ? { ...all, charactersBilled: dry ? 0 : billed, requests: 2 * own.length } : all;
      const id = `${day} ${name}`;
      found.set(id, { day, name, sums: sum(found.get(id)?.sums ?? NO_SUMS, sums) });
    }
  }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** How long it waited and was held, from one entry of its timeline to the next. */
function times({ timeline }: Job): Pick<Sums, "waitMs" | "workerMs"> {
  const lengths = timeline.slice(1).map((entry, index) => ({
    state: timeline[index]?.state,
    ms: timestampMs(entry.time ?? expect.fail()) - timestampMs(timeline[index]?.time ?? expect.fail()),
  }));
  const of = (...states: JobState[]) =>
    lengths.filter(({ state }) => state && states.includes(state)).reduce((whole, { ms }) => whole + ms, 0);
  return { waitMs: of(JobState.QUEUED), workerMs: of(JobState.RUNNING, JobState.CANCELLING) };
}
