import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ulid } from "ulid";
import { JobEventSchema, JobOptionsSchema, JobState, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../jobs/change.ts";
import type { JobRecord } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Commit, Store } from "./store.ts";

function aJob(tenantId = "t", priority: Priority = Priority.NORMAL): JobRecord {
  return newJob(
    {
      id: ulid(),
      tenantId,
      inputKey: "k",
      fileName: "f",
      sizeBytes: 1,
      traceId: "",
      options: create(JobOptionsSchema, { targetLanguage: "es", priority }),
    },
    1000,
  );
}

function creation(record: JobRecord): Commit {
  return {
    record,
    expectedVersion: 0n,
    outbox: [{ kind: "event", message: create(JobEventSchema, { tenantId: record.tenantId, job: record.job }) }],
  };
}

async function stored(store: Store, record: JobRecord): Promise<JobRecord> {
  expect(await store.commit(creation(record))).to.equal(true);
  return record;
}

async function apply(store: Store, record: JobRecord, ...commands: Parameters<typeof transition>[1][]): Promise<JobRecord> {
  for (const command of commands) {
    const outcome = transition(record, command, 2000);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    expect(await store.commit({ record: outcome.record, expectedVersion: record.job.version, outbox: [] })).to.equal(true);
    record = outcome.record;
  }
  return record;
}

/** The promises of the store, kept by every driver. `open` gives a fresh store, or the same again after it was closed. */
function describeStore(name: string, fixture: () => { open(): Store; remove(): void }): void {
  describe(`the ${name} store`, () => {
    let place: ReturnType<typeof fixture>;
    let store: Store;
    beforeEach(() => {
      place = fixture();
      store = place.open();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
      place.remove();
    });

    it("gives back what was committed, after a restart too", async () => {
      const job = await stored(store, aJob());
      await store[Symbol.asyncDispose]();
      store = place.open();
      expect(await store.get(job.job.id)).to.deep.equal(job);
    });
    it("refuses a commit under another version, and changes nothing", async () => {
      const job = await stored(store, aJob());
      const outcome = transition(job, { kind: "cancel", reason: "" }, 2000);
      if (outcome.kind !== "changed") throw new Error();
      expect(await store.commit({ record: outcome.record, expectedVersion: 7n, outbox: creation(job).outbox })).to.equal(false);
      expect((await store.get(job.job.id))?.job.state).to.equal(JobState.QUEUED);
      expect(await store.outbox(10)).to.have.length(1);
    });
    it("lets one of two commits at the same version win", async () => {
      const job = await stored(store, aJob());
      const outcome = transition(job, { kind: "cancel", reason: "" }, 2000);
      if (outcome.kind !== "changed") throw new Error();
      const commit: Commit = { record: outcome.record, expectedVersion: job.job.version, outbox: [] };
      expect((await Promise.all([store.commit(commit), store.commit(commit)])).sort()).to.deep.equal([false, true]);
    });
    it("keeps the outbox in the order of the commits until it is removed", async () => {
      const jobs = [await stored(store, aJob()), await stored(store, aJob()), await stored(store, aJob())];
      const entries = await store.outbox(2);
      expect(entries.map(({ content }) => content.kind === "event" && content.message.job?.id)).to.deep.equal(
        jobs.slice(0, 2).map(({ job }) => job.id),
      );
      await store.removeFromOutbox(entries[1]?.sequence ?? 0);
      expect(await store.outbox(10)).to.have.length(1);
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
      const first = await store.list({ tenantId: "t", state: 0, limit: 3, before: "~" });
      const rest = await store.list({ tenantId: "t", state: 0, limit: 3, before: first[2]?.job.id ?? "" });
      expect([...first, ...rest].map(({ job }) => job.id).sort()).to.deep.equal(ids.sort());
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
      const order = await store.waiting(10);
      expect(order.slice(0, 2).sort()).to.deep.equal([high.job.id, other.job.id].sort());
      expect(order[2]).to.equal(low.job.id);
    });
    it("counts a tenant's running jobs against its turn", async () => {
      const running = await stored(store, aJob("flood"));
      await apply(store, running, { kind: "invite" }, { kind: "claim", workerId: "w", dispatch: 1 });
      const flooding = await stored(store, aJob("flood"));
      const other = await stored(store, aJob("other"));
      expect(await store.waiting(10)).to.deep.equal([other.job.id, flooding.job.id]);
    });
    it("does not offer a job that is invited", async () => {
      const job = await stored(store, aJob());
      await apply(store, job, { kind: "invite" });
      expect(await store.waiting(10)).to.deep.equal([]);
      expect(await store.countInvited()).to.equal(1);
    });
    it("gives expired uploads once, and never one that became a job", async () => {
      await store.saveUpload({ id: "used", tenantId: "t", fileName: "", expireAt: 1 });
      await store.saveUpload({ id: "unused", tenantId: "t", fileName: "", expireAt: 1 });
      const job = aJob();
      await stored(store, { ...job, inputKey: "tenants/t/uploads/used" });
      expect((await store.takeExpiredUploads(5, 10)).map(({ id }) => id)).to.deep.equal(["unused"]);
      expect(await store.takeExpiredUploads(5, 10)).to.deep.equal([]);
    });
  });
}

describeStore("SQLite", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dragoman-store-"));
  return { open: () => openSqliteStore(path.join(folder, "jobs.db")), remove: () => rmSync(folder, { recursive: true }) };
});
