import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { describeStores, type StorePlace } from "../../test/support/stores.ts";
import type { RateNeed, Spending } from "./allowance_store.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";

const MINUTE_MS = 60_000;

function describeAllowances(name: string, fixture: () => StorePlace) {
  describe(`what may be had, in ${name}`, () => {
    let store: Store;
    let now: number;
    let place: ReturnType<typeof fixture>;
    let scope = "";
    before(async () => {
      place = fixture();
      store = await place.open();
      now = store.clock.now();
    });
    beforeEach(() => {
      scope = `scope ${Math.random()}`;
    });
    after(async () => {
      await store[Symbol.asyncDispose]();
      await place.remove();
    });
    const need = (amount: number, more: Partial<RateNeed> = {}): RateNeed => ({
      name: "characters",
      amount,
      most: 600,
      periodMs: MINUTE_MS,
      ...more,
    });
    const take = (atMs: number, ...needs: RateNeed[]) => store.takeRates(scope, needs, now + atMs);
    const spending = (amount: number, more: Partial<Spending> = {}): Spending => ({
      ...{ name: "month", amount, ahead: 0, most: 100, expireAt: now + MINUTE_MS, ...more },
    });
    const spend = (...spendings: Spending[]) => store.spend(scope, spendings, now);

    it("is a tenth of a period's rate at once, and then as fast as the rate is", async () => {
      expect([await take(0, need(30)), await take(0, need(30)), await take(0, need(30))]).to.deep.equal([0, 0, 0]);
      expect(await take(0, need(30))).to.equal(3_000);
      expect([await take(3_000, need(30)), await take(3_000, need(30)), await take(6_000, need(30))]).to.deep.equal([0, 3_000, 0]);
    });
    it("is never more than the rate over time, however it is asked for", async () => {
      let taken = 0;
      for (let atMs = 0; atMs < MINUTE_MS; atMs += 400) if ((await take(atMs, need(13))) === 0) taken += 13;
      expect(taken).to.be.within(550, 600 * 1.1 + 13);
    });
    it("is let through once where it is more than the rate itself, and waited for afterwards", async () => {
      expect([await take(0, need(1200)), await take(0, need(1))]).to.deep.equal([0, 114_000]);
    });
    it("is taken of all rates, or of none", async () => {
      const [scarce, plenty] = [need(1, { name: "requests", most: 1 }), need(1)];
      expect([await take(0, scarce, plenty), (await take(0, plenty, scarce)) > 0]).to.deep.equal([0, true]);
      for (let count = 0; count < 59; count++) await take(0, plenty);
      expect(await take(0, plenty)).to.equal(0);
    });
    it("is as much of a budget as there is, together with what will be needed", async () => {
      expect(await spend(spending(60))).to.equal(undefined);
      expect([await spend(spending(41)), await spend(spending(0, { ahead: 41 })), await spend(spending(40))]).to.deep.equal([
        ...["month", "month", undefined],
      ]);
    });
    it("is more again where something is given back, and never more than there was", async () => {
      await spend(spending(100));
      expect([await spend(spending(-50)), await spend(spending(50)), await spend(spending(1))]).to.deep.equal([
        undefined,
        undefined,
        "month",
      ]);
      await spend(spending(-1000));
      expect([await spend(spending(100)), await spend(spending(1))]).to.deep.equal([undefined, "month"]);
    });
    it("is known, of each budget what was spent of it", async () => {
      await spend(spending(30), spending(5, { name: "job" }));
      await spend(spending(-10));
      const spent = (name: string) => store.spent(scope, name, now);
      expect([await spent("month"), await spent("job"), await spent("year")]).to.deep.equal([20, 5, 0]);
    });
    it("is spent of all budgets, or of none", async () => {
      expect(await spend(spending(10, { name: "job" }), spending(101))).to.equal("month");
      expect(await spend(spending(100, { name: "job" }))).to.equal(undefined);
    });
    it("is one scope's own", async () => {
      await spend(spending(100));
      expect(await store.spend(`${scope} another`, [spending(100)], now)).to.equal(undefined);
    });
    it("is had again when the budget's time is over", async () => {
      await spend(spending(100, { expireAt: now + 100 }));
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await store.spend(scope, [spending(100, { expireAt: now + 1000 })], now + 150)).to.equal(undefined);
    });
    it("is as well what a tenant has set, as it was set last", async () => {
      expect(await store.settings(scope)).to.equal(undefined);
      for (const content of [
        [1, 2, 3],
        [0, 255],
      ])
        await store.saveSettings(scope, Uint8Array.from(content));
      expect([...((await store.settings(scope)) ?? [])]).to.deep.equal([0, 255]);
      expect(await store.settings(`${scope} another`)).to.equal(undefined);
    });
    it("is an outage where the store is away", async () => {
      const closed = await fixture().open();
      await closed[Symbol.asyncDispose]();
      const codes = [
        closed.takeRates(scope, [need(1)], now),
        closed.spend(scope, [spending(1)], now),
        closed.spent(scope, "month", now),
      ].map((call) =>
        call.then(
          () => "none",
          ({ code }: DragomanError) => code,
        ),
      );
      expect(await Promise.all(codes)).to.deep.equal(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
    });
  });
}

describeStores(describeAllowances);

describe("budgets in SQLite", () => {
  it("are forgotten when their time is over, a few with each that is spent", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dragoman-budgets-"));
    const file = path.join(folder, "jobs.db");
    await using store = openSqliteStore(file);
    const spend = (name: string, at: number) => store.spend("t", [{ name, amount: 1, ahead: 0, most: 9, expireAt: at + 10 }], at);
    for (let job = 0; job < 6; job++) await spend(`job ${job}`, 1_000);
    for (let job = 6; job < 9; job++) await spend(`job ${job}`, 2_000);
    using db = new DatabaseSync(file, { readOnly: true });
    expect(
      db
        .prepare("SELECT name FROM allowances ORDER BY name")
        .all()
        .map(({ name }) => name),
    ).to.deep.equal(["job 6", "job 7", "job 8"]);
    rmSync(folder, { recursive: true });
  });
});
