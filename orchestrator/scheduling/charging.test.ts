import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import {
  ArtefactSchema,
  JobOptionsSchema,
  JobState,
  LedgerSchema,
  OverQuota,
  Priority,
  Stage,
  TimelineReason,
} from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError, errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { openLog } from "../../platform/log.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import type { JobCommand, JobRecord } from "../jobs/job.ts";
import { JobMetrics } from "../metrics.ts";
import { chargeOf, METERED, meterName } from "../policy/charges.ts";
import type { Limits } from "../policy/limits.ts";
import type { Commit, Store } from "../store/store.ts";
import { JobWriter } from "./job_writer.ts";

const NOW = 1_900_000_000_000;
const REST = ["fail", "release", "cancel", "timer", "delete"] as const;
const TENANTS = ["one", "two"];

function aJob({ tenantId = "one", keyId = "", sizeBytes = 5, overQuota = OverQuota.UNSPECIFIED as OverQuota } = {}): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es", overQuota });
  const given = { id: newId(tenantId), tenantId, keyId, inputKey: "k", fileName: "f.txt", sizeBytes, options };
  return newJob({ ...given, traceparent: "", traceUrl: "" }, NOW);
}

/** Jobs whose commits go by one time, and lose their answers or never begin where `fails` says so. */
function jobsOn(store: Store, { tenant = {}, key = {} }: { tenant?: Limits; key?: Limits }, at: { now: number; fails?: () => number }) {
  const fails = at.fails ?? (() => 99);
  const commit = async (given: Commit) => {
    const failure = fails();
    if (failure < 10) throw DragomanError.of("UNAVAILABLE", "Nothing was sent.");
    const stored = await store.commit(given);
    if (failure < 20) throw DragomanError.of("UNAVAILABLE", "The answer was lost.");
    return stored;
  };
  const clock = { now: () => at.now };
  const lossy = new Proxy(store, {
    get(target, name) {
      if (name === "commit") return commit;
      if (name === "clock") return clock;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const limitsOf = async () => ({ tenant, key });
  return new JobWriter({ store: lossy, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0, limitsOf });
}

const running = (state: JobState) => state === JobState.RUNNING;
const open = (state: JobState) => !isFinal(state);

/** Which jobs each step is about. */
const CAN = {
  create: open,
  invite: (state: JobState, invited: boolean) => state === JobState.QUEUED && !invited,
  claim: (_: JobState, invited: boolean) => invited,
  pages: running,
  complete: running,
  fail: running,
  release: running,
  cancel: open,
  timer: (state: JobState) => state === JobState.RETRY_WAIT,
  delete: isFinal,
};

const heartbeat = (pagesTotal: number): JobCommand => ({
  ...{ kind: "heartbeat", attempt: 1, stage: Stage.CONVERTING, percent: 1, pagesDone: 0, pagesTotal, longestSpans: [] },
});

function complete(attempt: number, pages: number): JobCommand {
  const ledger = create(LedgerSchema, { pagesIn: pages, pagesOut: pages, segmentsTotal: 1, segmentsTranslated: 1 });
  return { kind: "complete", attempt, ledger, artefacts: [create(ArtefactSchema, { format: 1, sizeBytes: 7n })], longestSpans: [] };
}

async function started(jobs: JobWriter, record: JobRecord): Promise<JobRecord> {
  if (!(await jobs.create(record, {}))) throw new Error("not made");
  await jobs.apply(record.job.id, { kind: "invite" });
  return jobs.apply(record.job.id, { kind: "claim", workerId: "", deliveryAttempt: 1, invitationTraceparent: "" });
}

describeStores((driver: string, place: () => StorePlace) => {
  describe(`what jobs are charged on ${driver}`, () => {
    let store: Store;
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    const held = async (tenantId: string, name: string) => (await store.meters(tenantId, [name]))[0]?.held;
    const code = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: DragomanError) => error.code,
      );

    it("is on meters what it is by the jobs that are stored, after whatever lives and lost answers", async () => {
      const step = fc.record({
        what: fc.constantFrom("create", "create", "create", "invite", "invite", "claim", "claim", "pages", "complete", "complete", ...REST),
        which: fc.nat(),
        size: fc.nat(50),
        failure: fc.nat(99),
      });
      const limits = { maxOpenJobs: 12, maxRunningJobs: 4, pagesPerDay: 300, maxStoredBytes: 400, requestsPerMinute: 60, burst: 30 };
      let round = 0;
      const ends = { deleted: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), async (steps) => {
          round += 1;
          const tenants = TENANTS.map((name) => `${name}${round}`);
          const all = new Map<string, JobRecord>();
          const deleted: JobRecord[] = [];
          let failure = 99;
          const life = { now: NOW, fails: () => failure };
          const jobs = jobsOn(store, { tenant: limits, key: { ...limits, maxOpenJobs: 8, pagesPerDay: 200 } }, life);
          for (const { what, which, size, failure: chance } of steps) {
            failure = chance;
            const stored = (await Promise.all([...all.keys()].map((id) => store.get(id)))).filter((record) => record !== undefined);
            const able = stored.filter(({ job, invitedAt }) => CAN[what](job.state, invitedAt !== null));
            const current = able[which % Math.max(1, able.length)];
            const attempt = current?.job.attempt ?? 0;
            const apply = (command: JobCommand) => (current ? jobs.apply(current.job.id, command) : undefined);
            const tenantId = tenants[which % 2] ?? "";
            const made = aJob({ tenantId, keyId: which % 3 ? "ab" : "", sizeBytes: size + 1, overQuota: which % 5 ? 0 : OverQuota.WAIT });
            try {
              if (what === "create") {
                all.set(made.job.id, made);
                await jobs.create(made, {});
              } else if (what === "invite") await apply({ kind: "invite" });
              else if (what === "claim")
                await apply({ kind: "claim", workerId: "", deliveryAttempt: current?.deliveryAttempt ?? 0, invitationTraceparent: "" });
              else if (what === "pages") await apply({ ...heartbeat(size * 4), attempt } as JobCommand);
              else if (what === "complete") await apply(complete(attempt, size + 1));
              else if (what === "fail") await apply({ kind: "fail", attempt, error: errorDetail("PDF_CORRUPT", "") });
              else if (what === "release") await apply({ kind: "release", attempt, reason: "" });
              else if (what === "cancel") await apply({ kind: "cancel", reason: "" });
              else if (what === "timer") await apply({ kind: "timer" });
              else if (current && (await store.forget(current, NOW))) {
                ends.deleted += 1;
                deleted.push(current);
                all.delete(current.job.id);
              }
            } catch (error) {
              if (!(error instanceof DragomanError)) throw error;
            }
          }
          for (const tenantId of tenants) {
            const stored = (await Promise.all([...all.keys()].map((id) => store.get(id)))).filter(
              (record) => record?.tenantId === tenantId,
            );
            const gone = deleted.filter((record) => record.tenantId === tenantId);
            for (const keyId of ["", "ab"])
              for (const metered of METERED) {
                const of = (records: readonly (JobRecord | undefined)[], part: "held" | "poured") =>
                  records.reduce((sum, record) => sum + (record && (!keyId || record.job.keyId) ? chargeOf(record)[metered][part] : 0), 0);
                const [meter] = await store.meters(tenantId, [meterName(metered, keyId)]);
                const what = `${tenantId} ${meterName(metered, keyId)}`;
                expect(meter?.held, what).to.equal(of(stored, "held"));
                expect(meter?.level, what).to.be.closeTo(of([...stored, ...gone], "poured"), 1e-6);
              }
          }
        }),
        { numRuns: 6, endOnFailure: true },
      );
      expect(ends.deleted, "lives that came to their end").to.be.above(0);
    });
    it("ends a document that has more pages than are left, and tells which limit it is", async () => {
      const jobs = jobsOn(store, { tenant: { pagesPerDay: 10 } }, { now: NOW });
      const { job } = await started(jobs, aJob());
      expect(await code(jobs.apply(job.id, heartbeat(11)))).to.equal("STALE_ATTEMPT");
      const ended = await store.get(job.id);
      expect(ended?.job.state).to.equal(JobState.FAILED);
      expect(ended?.job.error).to.include({ code: "QUOTA_EXCEEDED" });
      expect(ended?.job.pagesTotal).to.equal(11);
      expect(ended?.job.error?.quota).to.deep.include({ quota: "pages", limit: 10n, used: 1n, requested: 10n });
      expect(await held("one", "pages")).to.equal(0);
    });
    it("lets one wait that is to, without an attempt less, and takes what it needs when there is enough", async () => {
      const time = { now: NOW };
      const jobs = jobsOn(store, { tenant: { pagesPerDay: 10 } }, time);
      const first = await started(jobs, aJob());
      await jobs.apply(first.job.id, complete(1, 6));
      const { job } = await started(jobs, aJob({ overQuota: OverQuota.WAIT }));
      await code(jobs.apply(job.id, heartbeat(8)));
      const waiting = await store.get(job.id);
      expect(waiting?.job.state).to.equal(JobState.RETRY_WAIT);
      expect(waiting?.job.timeline.at(-1)?.reasonCode).to.equal(TimelineReason.QUOTA_WAIT);
      expect([waiting?.attemptsReleased, await held("one", "pages"), await held("one", "running")]).to.deep.equal([1, 0, 0]);
      time.now = waiting?.timerAt ?? 0;
      await jobs.apply(job.id, { kind: "timer" });
      expect((await store.get(job.id))?.job.state, "6 of 10 leak in a day, not in five minutes").to.equal(JobState.RETRY_WAIT);
      time.now = NOW + 0.41 * 86_400_000;
      await jobs.apply(job.id, { kind: "timer" });
      expect((await store.get(job.id))?.job.state).to.equal(JobState.QUEUED);
      expect(await held("one", "pages")).to.equal(8);
    });
    it("holds no pages for one that waits, though it is changed meanwhile", async () => {
      const jobs = jobsOn(store, { tenant: { pagesPerDay: 10 } }, { now: NOW });
      const first = await started(jobs, aJob());
      await jobs.apply(first.job.id, complete(1, 6));
      const { job } = await started(jobs, aJob({ overQuota: OverQuota.WAIT }));
      await code(jobs.apply(job.id, heartbeat(8)));
      await jobs.apply(job.id, { kind: "update", priority: Priority.HIGH, by: "k" });
      const changed = await store.get(job.id);
      expect([changed?.job.state, changed?.job.timeline.at(-1)?.reasonCode]).to.deep.equal([JobState.RETRY_WAIT, TimelineReason.CHANGED]);
      expect(await held("one", "pages")).to.equal(0);
    });
    it("tells an operator who would have one run now that there are too few pages for it", async () => {
      const jobs = jobsOn(store, { tenant: { pagesPerDay: 10 } }, { now: NOW });
      const first = await started(jobs, aJob());
      await jobs.apply(first.job.id, complete(1, 6));
      const { job } = await started(jobs, aJob({ overQuota: OverQuota.WAIT }));
      await code(jobs.apply(job.id, heartbeat(8)));
      const waiting = await store.get(job.id);
      const now = { kind: "override", override: { kind: "run_now" }, by: "k", reason: "r", operationId: "" } as const;
      expect(await code(jobs.apply(job.id, now))).to.equal("QUOTA_EXCEEDED");
      expect(await store.get(job.id)).to.deep.equal(waiting);
    });
    it("lets none wait for more than there ever is", async () => {
      const jobs = jobsOn(store, { key: { pagesPerDay: 10 } }, { now: NOW });
      const { job } = await started(jobs, aJob({ keyId: "ab", overQuota: OverQuota.WAIT }));
      await code(jobs.apply(job.id, heartbeat(11)));
      expect((await store.get(job.id))?.job.state).to.equal(JobState.FAILED);
    });
    it("invites to no more of a tenant's jobs than may run, of a hundred at once", async () => {
      const jobs = jobsOn(store, { tenant: { maxRunningJobs: 7 } }, { now: NOW });
      const records = Array.from({ length: 100 }, () => aJob());
      await Promise.all(records.map((record) => jobs.create(record, {})));
      const codes = await Promise.all(records.map(({ job }) => code(jobs.apply(job.id, { kind: "invite" }))));
      expect(codes.filter((each) => each === "none")).to.have.length(7);
      expect(codes.filter((each) => each === "QUOTA_EXCEEDED")).to.have.length(93);
      expect(await held("one", "running")).to.equal(7);
    });
    it("is nothing for a job without a result, and what it has for one with", async () => {
      const jobs = jobsOn(store, { tenant: { pagesPerDay: 100 } }, { now: NOW });
      const failing = await started(jobs, aJob());
      await jobs.apply(failing.job.id, { kind: "fail", attempt: 1, error: errorDetail("PDF_CORRUPT", "") });
      const good = await started(jobs, aJob());
      await jobs.apply(good.job.id, complete(1, 42));
      const [pages, bytes] = await store.meters("one", ["pages", "bytes"]);
      expect([pages?.held, pages?.level, bytes?.held]).to.deep.equal([0, 42, 5 + 5 + 7]);
    });
  });
});
