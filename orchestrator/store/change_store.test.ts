import { expect } from "chai";
import { aNewJob, applied, stored } from "../../test/support/stored_jobs.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { firstNumberAt } from "./change_store.ts";
import type { Store } from "./store.ts";

const BEGIN = 1_790_000_000_000;

describeStores((driver: string, place: () => StorePlace) => {
  describe(`the changes of jobs on ${driver}`, () => {
    let store: Store;
    const since = (above: number, limit = 99) =>
      store.changes({ tenantId: "t", above, below: Number.MAX_SAFE_INTEGER, latestFirst: false, limit });
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    it("are numbered in the order of commits, each job once under its last, and a number says when that was", async () => {
      expect(await store.lastChange("t")).to.equal(0);
      const first = await stored(store, aNewJob({ now: BEGIN }));
      const other = await stored(store, aNewJob({ now: BEGIN }));
      await stored(store, aNewJob({ now: BEGIN, tenantId: "u" }));
      expect((await since(0)).map(({ number }) => number)).to.deep.equal([firstNumberAt(BEGIN), firstNumberAt(BEGIN) + 1]);
      await applied(store, first, BEGIN + 7, { kind: "invite" });
      const changes = await since(0);
      expect(changes.map(({ jobId }) => jobId)).to.deep.equal([other.job.id, first.job.id]);
      expect(changes[1]).to.deep.include({ number: firstNumberAt(BEGIN + 7), jobId: first.job.id });
      expect(changes[1]?.record?.job.version).to.equal(2n);
      expect(await store.lastChange("t")).to.equal(firstNumberAt(BEGIN + 7));
    });
    it("have rising numbers where the clock was set back, and a hundred at once have a hundred", async () => {
      const first = await stored(store, aNewJob({ now: BEGIN }));
      await Promise.all(Array.from({ length: 100 }, () => stored(store, aNewJob({ now: BEGIN - 3600_000 }))));
      const changes = await since(0);
      expect(changes[0]?.jobId).to.equal(first.job.id);
      expect(new Set(changes.map(({ number }) => number)).size).to.equal(99);
      expect(await since(changes[98]?.number ?? 0)).to.have.length(2);
    });
    it("are read both ways, a few at a time", async () => {
      for (let count = 0; count < 5; count++) await stored(store, aNewJob({ now: BEGIN + count }));
      const all = (await since(0)).map(({ jobId }) => jobId);
      const [second] = (await since(0, 2)).slice(1);
      expect((await since(second?.number ?? 0)).map(({ jobId }) => jobId)).to.deep.equal(all.slice(2));
      const backwards = await store.changes({ tenantId: "t", above: 0, below: firstNumberAt(BEGIN + 3), latestFirst: true, limit: 2 });
      expect(backwards.map(({ jobId }) => jobId)).to.deep.equal([all[2], all[1]]);
    });
  });
});
