import { expect } from "chai";
import { Redis } from "ioredis";
import { openLog } from "../../platform/log.ts";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import type { StoredKey } from "./key_store.ts";
import { openRedisStore } from "./redis.ts";
import type { Store } from "./store.ts";

const KEY: StoredKey = { hash: "h", tenantId: "t", role: "client" };

const ofEveryStore = (driver: string, place: () => StorePlace) => {
  describe(`keys on ${driver}`, () => {
    let store: Store;
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    it("are kept with all that is said of them", async () => {
      const limits = { maxUploadBytes: 9, formats: ["pdf"] };
      const said = { name: "ci", scopes: ["jobs:read"], limits, createdBy: "k", createdAt: 5, expireAt: 9 } as const;
      const key: StoredKey = { ...KEY, ...said, previous: { hash: "g", until: 7 } };
      await store.saveKey("k", KEY);
      await store.saveKey("said", key);
      expect(await store.key("k")).to.deep.equal(KEY);
      expect(await store.key("said")).to.deep.equal(key);
      expect(await store.key("none")).to.equal(undefined);
    });
    it("are listed, all or one tenant's", async () => {
      const other: StoredKey = { hash: "i", tenantId: "u", role: "worker", createdAt: 5 };
      await store.saveKey("b", other);
      await store.saveKey("a", KEY);
      expect(await store.keys()).to.deep.equal([
        { id: "a", ...KEY },
        { id: "b", ...other },
      ]);
      expect(await store.keys("u")).to.deep.equal([{ id: "b", ...other }]);
      expect(await store.keys("v")).to.deep.equal([]);
    });
    it("are changed by one of a hundred who read them at once", async () => {
      await store.saveKey("a", KEY);
      const changed = await Promise.all(
        Array.from({ length: 100 }, (_, index) => store.changeKey("a", "h", { ...KEY, hash: `h${index}` })),
      );
      expect(changed.filter(Boolean)).to.have.length(1);
      expect((await store.key("a"))?.hash).to.equal(`h${changed.indexOf(true)}`);
      expect(await store.changeKey("none", "h", KEY)).to.equal(false);
      expect(await store.key("none")).to.equal(undefined);
    });
    it("tell when they were used last", async () => {
      await store.saveKey("a", KEY);
      await store.saveKey("b", KEY);
      await store.noteUses(new Map([["a", 5]]));
      await store.noteUses(new Map([["a", 8]]));
      expect(await store.keys("t")).to.deep.equal([
        { id: "a", ...KEY, usedAt: 8 },
        { id: "b", ...KEY },
      ]);
      await store.changeKey("a", "h", { ...KEY, hash: "i" });
      expect((await store.keys("t"))[0]).to.include({ hash: "i", usedAt: 8 });
    });
    it("are gone once they are taken back, with when they were used, though a use is noted late", async () => {
      await store.saveKey("a", KEY);
      await store.noteUses(new Map([["a", 5]]));
      expect(await store.removeKey("a")).to.equal(true);
      await store.noteUses(new Map([["a", 6]]));
      expect(await store.key("a")).to.equal(undefined);
      expect([...(await store.keys()), ...(await store.keys("t"))]).to.deep.equal([]);
      expect(await store.removeKey("a")).to.equal(false);
      await store.saveKey("a", KEY);
      expect(await store.keys("t")).to.deep.equal([{ id: "a", ...KEY }]);
    });
  });
};

describeStores(ofEveryStore, (url) => {
  it("keys that an older version made are listed by their tenants", async () => {
    const redis = new Redis(url());
    await redis.flushall();
    await redis.set("dgm:key:old", JSON.stringify(KEY));
    await using store = await openRedisStore(url(), openLog("test", "silent"));
    await store.noteUses(new Map([["old", 4]]));
    expect(await store.keys("t")).to.deep.equal([{ id: "old", ...KEY, usedAt: 4 }]);
    expect(await store.keys()).to.have.length(1);
    await redis.flushall();
    redis.disconnect();
  });
});
