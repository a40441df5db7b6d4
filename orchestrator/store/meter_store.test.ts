import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import { Redis } from "ioredis";
import { JobOptionsSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newJob } from "../jobs/change.ts";
import { newId, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import { chargesOf } from "../policy/charges.ts";
import type { Limits } from "../policy/limits.ts";
import { afterCharge, type Charge, EMPTY_METER, isRefused, NO_SHARE } from "../policy/meters.ts";
import { openRedisStore } from "./redis.ts";
import type { Store } from "./store.ts";

function aJob(tenantId = "t", keyId = ""): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  const given = { id: newId(tenantId), tenantId, keyId, inputKey: "k", fileName: "f.txt", sizeBytes: 5, options };
  return newJob({ ...given, traceparent: "", traceUrl: "" }, 1000);
}

function creation(record: JobRecord, tenant: Limits, key: Limits = {}) {
  return { record, expectedVersion: 0n, outbox: [], charges: { now: 1000, meters: chargesOf(undefined, record, { tenant, key }) } };
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: DragomanError) => error.detail,
  );

describeStores(
  (driver: string, place: () => StorePlace) => {
    describe(`meters on ${driver}`, () => {
      let store: Store;
      beforeEachStore(place, (opened) => {
        store = opened;
      });

      it("let exactly as many jobs be open as a tenant may have, of 120 that come at once", async () => {
        const tries = await Promise.all(Array.from({ length: 120 }, () => outcome(store.commit(creation(aJob(), { maxOpenJobs: 20 })))));
        const refused = tries.filter((error) => error !== undefined);
        expect(refused).to.have.length(100);
        expect(await store.countOpen("t")).to.equal(20);
        for (const error of refused) {
          expect(error.code).to.equal("QUOTA_EXCEEDED");
          expect(error.quota).to.deep.include({ quota: "open-jobs", limit: 20n, used: 20n, requested: 1n, ofKey: false });
        }
        expect(await outcome(store.commit(creation(aJob("other"), { maxOpenJobs: 1 }))), "another tenant").to.equal(undefined);
      });
      it("let a key make as many as it may at once, of a hundred, and say when there is more", async () => {
        const tries = await Promise.all(
          Array.from({ length: 100 }, () => outcome(store.commit(creation(aJob("t", "a"), {}, { requestsPerMinute: 60, burst: 7 })))),
        );
        const refused = tries.filter((error) => error !== undefined);
        expect(refused).to.have.length(93);
        expect(refused[0]).to.deep.include({ code: "RATE_LIMITED" });
        expect(refused[0]?.quota).to.deep.include({ quota: "requests", limit: 7n, used: 7n, ofKey: true });
        expect(refused[0]?.retryAfter).to.deep.include({ seconds: 1n, nanos: 0 });
        expect(await outcome(store.commit(creation(aJob("t", "b"), {}, { requestsPerMinute: 60, burst: 7 })))).to.equal(undefined);
      });
      it("change nothing where one of several is refused", async () => {
        const record = aJob("t", "a");
        expect(await outcome(store.commit(creation(record, { maxOpenJobs: 5 }, { maxStoredBytes: 4 })))).to.deep.include({
          code: "QUOTA_EXCEEDED",
        });
        expect(await store.get(record.job.id)).to.equal(undefined);
        expect(await store.meters("t", ["open", "bytes", "pages", "key:a:open", "key:a:bytes"])).to.deep.equal(Array(5).fill(EMPTY_METER));
      });
      it("go by the rules of policy, whatever is charged", async () => {
        const names = ["bytes", "pages", "key:a:creates"];
        const charge = fc.record({
          job: fc.nat(2),
          meter: fc.constantFrom(...names),
          held: fc.nat(20),
          poured: fc.nat(20),
          most: fc.nat(40),
          afterMs: fc.oneof(fc.nat(5000), fc.integer({ min: -200_000, max: 0 })),
        });
        let round = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(charge, { maxLength: 15 }), async (steps) => {
            const tenantId = `t${++round}`;
            const jobs = Array.from({ length: 3 }, () => aJob(tenantId));
            for (const record of jobs) await store.commit({ record, expectedVersion: 0n, outbox: [] });
            const model = new Map(names.map((name) => [name, EMPTY_METER]));
            const had = new Map<string, Pick<Charge, "held" | "poured">>();
            let now = 10_000_000;
            for (const { job, afterMs, ...given } of steps) {
              now += afterMs;
              const leakPerMs = given.meter === "bytes" ? 0 : 0.003;
              const one: Charge = { ...given, leakPerMs, poured: leakPerMs ? given.poured : 0 };
              const record = jobs[job] as JobRecord;
              const changed = { ...record, job: { ...record.job, version: record.job.version + 1n } };
              const [meter, share] = [model.get(one.meter) ?? EMPTY_METER, had.get(`${job} ${one.meter}`) ?? NO_SHARE];
              const error = await outcome(
                store.commit({ record: changed, expectedVersion: record.job.version, outbox: [], charges: { now, meters: [one] } }),
              );
              expect(error !== undefined).to.equal(isRefused(meter, one, share, now));
              if (error) continue;
              jobs[job] = changed;
              model.set(one.meter, afterCharge(meter, one, share, now));
              had.set(`${job} ${one.meter}`, one);
            }
            const stored = await store.meters(tenantId, names);
            for (const [index, name] of names.entries()) {
              const expected = model.get(name) ?? EMPTY_METER;
              expect(stored[index]?.held).to.equal(expected.held);
              expect(stored[index]?.level).to.be.closeTo(expected.level, 1e-9);
            }
          }),
          { numRuns: 25 },
        );
      });
    });
  },
  (url) => {
    it("have nothing of a job that an older version ended on Redis, which knows no meters, and count those that it made", async () => {
      await using store = await openRedisStore(url(), openLog("test", "silent"));
      const redis = new Redis(url());
      const prefix = `dgm:{${shardOfTenant("t")}}`;
      const limits = { maxOpenJobs: 1, pagesPerDay: 9 };
      const ended = aJob("t", "a");
      expect(await outcome(store.commit(creation(ended, limits, limits)))).to.equal(undefined);
      await redis.hset(`${prefix}:job:${ended.job.id}`, "state", String(JobState.CANCELLED), "open", "0");
      await redis.hdel(`${prefix}:open`, "t");
      const held = async () => (await store.meters("t", ["open", "key:a:open", "pages", "key:a:pages"])).map((meter) => meter.held);
      expect(await held()).to.deep.equal([0, 0, 0, 0]);
      expect(await outcome(store.commit(creation(aJob("t", "a"), limits, limits)))).to.equal(undefined);
      expect(await held()).to.deep.equal([1, 1, 1, 1]);
      expect(await outcome(store.commit(creation(aJob("t", "a"), limits, limits)))).to.deep.include({ code: "QUOTA_EXCEEDED" });
      await redis.hincrby(`${prefix}:open`, "t", 1);
      expect(await outcome(store.commit(creation(aJob("t", "b"), { maxOpenJobs: 2 })))).to.deep.include({ code: "QUOTA_EXCEEDED" });
      await redis.flushall();
      redis.disconnect();
    });
  },
);
