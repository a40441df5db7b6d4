import { expect } from "chai";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { auditEntry } from "../policy/audit.ts";
import { type Controls, NO_CONTROLS } from "../policy/controls.ts";
import type { Store } from "./store.ts";

const stop = (reason: string) => ({ reason, at: 1, by: "key" });
const told = (reason: string, id: string) =>
  auditEntry(
    { by: { keyId: "key", tenantId: "operators" }, tenantId: "", action: "intake.pause", subject: "intake/all", reason },
    id.padEnd(26, "0"),
    1,
  );

describeStores((driver: string, place: () => StorePlace) => {
  describe(`controls on ${driver}`, () => {
    let store: Store;
    const reopen = beforeEachStore(place, (opened) => {
      store = opened;
    });
    const of = (version: number, reason: string): Controls => ({ ...NO_CONTROLS, intake: stop(reason), version });

    it("are nothing where nothing was set, and what was set last after a restart", async () => {
      expect(await store.controls()).to.deep.equal(NO_CONTROLS);
      const set: Controls = {
        classes: { large: stop("a") },
        workers: { "host-1/a": { ...stop("b"), order: "QUARANTINE" } },
        version: 1,
      };
      expect(await store.saveControls(set, [])).to.equal(true);
      await reopen();
      expect(await store.controls()).to.deep.equal(set);
    });
    it("are replaced by one of a hundred at once, which alone stands in the audit log", async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `01${String(index).padStart(3, "0")}`);
      const saved = await Promise.all(ids.map((id) => store.saveControls(of(1, id), [told(id, id)])));
      expect(saved.filter(Boolean)).to.have.length(1);
      expect(await store.saveControls(of(1, "late"), [told("late", "02")])).to.equal(false);
      const { intake } = await store.controls();
      const { entries } = await store.audit({ tenantId: "", keyId: "", action: "", subject: "", from: "", before: "~", limit: 200 });
      expect(entries.map(({ reason }) => reason)).to.deep.equal([intake?.reason]);
      expect(await store.saveControls(of(2, "next"), [])).to.equal(true);
    });
  });
});
