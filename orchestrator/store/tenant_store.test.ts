import { expect } from "chai";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import type { Store } from "./store.ts";

describeStores((driver: string, place: () => StorePlace) => {
  describe(`tenants on ${driver}`, () => {
    let store: Store;
    beforeEachStore(place, (opened) => {
      store = opened;
    });

    it("are replaced by who knows their version, and by one of a hundred at once", async () => {
      expect(await store.tenant("t")).to.equal(undefined);
      const record = (version: number, pagesPerDay: number) => ({ tenantId: "t", version, limits: { pagesPerDay } });
      const saved = await Promise.all(Array.from({ length: 100 }, (_, index) => store.saveTenant(record(1, index))));
      expect(saved.filter(Boolean)).to.have.length(1);
      expect(await store.saveTenant(record(2, 7))).to.equal(true);
      expect(await store.saveTenant(record(2, 8))).to.equal(false);
      expect(await store.tenant("t")).to.deep.equal(record(2, 7));
    });
    it("are listed by their names, a page at a time", async () => {
      const names = ["a", "b", "c", "d", "e"];
      for (const tenantId of names.toReversed()) await store.saveTenant({ tenantId, version: 1, limits: {} });
      const first = await store.tenants("", 2);
      const rest = await store.tenants("b", 9);
      expect([...first, ...rest].map(({ tenantId }) => tenantId)).to.deep.equal(names);
    });
  });
});
