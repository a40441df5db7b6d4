import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Redis } from "ioredis";
import { JobEventSchema, type JobOptions, JobOptionsSchema, JobState, LedgerSchema, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { type DragomanError, errorDetail } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import { type RedisServer, startRedis } from "../../test/servers/redis.ts";
import { smallDisk } from "../../test/support/disk.ts";
import { listOf } from "../../test/support/stored_jobs.ts";
import { uploadIdOf, uploadKey } from "../jobs/artefact_keys.ts";
import { newJob } from "../jobs/change.ts";
import { newId, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { receiptOf } from "../jobs/receipt.ts";
import { choose } from "../policy/choice.ts";
import { turnOf } from "../policy/order.ts";
import { firstNumberAt } from "./change_store.ts";
import { openRedisStore } from "./redis.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Commit, Store } from "./store.ts";

function aJob(tenantId = "t", priority: Priority = Priority.NORMAL): JobRecord {
  return newJob(
    {
      id: newId(tenantId),
      tenantId,
      inputKey: "k",
      fileName: "f",
      sizeBytes: 1,
      traceparent: "",
      traceUrl: "",
      options: create(JobOptionsSchema, { targetLanguage: "es", priority }),
    },
    1000,
  );
}

function creation(record: JobRecord): Commit {
  return {
    record,
    expectedVersion: 0n,
    outbox: [
      { id: record.job.id, content: { kind: "event", message: create(JobEventSchema, { tenantId: record.tenantId, job: record.job }) } },
    ],
  };
}

async function stored(store: Store, record: JobRecord): Promise<JobRecord> {
  expect(await store.commit(creation(record))).to.equal(true);
  return record;
}

/** How it failed. */
async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
}

/** A job of an upload that is there, as `CreateJob` makes it. */
async function ofUpload(store: Store): Promise<{ record: JobRecord; uploadId: string }> {
  const uploadId = newId("t");
  await store.saveUpload({ id: uploadId, tenantId: "t", fileName: "f", expireAt: 1e9 });
  const record: JobRecord = { ...aJob(), inputKey: uploadKey("t", uploadId) };
  expect(await store.commit({ ...creation(record), uploadId })).to.equal(true);
  return { record, uploadId };
}

async function apply(store: Store, record: JobRecord, ...commands: Parameters<typeof transition>[1][]): Promise<JobRecord> {
  for (const command of commands) {
    const outcome = transition(record, command, 2000);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    const turn = turnOf(record, outcome.record);
    expect(await store.commit({ record: outcome.record, expectedVersion: record.job.version, outbox: [], turn })).to.equal(true);
    record = outcome.record;
  }
  return record;
}

/** The next jobs, in the order of their turns. */
async function inOrder(store: Store, wanted: number): Promise<string[]> {
  const ahead = await store.ahead(wanted, ["default"], {});
  return choose(ahead, wanted, () => ({ cost: 1, share: 1 })).chosen.map(({ id }) => id);
}

interface Fixture {
  open(): Promise<Store>;
  remove(): Promise<void>;
  /** Takes the database away from the store, until it comes back. */
  leave(store: Store): Promise<void>;
  comeBack(): Promise<void>;
}

/** The promises of the store, kept by every driver. `open` gives a fresh store, or the same again after it was closed. */
function describeStore(name: string, fixture: () => Fixture): void {
  describe(`the ${name} store`, () => {
    let place: ReturnType<typeof fixture>;
    let store: Store;
    beforeEach(async () => {
      place = fixture();
      store = await place.open();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
      await place.remove();
    });

    it("gives back what was committed, after a restart too", async () => {
      const job = await stored(store, aJob());
      await store[Symbol.asyncDispose]();
      store = await place.open();
      expect(await store.get(job.job.id)).to.deep.equal(job);
    });
    it("forgets a final job with its request's key, and its input with the last job of it", async () => {
      const request = { requestId: "r", fingerprint: "f" };
      const first = aJob();
      expect(await store.commit({ ...creation(first), request })).to.equal(true);
      const other = await stored(store, aJob());
      expect(await store.forget(first, 3000), "not final").to.equal(false);
      const [ended, last] = [
        await apply(store, first, { kind: "cancel", reason: "" }),
        await apply(store, other, { kind: "cancel", reason: "" }),
      ];
      expect(await store.forget(first, 3000), "an older version").to.equal(false);
      expect(await store.forget(ended, 3000)).to.equal(true);
      expect(await store.forget(ended, 3000), "twice").to.equal(false);
      expect(await store.get(first.job.id)).to.equal(undefined);
      expect(await store.byRequest("t", "r")).to.equal(undefined);
      expect(await listOf(store, { state: JobState.CANCELLED })).to.have.length(1);
      const removed = async () => (await store.garbage(4000, 9)).map(({ prefix }) => prefix).sort();
      expect(await removed()).to.deep.equal([`tenants/t/jobs/${first.job.id}`]);
      expect(await store.forget(last, 3000)).to.equal(true);
      expect(await removed()).to.deep.equal(["k", ...[first, last].map(({ job }) => `tenants/t/jobs/${job.id}`).sort()]);
      expect(await store.commit({ ...creation(aJob()), request }), "the key is free again").to.equal(true);
    });
    it("makes no job of an upload whose last job was forgotten, and knows it no more", async () => {
      const { record, uploadId } = await ofUpload(store);
      const again: JobRecord = { ...aJob(), inputKey: record.inputKey };
      expect(await store.commit({ ...creation(again), uploadId }), "a second job of it").to.equal(true);
      for (const job of [record, again]) {
        expect((await store.upload(uploadId))?.id).to.equal(uploadId);
        expect(await store.forget(await apply(store, job, { kind: "cancel", reason: "" }), 3000)).to.equal(true);
      }
      expect(await store.upload(uploadId)).to.equal(undefined);
      const late: JobRecord = { ...aJob(), inputKey: record.inputKey };
      expect(await code(store.commit({ ...creation(late), uploadId }))).to.equal("UPLOAD_NOT_FOUND");
      expect((await store.garbage(4000, 9)).map(({ prefix }) => prefix)).to.include(record.inputKey);
    });
    it("keeps the input of a job that is retried while it is deleted, or refuses the retry", async () => {
      for (let round = 0; round < 25; round++) {
        const { record } = await ofUpload(store);
        const ended = await apply(store, record, { kind: "cancel", reason: "" });
        const retry: JobRecord = { ...aJob(), inputKey: record.inputKey };
        const deleteFirst = round % 2 === 0;
        const before = deleteFirst ? store.forget(ended, 3000) : undefined;
        const outcome = code(store.commit({ ...creation(retry), retryOf: record.job.id }));
        expect(await (before ?? store.forget(ended, 3000))).to.equal(true);
        const refused = (await store.get(retry.job.id)) === undefined;
        expect(await outcome).to.equal(refused ? "JOB_NOT_FOUND" : "none");
        const removed = (await store.garbage(4000, 999)).some(({ prefix }) => prefix === record.inputKey);
        expect(removed, `round ${round}`).to.equal(refused);
      }
    });
    it("counts an input again for which it was garbage, and keeps it", async () => {
      const { record } = await ofUpload(store);
      expect(await store.forget(await apply(store, record, { kind: "cancel", reason: "" }), 3000)).to.equal(true);
      await stored(store, { ...aJob(), inputKey: record.inputKey });
      expect((await store.garbage(4000, 9)).map(({ prefix }) => prefix)).not.to.include(record.inputKey);
    });
    it("lists no job under a label that is another's with its state", async () => {
      const record = aJob();
      (record.job.options as JobOptions).labels = { order: "1" };
      await stored(store, record);
      const label = `order=1:${record.job.state}`;
      expect(await listOf(store, { label })).to.deep.equal([]);
    });
    it("lets an upload expire at once that became no job, and none that did", async () => {
      const { record, uploadId } = await ofUpload(store);
      const unused = newId("t");
      await store.saveUpload({ id: unused, tenantId: "t", fileName: "f", expireAt: 1e9 });
      for (const id of [uploadId, unused]) await store.expireUpload({ id, tenantId: "t" }, 2000);
      expect((await store.garbage(3000, 9)).map(({ prefix }) => prefix)).to.deep.equal([uploadKey("t", unused)]);
      expect([await store.upload(unused), (await store.upload(uploadId))?.id]).to.deep.equal([undefined, uploadIdOf(record.inputKey)]);
    });
    it("calls garbage again what may still be written, and then no more", async () => {
      const garbage = { tenantId: "t", prefix: "tenants/t/jobs/a/attempts/1" };
      await store.commit({ ...creation(aJob()), garbage: { prefix: garbage.prefix, removeAt: 10 } });
      await store.postponeGarbage(garbage, 50);
      expect([await store.garbage(49, 10), await store.garbage(50, 10)]).to.deep.equal([[], [garbage]]);
      await store.forgetGarbage(garbage);
      expect(await store.garbage(99, 10)).to.deep.equal([]);
    });
    it("says in every method that it is away, with the same code", async () => {
      const { record } = await ofUpload(store);
      await place.leave(store);
      const calls: Record<string, () => Promise<unknown>> = {
        commit: () => store.commit(creation(aJob())),
        forget: () => store.forget(record, 3000),
        get: () => store.get(record.job.id),
        byRequest: () => store.byRequest("t", "r"),
        listAll: () => listOf(store),
        countOpen: () => store.countOpen("t"),
        due: () => store.due(1, 1),
        ahead: () => store.ahead(1, ["default"], {}),
        countInvited: () => store.countInvited(),
        invited: () => store.invited(),
        relay: () => store.relay(async () => undefined),
        key: () => store.key("k"),
        saveKey: () => store.saveKey("k", { hash: "h", tenantId: "t", role: "worker" }),
        keys: () => store.keys(),
        removeKey: () => store.removeKey("k"),
        changeKey: () => store.changeKey("k", "h", { hash: "i", tenantId: "t", role: "worker" }),
        noteUses: () => store.noteUses(new Map([["k", 1]])),
        upload: () => store.upload(newId("t")),
        saveUpload: () => store.saveUpload({ id: newId("t"), tenantId: "t", fileName: "f", expireAt: 1 }),
        expireUpload: () => store.expireUpload({ id: newId("t"), tenantId: "t" }, 1),
        openJobs: () => store.openJobs(),
        outboxState: () => store.outboxState(),
        position: () => store.position("t", record.job.id),
        garbage: () => store.garbage(1, 1),
        forgetGarbage: () => store.forgetGarbage({ tenantId: "t", prefix: "p" }),
        postponeGarbage: () => store.postponeGarbage({ tenantId: "t", prefix: "p" }, 1),
      };
      const codes = await Promise.all(Object.entries(calls).map(async ([name, call]) => `${name} ${await code(call())}`));
      await place.comeBack();
      expect(codes).to.deep.equal(Object.keys(calls).map((name) => `${name} UNAVAILABLE`));
    });
    it("refuses a commit under another version, and changes nothing", async () => {
      const job = await stored(store, aJob());
      const outcome = transition(job, { kind: "cancel", reason: "" }, 2000);
      if (outcome.kind !== "changed") throw new Error();
      expect(await store.commit({ record: outcome.record, expectedVersion: 7n, outbox: creation(job).outbox })).to.equal(false);
      expect((await store.get(job.job.id))?.job.state).to.equal(JobState.QUEUED);
      expect(await owed(store)).to.have.length(1);
    });
    it("lets one of two commits at the same version win", async () => {
      const job = await stored(store, aJob());
      const outcome = transition(job, { kind: "cancel", reason: "" }, 2000);
      if (outcome.kind !== "changed") throw new Error();
      const commit: Commit = { record: outcome.record, expectedVersion: job.job.version, outbox: [] };
      expect((await Promise.all([store.commit(commit), store.commit(commit)])).sort()).to.deep.equal([false, true]);
    });
    it("hands out what commits owe in their order, and once", async () => {
      const jobs = [await stored(store, aJob()), await stored(store, aJob()), await stored(store, aJob())];
      expect((await owed(store)).map(({ id }) => id)).to.deep.equal(jobs.map(({ job }) => job.id));
      expect(await owed(store)).to.deep.equal([]);
    });
    it("keeps messages that could not be published", async () => {
      const { job } = await stored(store, aJob());
      const failed = await store.relay(() => Promise.reject(new Error("no messaging"))).catch((error: Error) => error.message);
      expect(failed).to.equal("no messaging");
      const [message] = await owed(store);
      expect(message?.content).to.deep.equal({ kind: "event", message: create(JobEventSchema, { tenantId: "t", job }) });
    });
    it("hands out what came while it handed out", async () => {
      await stored(store, aJob());
      const published: OutboxMessage[] = [];
      await store.relay(async (messages) => {
        if (published.length === 0) await stored(store, aJob());
        published.push(...messages);
      });
      expect(published).to.have.length(2);
    });
    it("takes a request's key once, for its tenant alone", async () => {
      const request = { requestId: "r", fingerprint: "f" };
      expect(await store.commit({ ...creation(aJob()), request })).to.equal(true);
      const second = aJob();
      expect(await store.commit({ ...creation(second), request })).to.equal(false);
      expect(await store.get(second.job.id)).to.equal(undefined);
      expect(await store.commit({ ...creation(aJob("other")), request })).to.equal(true);
    });
    it("lists a tenant's own jobs, newest first, page by page", async () => {
      const ids: string[] = [];
      for (let count = 0; count < 5; count++) ids.unshift((await stored(store, aJob())).job.id);
      await stored(store, aJob("other"));
      const first = await listOf(store, { limit: 3 });
      const rest = await listOf(store, { limit: 3, before: first[2]?.job.id ?? "" });
      expect([...first, ...rest].map(({ job }) => job.id).sort()).to.deep.equal(ids.sort());
      const [low = "", , high = ""] = ids;
      const within = await listOf(store, { before: high, from: low });
      expect(within.map(({ job }) => job.id)).to.deep.equal([ids[1], ids[0]]);
    });
    it("lists jobs by label, in each state, until they are forgotten", async () => {
      const labelled = (order: string) => {
        const record = aJob();
        (record.job.options as JobOptions).labels = { order, "cost.centre": "7" };
        return record;
      };
      const [one, other] = [await stored(store, labelled("1")), await stored(store, labelled("2"))];
      await stored(store, aJob());
      const find = async (label: string, state: JobState = JobState.UNSPECIFIED) =>
        (await listOf(store, { state, label })).map(({ job }) => job.id).sort();
      expect(await find("order=1")).to.deep.equal([one.job.id]);
      expect(await find("cost.centre=7")).to.deep.equal([one.job.id, other.job.id].sort());
      const ended = await apply(store, one, { kind: "cancel", reason: "" });
      expect(await find("cost.centre=7", JobState.CANCELLED)).to.deep.equal([one.job.id]);
      expect(await find("cost.centre=7", JobState.QUEUED)).to.deep.equal([other.job.id]);
      expect(await store.forget(ended, 3000)).to.equal(true);
      expect([await find("order=1"), await find("order=1", JobState.CANCELLED)]).to.deep.equal([[], []]);
      expect(await find("order=9")).to.deep.equal([]);
    });
    it("keeps a document's sealed password until its job ends, and no longer", async () => {
      const job = await stored(store, { ...aJob(), sealedPassword: "c2VhbGVk" });
      expect((await store.get(job.job.id))?.sealedPassword).to.equal("c2VhbGVk");
      const running = await apply(
        store,
        job,
        { kind: "invite" },
        { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" },
      );
      expect((await store.get(job.job.id))?.sealedPassword).to.equal("c2VhbGVk");
      await apply(store, running, { kind: "cancel", reason: "" }, { kind: "fail", attempt: 1, error: errorDetail("CANCELLED", "") });
      const ended = await store.get(job.job.id);
      expect([ended?.job.state, ended?.sealedPassword]).to.deep.equal([JobState.CANCELLED, ""]);
    });
    it("finds what is due, and not what is final", async () => {
      const job = await stored(store, aJob());
      expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).to.deep.equal([job.job.id]);
      expect(await store.due(2000, 10)).to.deep.equal([]);
      await apply(store, job, { kind: "cancel", reason: "" });
      expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).to.deep.equal([]);
      expect(await store.countOpen("t")).to.equal(0);
    });
    it("offers one tenant's jobs by priority, and lets tenants take turns", async () => {
      const low = await stored(store, aJob("flood", Priority.LOW));
      const high = await stored(store, aJob("flood", Priority.HIGH));
      const other = await stored(store, aJob("other"));
      const order = await inOrder(store, 10);
      expect(order.slice(0, 2).sort()).to.deep.equal([high.job.id, other.job.id].sort());
      expect(order[2]).to.equal(low.job.id);
    });
    it("counts a tenant's running jobs against its turn", async () => {
      const running = await stored(store, aJob("flood"));
      await apply(store, running, { kind: "invite" }, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" });
      const flooding = await stored(store, aJob("flood"));
      const other = await stored(store, aJob("other"));
      expect(await inOrder(store, 10)).to.deep.equal([other.job.id, flooding.job.id]);
    });
    it("does not offer a job that is invited", async () => {
      const job = await stored(store, aJob());
      await apply(store, job, { kind: "invite" });
      expect(await inOrder(store, 10)).to.deep.equal([]);
      expect(await store.countInvited()).to.equal(1);
      expect(await store.invited()).to.deep.equal([job.job.id]);
    });
    it("lets a newcomer's job go before the next of a tenant that was just served", async () => {
      const first = await stored(store, aJob("flood"));
      const next = await stored(store, aJob("flood"));
      const newcomer = await stored(store, aJob("other"));
      const claimed = await apply(
        store,
        first,
        { kind: "invite" },
        { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" },
      );
      expect(await inOrder(store, 1)).to.deep.equal([newcomer.job.id]);
      await apply(store, claimed, { kind: "cancel", reason: "" }, { kind: "release", attempt: 1, reason: "" });
      expect(await inOrder(store, 2)).to.deep.equal([newcomer.job.id, next.job.id]);
    });
    it("knows which jobs were given out: invited, held, being cancelled or backing off", async () => {
      const claim = [{ kind: "invite" }, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" }] as const;
      const fail = { kind: "fail", attempt: 1, error: errorDetail("NO_PROGRESS", "") } as const;
      const cancel = { kind: "cancel", reason: "" } as const;
      const histories = [[], claim.slice(0, 1), claim, [...claim, cancel], [...claim, fail], [...claim, fail, cancel]];
      const jobs = [];
      for (const history of histories) jobs.push(await apply(store, await stored(store, aJob()), ...history));
      expect((await store.underWay()).sort()).to.deep.equal(
        jobs
          .slice(1, 5)
          .map(({ job }) => job.id)
          .sort(),
      );
    });
    it("calls an expired upload garbage until it is forgotten, and never one that became a job", async () => {
      const [used, unused] = [newId("t"), newId("t")];
      for (const id of [used, unused]) await store.saveUpload({ id, tenantId: "t", fileName: "f", expireAt: 1 });
      expect(await store.commit({ ...creation(aJob()), uploadId: used })).to.equal(true);
      const garbage = { tenantId: "t", prefix: `tenants/t/uploads/${unused}` };
      for (let look = 0; look < 2; look++) expect(await store.garbage(5, 10)).to.deep.equal([garbage]);
      expect(await code(store.commit({ ...creation(aJob()), uploadId: unused }))).to.equal("UPLOAD_NOT_FOUND");
      await store.forgetGarbage(garbage);
      expect(await store.garbage(5, 10)).to.deep.equal([]);
      expect((await store.upload(used))?.fileName).to.equal("f");
    });
    it("calls garbage what a commit leaves, once its time has come", async () => {
      await store.commit({ ...creation(aJob()), garbage: { prefix: "tenants/t/jobs/a/attempts/1", removeAt: 10 } });
      expect(await store.garbage(9, 10)).to.deep.equal([]);
      expect(await store.garbage(10, 10)).to.deep.equal([{ tenantId: "t", prefix: "tenants/t/jobs/a/attempts/1" }]);
    });
    it("takes another result of a job that has ended, which is no open job by that, and keeps its time", async () => {
      const ledger = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 1, segmentsTranslated: 1 });
      const [artefacts, longestSpans] = [[], []];
      const ended = await apply(
        ...([store, await stored(store, aJob()), { kind: "invite" }] as const),
        { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" },
        { kind: "complete", attempt: 1, workerId: "w", ledger, artefacts, longestSpans },
      );
      const kept = { ...ended, job: { ...ended.job, version: ended.job.version + 1n }, timerAt: 9000 };
      expect(await store.commit({ record: kept, expectedVersion: ended.job.version, outbox: [] })).to.equal(true);
      const correction = { kind: "correct", revisionName: "2-a", correctedBy: "x", ledger, artefacts, corrected: 1 } as const;
      const outcome = transition(kept, correction, 3000);
      if (outcome.kind !== "changed") expect.fail(outcome.kind);
      const { record } = outcome;
      const garbage = { prefix: "tenants/t/jobs/a/attempts/1", removeAt: 10 };
      const commit = { record, expectedVersion: kept.job.version, outbox: [], garbage };
      expect([await store.commit(commit), await store.commit({ ...commit, record: { ...record, correctedBy: "y" } })]).to.deep.equal([
        true,
        false,
      ]);
      expect(await store.get(record.job.id)).to.deep.include({ revisionName: "2-a", correctedBy: "x", timerAt: 9000 });
      expect(await store.garbage(10, 10)).to.deep.equal([{ tenantId: "t", prefix: garbage.prefix }]);
      expect([await store.countOpen("t"), await store.due(8999, 9), await store.due(9000, 9)]).to.deep.equal([0, [], [record.job.id]]);
      const { SUCCEEDED } = JobState;
      const listed = await listOf(store, { state: SUCCEEDED });
      expect(listed.map(({ job }) => job.revision)).to.deep.equal([2]);
    });
    it("makes no job from an upload that is gone", async () => {
      const job = aJob();
      expect(await code(store.commit({ ...creation(job), uploadId: newId("t") }))).to.equal("UPLOAD_NOT_FOUND");
      expect(await store.get(job.job.id)).to.equal(undefined);
      expect(await owed(store)).to.deep.equal([]);
    });
    it("counts open jobs by state and priority, and no final one", async () => {
      const [claimed, cancelled] = [await stored(store, aJob("a")), await stored(store, aJob("b"))];
      await stored(store, aJob("c", Priority.HIGH));
      await apply(store, claimed, { kind: "invite" }, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" });
      await apply(store, cancelled, { kind: "cancel", reason: "" });
      const counted = (await store.openJobs()).filter(({ count }) => count > 0);
      expect(counted).to.have.deep.members([
        { state: JobState.RUNNING, priority: Priority.NORMAL, count: 1 },
        { state: JobState.QUEUED, priority: Priority.HIGH, count: 1 },
      ]);
    });
    it("says what is owed, and since when", async () => {
      expect(await store.outboxState()).to.deep.equal({ depth: 0, oldestAt: null });
      await stored(store, aJob());
      const { depth, oldestAt } = await store.outboxState();
      expect([depth, typeof oldestAt]).to.deep.equal([1, "number"]);
      await owed(store);
      expect(await store.outboxState()).to.deep.equal({ depth: 0, oldestAt: null });
    });
    it("knows a waiting job's place among its tenant's own", async () => {
      // Ids of one millisecond come in any order.
      const byId = (one: JobRecord, other: JobRecord) => (one.job.id < other.job.id ? -1 : 1);
      const [first, second] = [aJob("t"), aJob("t")].sort(byId) as [JobRecord, JobRecord];
      await stored(store, second);
      await stored(store, first);
      const high = await stored(store, aJob("t", Priority.HIGH));
      await stored(store, aJob("other"));
      const place = (record: JobRecord) => store.position("t", record.job.id);
      expect([await place(high), await place(first), await place(second)]).to.deep.equal([1, 2, 3]);
      await apply(store, high, { kind: "invite" });
      expect([await place(high), await place(first)]).to.deep.equal([0, 1]);
    });
  });
}

async function owed(store: Store): Promise<OutboxMessage[]> {
  const published: OutboxMessage[] = [];
  await store.relay(async (messages) => void published.push(...messages));
  return published;
}

describeStore("SQLite", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dragoman-store-"));
  return {
    open: async () => openSqliteStore(path.join(folder, "jobs.db")),
    remove: async () => rmSync(folder, { recursive: true }),
    leave: (store) => store[Symbol.asyncDispose]() as Promise<void>,
    comeBack: async () => undefined,
  };
});

describe("the SQLite store of an older version", () => {
  it("is brought up to this one: keys may have limits, an input counts its jobs, and no upload outlives them", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dragoman-old-"));
    const file = path.join(folder, "jobs.db");
    const job = aJob();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true }));
    {
      await using store = openSqliteStore(file);
      await stored(store, job);
    }
    const old = new DatabaseSync(file);
    old.exec(`DELETE FROM inputs; INSERT INTO uploads VALUES ('gone', 't', 'f', ${Number.MAX_SAFE_INTEGER}); DROP TABLE job_changes; DROP TRIGGER job_made; DROP TRIGGER job_moved; DROP TRIGGER job_gone; DROP TABLE job_counts; ALTER TABLE api_keys DROP COLUMN limits; INSERT INTO api_keys VALUES ('k', 'h', 't', 'client');
      PRAGMA user_version = 1;`);
    old.close();
    await using store = openSqliteStore(file);
    const [change] = await store.changes({ tenantId: "t", above: 0, below: Number.MAX_SAFE_INTEGER, latestFirst: false, limit: 9 });
    expect(change).to.deep.equal({ jobId: job.job.id, number: firstNumberAt(1000), record: job });
    expect([...(await store.countByState("t"))]).to.deep.equal([[JobState.QUEUED, 1]]);
    const held = async () => (await store.meters("t", ["open", "running", "bytes", "pages"])).map((meter) => meter.held);
    expect(await held(), "it is counted as if it had been made now").to.deep.equal([1, 0, Number(job.job.sizeBytes), 1]);
    expect(await store.key("k")).to.deep.equal({ hash: "h", tenantId: "t", role: "client" });
    expect(await store.upload("gone"), "its last job was forgotten").to.equal(undefined);
    const again = await stored(store, aJob());
    const ended = await apply(store, again, { kind: "cancel", reason: "" });
    expect(await store.forget(ended, 3000)).to.equal(true);
    expect(
      (await store.garbage(4000, 9)).map(({ prefix }) => prefix),
      "the input is the older job's still",
    ).not.to.include("k");
  });
});

describe("the SQLite store that cannot write", () => {
  it("says at the start what to do, in a sentence", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dragoman-store-"));
    using stack = new DisposableStack();
    stack.defer(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, "file"), "");
    let error: DragomanError | undefined;
    try {
      openSqliteStore(path.join(folder, "file", "jobs.db"));
    } catch (thrown) {
      error = thrown as DragomanError;
    }
    expect(error?.code).to.equal("UNAVAILABLE");
    expect(error?.detail.hint).to.contain("DRAGOMAN_DATA");
  });
  it("answers STORAGE_FULL on a full disk, changes nothing, and goes on when there is room", async function () {
    await using disk = await smallDisk(this);
    await using store = openSqliteStore(path.join(disk.path, "jobs.db"));
    const kept = await stored(store, aJob());
    const fill = path.join(disk.path, "fill");
    disk.fill(fill);
    let last = aJob();
    let refused = "none";
    for (let count = 0; count < 1000 && refused === "none"; count++) {
      last = aJob();
      refused = await code(store.commit(creation(last)));
    }
    expect(refused).to.equal("STORAGE_FULL");
    expect([await store.get(last.job.id), (await store.get(kept.job.id))?.job.id]).to.deep.equal([undefined, kept.job.id]);
    rmSync(fill);
    expect(await code(store.commit(creation(last)))).to.equal("none");
  });
});

describe("on a Redis server", () => {
  const log = openLog("test", "silent");
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server[Symbol.asyncDispose]());

  describeStore("Redis", () => ({
    open: () => openRedisStore(server.url, log),
    async remove() {
      const redis = new Redis(server.url);
      await redis.flushall();
      redis.disconnect();
    },
    leave: () => server.stop(),
    comeBack: () => server.start(),
  }));

  it("refuses a server that may evict jobs, and says so, not that it is away", async () => {
    await using evicting = await startRedis("--maxmemory-policy", "allkeys-lru");
    const error = await openRedisStore(evicting.url, log).catch((thrown: DragomanError) => thrown);
    expect(error).to.include({ code: "STORE_UNFIT", message: "Redis may evict jobs: its maxmemory-policy is allkeys-lru." });
    expect((error as DragomanError).detail).to.include({ retryable: false, hint: "Set maxmemory-policy to noeviction." });
  });

  it("brings what an older version stored to this one: labels by state, uploads and request keys of jobs that are gone", async () => {
    const redis = new Redis(server.url);
    await using stack = new AsyncDisposableStack();
    stack.defer(async () => {
      await redis.flushall();
      redis.disconnect();
    });
    const record = aJob();
    (record.job.options as JobOptions).labels = { order: "1" };
    const { state, id } = record.job;
    const [uploadId, request] = [newId("t"), { requestId: "r", fingerprint: "f" }];
    const jobs = `dgm:{${shardOfTenant("t")}}:jobs:t`;
    {
      await using store = await openRedisStore(server.url, log);
      expect(await store.commit({ ...creation(record) })).to.equal(true);
      await redis.rename(`${jobs}:label-in:${state}:order=1`, `${jobs}:label:order=1:${state}`);
      await redis.del("dgm:schema", `dgm:{${shardOfTenant("t")}}:changes:t`);
      // A job was made of it, with this key, and both stayed when the job was forgotten.
      await store.saveUpload({ id: uploadId, tenantId: "t", fileName: "f", expireAt: 1e9 });
      await redis.zrem(`dgm:{${shardOfTenant("t")}}:uploads`, uploadId);
      await redis.hset(`dgm:{${shardOfTenant("t")}}:request:t:r`, { job: newId("t"), fingerprint: "f" });
    }
    await using store = await openRedisStore(server.url, log);
    const held = (await store.meters("t", ["open", "bytes"])).map((meter) => meter.held);
    expect(held).to.deep.equal([1, Number(record.job.sizeBytes)]);
    const found = await listOf(store, { state, label: "order=1" });
    expect(found.map(({ job }) => job.id)).to.deep.equal([id]);
    const changes = await store.changes({ tenantId: "t", above: 0, below: Number.MAX_SAFE_INTEGER, latestFirst: false, limit: 9 });
    expect(changes).to.deep.equal([{ jobId: id, number: firstNumberAt(1000), record }]);
    expect(await listOf(store, { label: `order=1:${state}` })).to.deep.equal([]);
    const late: JobRecord = { ...aJob(), inputKey: uploadKey("t", uploadId) };
    expect(await code(store.commit({ ...creation(late), uploadId }))).to.equal("UPLOAD_NOT_FOUND");
    expect(await store.commit({ ...creation(aJob()), request })).to.equal(true);
  });

  it("two orchestrators hand out each message once between them", async () => {
    await using one = await openRedisStore(server.url, log);
    await using other = await openRedisStore(server.url, log);
    const published: string[] = [];
    const publish = async (messages: readonly OutboxMessage[]) => void published.push(...messages.map(({ id }) => id));
    for (let count = 0; count < 50; count++) {
      const store = count % 2 === 0 ? one : other;
      await stored(store, aJob(`tenant-${count % 7}`));
      await Promise.all([one.relay(publish), other.relay(publish)]);
    }
    expect(published).to.have.length(50);
    expect(new Set(published).size).to.equal(50);
  });

  it("orchestrators hear of each other, and forget who leaves", async () => {
    await using one = await openRedisStore(server.url, log);
    await using other = await openRedisStore(server.url, log);
    const pairs = [{ source: "en", target: "es" }];
    const offers = [{ pairs, engine: { formats: ["pdf"], ocr: false }, slots: 2, prefetch: 1 }];
    const announcement = { workers: 1, slots: 2, freeSlots: 2, freePrefetch: 1, pairs, offers, fullUntil: 0 };
    expect(await one.announce("one", announcement)).to.deep.equal([]);
    expect(await other.announce("other", announcement)).to.deep.equal([announcement]);
    await one.announce("one", undefined);
    expect(await other.announce("other", announcement)).to.deep.equal([]);
  });

  it("says whether what it commits is on disk", async () => {
    await using unsafe = await startRedis("--appendfsync", "everysec");
    for (const [url, durable] of [
      [server.url, true],
      [unsafe.url, false],
    ] as const) {
      await using store = await openRedisStore(url, log);
      expect(store.durable).to.equal(durable);
    }
  });

  it("answers STORAGE_FULL when the server's memory is out, and changes nothing", async () => {
    await using small = await startRedis("--maxmemory", "2mb", "--maxmemory-policy", "noeviction");
    await using store = await openRedisStore(small.url, log);
    const ended = await apply(store, await stored(store, aJob()), { kind: "cancel", reason: "" });
    let last = aJob();
    let refused = "none";
    for (let count = 0; count < 5000 && refused === "none"; count++) {
      last = aJob();
      refused = await code(store.commit(creation(last)));
    }
    expect(refused).to.equal("STORAGE_FULL");
    expect(await code(store.saveUpload({ id: newId("t"), tenantId: "t", fileName: "f", expireAt: 1 }))).to.equal("STORAGE_FULL");
    expect(await store.get(last.job.id)).to.equal(undefined);
    expect(await store.countOpen("t")).to.equal((await listOf(store)).length - 1);
    // What makes room is done.
    expect(await store.garbage(0, 9)).to.deep.equal([]);
    expect(await store.forgetAudit(0, 9)).to.equal(0);
    expect(await store.forget(ended, 3000, [], receiptOf(ended, { now: 3000, by: "", unitsForgotten: 0, keepMs: 1 }))).to.equal(true);
  });
});
