import { expect } from "chai";
import { Redis } from "ioredis";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { openLog } from "../../platform/log.ts";
import { aNewJob, applied, stored } from "../../test/support/stored_jobs.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { SHARDS } from "../jobs/id.ts";
import type { AllJobsQuery } from "./all_jobs_store.ts";
import { openRedisStore } from "./redis.ts";
import type { Store } from "./store.ts";

const NOW = 1_790_000_000_000;
const ALL: AllJobsQuery = { tenantId: "", states: [], label: "", before: "~", from: "", limit: 99 };
const idsOf = async (store: Store, query: Partial<AllJobsQuery> = {}) =>
  (await store.listAll({ ...ALL, ...query })).records.map(({ job }) => job.id);

describeStores(
  (driver: string, place: () => StorePlace) => {
    describe(`the jobs of all tenants on ${driver}`, () => {
      let store: Store;
      beforeEachStore(place, (opened) => {
        store = opened;
      });

      it("are listed the newest first, by their states as they are now, and by tenant", async () => {
        const one = await stored(store, aNewJob({ now: NOW, tenantId: "a" }));
        const other = await stored(store, aNewJob({ now: NOW, tenantId: "b" }));
        const ended = await applied(store, await stored(store, aNewJob({ now: NOW, tenantId: "b" })), NOW, { kind: "cancel", reason: "" });
        const ids = [one, other, ended].map(({ job }) => job.id);
        expect(await idsOf(store)).to.deep.equal(ids.toSorted().toReversed());
        expect(await idsOf(store, { states: [JobState.CANCELLED] })).to.deep.equal([ended.job.id]);
        expect(await idsOf(store, { states: [JobState.QUEUED, JobState.CANCELLED], tenantId: "b" })).to.have.members(ids.slice(1));
        expect(await store.forget(ended, NOW)).to.equal(true);
        expect(await idsOf(store)).to.have.members(ids.slice(0, 2));
      });
      it("go on from page to page, and end", async () => {
        const made = await Promise.all(
          Array.from({ length: 7 }, (_, index) => stored(store, aNewJob({ now: NOW, tenantId: `t${index}` }))),
        );
        const listed: string[] = [];
        for (let before = "~"; before !== ""; ) {
          const page = await store.listAll({ ...ALL, before, limit: 3 });
          listed.push(...page.records.map(({ job }) => job.id));
          before = page.last;
        }
        expect(listed).to.deep.equal(
          made
            .map(({ job }) => job.id)
            .sort()
            .reverse(),
        );
      });
    });
  },
  (url) => {
    it("are found that an older version makes beside this one, once something happens to them", async () => {
      await using store = await openRedisStore(url(), openLog("test", "silent"));
      const record = await stored(store, aNewJob({ now: NOW }));
      const redis = new Redis(url());
      await redis.del(...SHARDS.flatMap((shard) => [`dgm:{${shard}}:state:all`, `dgm:{${shard}}:state:${record.job.state}`]));
      await applied(store, record, NOW, { kind: "cancel", reason: "" });
      expect(await idsOf(store)).to.deep.equal([record.job.id]);
      await redis.flushall();
      redis.disconnect();
    });
    it("are found that an older version stored without an index", async () => {
      const open = () => openRedisStore(url(), openLog("test", "silent"));
      await using before = await open();
      const { job } = await stored(before, aNewJob({ now: NOW }));
      const redis = new Redis(url());
      await redis.del("dgm:schema", ...SHARDS.flatMap((shard) => [`dgm:{${shard}}:state:all`, `dgm:{${shard}}:state:${job.state}`]));
      await using after = await open();
      expect(await idsOf(after, { states: [job.state] })).to.deep.equal([job.id]);
      await redis.flushall();
      redis.disconnect();
    });
  },
);
