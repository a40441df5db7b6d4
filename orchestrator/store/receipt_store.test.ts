import { expect } from "chai";
import { Redis } from "ioredis";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { openLog } from "../../platform/log.ts";
import { aNewJob, applied, stored } from "../../test/support/stored_jobs.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { uploadKey } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import { receiptOf } from "../jobs/receipt.ts";
import { openRedisStore } from "./redis.ts";
import type { Store } from "./store.ts";

/** Redis forgets by its own clock. */
const BEGIN = Date.now();
const KEEP_MS = 60_000;
const inputKey = uploadKey("t", "01K9ZV7P0C3D6F8G1J4K7M9N2A");

async function ended(store: Store, now = BEGIN): Promise<JobRecord> {
  return applied(store, await stored(store, aNewJob({ now, inputKey, sizeBytes: 7 })), now, { kind: "cancel", reason: "" });
}

async function forget(store: Store, record: JobRecord, now: number): Promise<boolean> {
  return store.forget(record, now, [], receiptOf(record, { now, by: "k", unitsForgotten: 3, keepMs: KEEP_MS }));
}

describeStores(
  (driver: string, place: () => StorePlace) => {
    describe(`receipts on ${driver}`, () => {
      let store: Store;
      const changes = async () =>
        (await store.changes({ tenantId: "t", above: 0, below: Number.MAX_SAFE_INTEGER, latestFirst: false, limit: 99 })).map(
          ({ jobId, record }) => [jobId, record?.job.state],
        );
      beforeEachStore(place, (opened) => {
        store = opened;
      });

      it("say what went, that it is being removed until it is, and that a document stays which another job has", async () => {
        const [one, other] = [await ended(store), await ended(store)];
        const { id } = one.job;
        expect(await store.receipt(id)).to.equal(undefined);
        expect(await forget(store, one, BEGIN)).to.equal(true);
        expect(await store.receipt(id)).to.deep.include({
          jobId: id,
          tenantId: "t",
          by: "k",
          documentBytes: 7,
          unitsForgotten: 3,
          documentKept: true,
        });
        for (const garbage of await store.garbage(BEGIN, 9)) await store.forgetGarbage(garbage);
        expect(await store.receipt(id)).to.include({ removing: false });
        expect(await forget(store, other, BEGIN + 1)).to.equal(true);
        expect(await store.receipt(id)).to.include({ documentKept: false });
        expect(await store.receipt(other.job.id)).to.include({ removing: true });
        // Who holds the upload's address may send it once more.
        for (const garbage of await store.garbage(BEGIN + 1, 9)) await store.postponeGarbage(garbage, BEGIN + 99_999);
        expect(await store.receipt(other.job.id)).to.include({ removing: false });
      });
      it("make being forgotten a job's last change, and expire with it", async () => {
        const [other, one] = [await ended(store), await ended(store)];
        const last = await store.lastChange("t");
        expect(await forget(store, one, BEGIN - 3600_000), "the clock was set back").to.equal(true);
        expect(await store.lastChange("t")).to.be.above(last);
        expect(await changes()).to.deep.equal([
          [other.job.id, JobState.CANCELLED],
          [one.job.id, undefined],
        ]);
        expect(await forget(store, other, BEGIN + KEEP_MS)).to.equal(true);
        expect(await changes()).to.deep.equal([[other.job.id, undefined]]);
      });
      it("are of no job that was changed meanwhile", async () => {
        const record = await stored(store, aNewJob({ now: BEGIN, inputKey }));
        expect(await forget(store, record, BEGIN)).to.equal(false);
        expect(await store.receipt(record.job.id)).to.equal(undefined);
      });
    });
  },
  (url) => {
    it("leaves nothing of what a forgotten job said anywhere in Redis", async () => {
      const redis = new Redis(url());
      await redis.config("SET", "rdbcompression", "no");
      await using stack = new AsyncDisposableStack();
      stack.defer(async () => {
        await redis.flushall();
        redis.disconnect();
      });
      await using store = await openRedisStore(url(), openLog("test", "silent"));
      const holders = async () => {
        const keys = await redis.keys("*");
        const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
        return keys.filter((key, index) => key.includes("CANARY") || dumps[index]?.includes("CANARY"));
      };
      const made = await stored(store, aNewJob({ now: BEGIN, inputKey, fileName: "CANARY.pdf", labels: { secret: "CANARY" } }));
      const record = await applied(store, made, BEGIN, { kind: "cancel", reason: "CANARY" });
      await store.relay(async () => undefined);
      expect(await holders()).to.have.length.above(2);
      expect(await forget(store, record, BEGIN)).to.equal(true);
      expect(await holders()).to.deep.equal([]);
    });
  },
);
