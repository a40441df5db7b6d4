import { expect } from "chai";
import { encodeTime } from "ulid";
import { beforeEachStore, describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newId } from "../jobs/id.ts";
import { type Act, type AuditEntry, auditEntry, LOCAL } from "../policy/audit.ts";
import type { AuditQuery } from "./audit_store.ts";
import type { Store } from "./store.ts";

const ANY: AuditQuery = { keyId: "", action: "", subject: "", from: "", before: "~", limit: 100 };

/** What was done at that time. */
function entry(at: number, act: Partial<Act> = {}): AuditEntry {
  const tenantId = act.tenantId ?? "t";
  const given: Act = { by: LOCAL, tenantId, action: "tenant.set", subject: `tenants/${tenantId}`, reason: "why", ...act };
  return auditEntry(given, newId(tenantId, at), at);
}

describeStores((driver: string, place: () => StorePlace) => {
  describe(`audit log on ${driver}`, () => {
    let store: Store;
    beforeEachStore(place, (opened) => {
      store = opened;
    });
    const found = async (query: Partial<AuditQuery>) => (await store.audit({ ...ANY, ...query })).entries;

    it("gives what was added, the newest first, over all tenants", async () => {
      const entries = [1, 2, 3, 4].map((time) => entry(time * 1000, { tenantId: time % 2 ? "a" : "b" }));
      await store.addAudit(entries);
      expect(await found({})).to.deep.equal(entries.toReversed());
    });
    it("gives what is asked for by tenant, key, action and subject, each alone and all together", async () => {
      const act = { tenantId: "a", by: { keyId: "k", tenantId: "ops" }, action: "job.cancel", subject: "jobs/1" } as const;
      const others = [
        { ...act, tenantId: "b" },
        { ...act, by: LOCAL },
        { ...act, action: "job.retry" },
        { ...act, subject: "jobs/2" },
        { ...act, tenantId: "" },
      ] as const;
      const wanted = entry(1000, act);
      await store.addAudit([wanted, ...others.map((other, index) => entry(2000 + index, other))]);
      const all = { tenantId: "a", keyId: "k", action: "job.cancel", subject: "jobs/1" };
      expect(await found(all)).to.deep.equal([wanted]);
      for (const [field, value] of Object.entries(all)) {
        const got = await found({ [field]: value });
        expect(got, field)
          .to.have.length(field === "tenantId" ? 4 : 5)
          .and.deep.include(wanted);
      }
      expect(await found({ tenantId: "" })).to.have.length(1);
    });
    it("says nothing to a tenant of what was done to others, not even that it was", async () => {
      await store.addAudit([entry(1000, { tenantId: "a" }), entry(2000, { tenantId: "b", by: { keyId: "ops", tenantId: "ops" } })]);
      for (const asked of [{ subject: "tenants/b" }, { keyId: "ops" }])
        expect((await store.audit({ ...ANY, tenantId: "a", ...asked, before: "~", limit: 1 })).last.slice(0, 10)).to.not.equal(
          encodeTime(2000),
        );
    });
    it("goes on from page to page, and ends", async () => {
      const entries = Array.from({ length: 7 }, (_, index) =>
        entry(1000 * (index + 1), { tenantId: `t${index}`, action: index % 2 ? "a.b" : "a.c" }),
      );
      await store.addAudit(entries);
      const got: AuditEntry[] = [];
      let pages = 0;
      for (let before = "~"; before !== "" && pages < 9; pages++) {
        const page = await store.audit({ ...ANY, tenantId: undefined, before, limit: 3 });
        got.push(...page.entries);
        before = page.last;
      }
      expect(got).to.deep.equal(entries.toReversed());
      expect(pages).to.equal(3);
    });
    it("is stored with a tenant's record, and not with one that was refused", async () => {
      const record = (version: number) => ({ tenantId: "t", version, limits: {} });
      const saved = await Promise.all(Array.from({ length: 100 }, () => store.saveTenant(record(1), [entry(1000)])));
      expect(saved.filter(Boolean)).to.have.length(1);
      expect(await found({ tenantId: "t" })).to.have.length(1);
    });
    it("forgets the oldest, a part at a time, with all that finds them", async () => {
      const entries = Array.from({ length: 10 }, (_, index) => entry(1000 * (index + 1), { tenantId: `t${index % 3}` }));
      await store.addAudit(entries);
      expect(await store.forgetAudit(6000, 3)).to.equal(3);
      expect(await store.forgetAudit(6000, 3)).to.equal(2);
      expect(await store.forgetAudit(6000, 3)).to.equal(0);
      const left = entries.slice(5).toReversed();
      expect(await found({})).to.deep.equal(left);
      expect(await found({ action: "tenant.set" })).to.deep.equal(left);
      expect(await found({ tenantId: "t0" })).to.deep.equal(left.filter(({ tenantId }) => tenantId === "t0"));
    });
  });
});
