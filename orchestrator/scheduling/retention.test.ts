import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { Clock } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { JobMetrics } from "../metrics.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { fireTimers } from "./job_timers.ts";
import { JobWriter } from "./job_writer.ts";

const RETENTION_MS = 3600_000;

describe("retention", () => {
  it("forgets a job, and removes what it stored, when its time after the end is over and not before", async () => {
    let now = 1_000_000;
    const clock: Clock = { now: () => now };
    await using sqlite = openSqliteStore(":memory:");
    const store = Object.assign(Object.create(sqlite) as typeof sqlite, { clock });
    const jobs = new JobWriter({ store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: RETENTION_MS });
    const options = create(JobOptionsSchema, { targetLanguage: "es" });
    const given = { tenantId: "t", inputKey: "tenants/t/uploads/u", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options };
    const record = newJob({ ...given, id: newId("t") }, now);
    expect(await jobs.create(record, {})).to.equal(true);
    const { job } = await jobs.apply(record.job.id, { kind: "cancel", reason: "" });
    expect(job.expireTime && timestampMs(job.expireTime)).to.equal(now + RETENTION_MS);
    now += RETENTION_MS - 1;
    await fireTimers(store, jobs, clock.now, 0);
    expect(await store.get(job.id)).not.to.equal(undefined);
    now += 1;
    await fireTimers(store, jobs, clock.now, 0);
    expect(await store.get(job.id)).to.equal(undefined);
    expect((await store.garbage(now, 9)).map(({ prefix }) => prefix).sort()).to.deep.equal([`tenants/t/jobs/${job.id}`, given.inputKey]);
  });
  it("forgets jobs, which makes room, though the store has none for the many others that are due", async () => {
    let now = 1_000_000;
    let full = false;
    await using sqlite = openSqliteStore(":memory:");
    const commit: typeof sqlite.commit = async (given) => {
      if (full) throw DragomanError.of("STORAGE_FULL", "The store is full.");
      return sqlite.commit(given);
    };
    const store = Object.assign(Object.create(sqlite) as typeof sqlite, { clock: { now: () => now }, commit });
    const jobs = new JobWriter({ store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: RETENTION_MS });
    const options = create(JobOptionsSchema, { targetLanguage: "es", queueDeadlineSeconds: 1 });
    const given = { tenantId: "t", inputKey: "tenants/t/uploads/u", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options };
    const made = async () => {
      const record = newJob({ ...given, id: newId("t") }, now);
      await jobs.create(record, {});
      return record.job.id;
    };
    const ended = await made();
    await jobs.apply(ended, { kind: "cancel", reason: "" });
    for (let count = 0; count < 150; count++) await made();
    now += RETENTION_MS;
    full = true;
    const fired = fireTimers(store, jobs, store.clock.now, 0);
    expect(await fired.catch(({ code }: DragomanError) => code)).to.equal("STORAGE_FULL");
    expect(await store.get(ended)).to.equal(undefined);
    full = false;
    for (let count = 0; count < 3; count++) await fireTimers(store, jobs, store.clock.now, 0);
    expect(await store.due(now, 999)).to.deep.equal([]);
  });
});
