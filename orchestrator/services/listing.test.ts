import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Redis } from "ioredis";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { JobSort, ListJobsRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { openLog } from "../../platform/log.ts";
import { aNewJob, applied, stored } from "../../test/support/stored_jobs.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newId, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import { openRedisStore } from "../store/redis.ts";
import { prefix } from "../store/redis_client.ts";
import type { Store } from "../store/store.ts";
import { listingOf, pageOf, pageTokenOf } from "./listing.ts";

const BEGIN = 1_790_000_000_000;
const { QUEUED, CANCELLED, RUNNING } = JobState;

/** Every page's jobs, by their file names. */
async function listed(store: Store, given: MessageInitShape<typeof ListJobsRequestSchema>): Promise<string> {
  const names: string[] = [];
  for (let pageToken = ""; ; ) {
    const listing = listingOf(create(ListJobsRequestSchema, { ...(given as object), pageToken }), "t");
    const { records, next } = await pageOf(store, listing);
    names.push(...records.map(({ job }) => job.fileName));
    if (next === undefined) return names.join(" ");
    pageToken = pageTokenOf(listing, next);
  }
}

const suite = (driver: string, place: () => StorePlace) => {
  describe(`lists of jobs on ${driver}`, () => {
    let store: Store;
    const made = (fileName: string, labels = {}, now = BEGIN, tenantId = "t") =>
      stored(store, aNewJob({ fileName, tenantId, labels, now }));
    const cancelled = (record: JobRecord, now: number) => applied(store, record, now, { kind: "cancel", reason: "" });
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    it("are by creation or by change, both ways, in pages that leave none out and give none twice", async () => {
      const [a, , c] = [await made("a"), await made("b"), await made("c"), await made("d"), await made("x", {}, BEGIN, "other")];
      await cancelled(c, BEGIN + 2000);
      await cancelled(a, BEGIN + 1000);
      const pageSize = 1;
      expect(await listed(store, { pageSize })).to.equal("d c b a");
      expect(await listed(store, { pageSize, sort: JobSort.CREATED_ASC })).to.equal("a b c d");
      // What came last comes first, whatever a clock said.
      expect(await listed(store, { pageSize, sort: JobSort.UPDATED_DESC })).to.equal("a c d b");
      expect(await listed(store, { pageSize, sort: JobSort.UPDATED_ASC })).to.equal("b d c a");
    });
    it("have jobs of several states, of all the labels, of part of a name, and of changes since a time", async () => {
      const first = await made("Letter.pdf", { team: "a", order: "1" });
      await made("letter-2.pdf", { team: "a" });
      const third = await made("bill.pdf", { team: "b", order: "1" });
      await cancelled(third, BEGIN + 5000);
      await applied(
        store,
        first,
        BEGIN,
        { kind: "invite" },
        { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" },
      );
      const sort = JobSort.CREATED_ASC;
      expect(await listed(store, { sort, states: [RUNNING, CANCELLED], pageSize: 1 })).to.equal("Letter.pdf bill.pdf");
      expect(await listed(store, { sort, state: QUEUED, states: [RUNNING] })).to.equal("Letter.pdf letter-2.pdf");
      expect(await listed(store, { sort, labels: ["team=a", "order=1"] })).to.equal("Letter.pdf");
      expect(await listed(store, { sort, label: "order=1", states: [CANCELLED] })).to.equal("bill.pdf");
      expect(await listed(store, { sort, name: "LETTER" })).to.equal("Letter.pdf letter-2.pdf");
      expect(await listed(store, { sort, updatedAfter: timestampFromMs(BEGIN + 5000) })).to.equal("bill.pdf");
      expect(await listed(store, { sort: JobSort.UPDATED_ASC, updatedAfter: timestampFromMs(BEGIN + 5000) })).to.equal("bill.pdf");
      expect(await listed(store, { labels: ["team"] })).to.equal("");
    });
    it("look at no more than a bound for one page, and go on from there", async () => {
      for (let count = 0; count < 40; count++) await made(count === 0 ? "needle" : "hay");
      const listing = listingOf(create(ListJobsRequestSchema, { name: "needle", pageSize: 5 }), "t");
      const first = await pageOf(store, listing, 20);
      expect(first.records).to.deep.equal([]);
      const { records, next } = await pageOf(store, { ...listing, after: first.next ?? "" }, 20);
      expect([records.map(({ job }) => job.fileName), next]).to.deep.equal([["needle"], undefined]);
    });
    it("count the tenant's jobs by state, those that are gone no more", async () => {
      const [a, b] = [await made("a"), await made("b"), await made("c"), await made("x", {}, BEGIN, "other")];
      await cancelled(a, BEGIN);
      const forgotten = await cancelled(b, BEGIN);
      expect(Object.fromEntries(await store.countByState("t"))).to.deep.equal({ [QUEUED]: 1, [CANCELLED]: 2 });
      expect(await store.forget(forgotten, BEGIN)).to.equal(true);
      expect(Object.fromEntries(await store.countByState("t"))).to.deep.equal({ [QUEUED]: 1, [CANCELLED]: 1 });
    });
    it("take no page's token of another order or tenant", async () => {
      const token = pageTokenOf({ tenantId: "t", order: "updated" }, "5");
      const accepts = (tenantId: string, sort: JobSort) => {
        try {
          return listingOf(create(ListJobsRequestSchema, { pageToken: token, sort }), tenantId).after === "5";
        } catch {
          return false;
        }
      };
      expect([accepts("t", JobSort.UPDATED_ASC), accepts("t", JobSort.CREATED_ASC), accepts("u", JobSort.UPDATED_ASC)]).to.deep.equal([
        true,
        false,
        false,
      ]);
    });
  });
};

describeStores(suite, (url) => {
  it("leave out none where others are forgotten while they are read", async () => {
    await using store = await openRedisStore(url(), openLog("test", "silent"));
    const ids = [1, 2, 3, 4, 5].map((ms) => newId("t", BEGIN + ms));
    for (const [index, id] of ids.entries()) if (index % 2 === 0) await stored(store, aNewJob({ id, fileName: `${index}`, now: BEGIN }));
    const redis = new Redis(url());
    // As the index was read before they were forgotten.
    for (const id of ids) await redis.zadd(`${prefix(shardOfTenant("t"))}:jobs:t`, 0, id);
    expect(await listed(store, { pageSize: 1 })).to.equal("4 2 0");
    expect(await listed(store, { pageSize: 1, sort: JobSort.CREATED_ASC })).to.equal("0 2 4");
    await redis.flushall();
    redis.disconnect();
  });
});
