import { expect } from "chai";
import { DragomanError } from "../../platform/errors.ts";
import { type QuotaWarning, QuotaWarnings, warningEvent } from "./quota_warnings.ts";

describe("warnings of quotas", () => {
  function given({ pages = 0, open = 0, characters = 0, now = "2026-12-01T10:00:00Z" }) {
    const told: QuotaWarning[] = [];
    const time = { now: Date.parse(now), away: false };
    const held: Record<string, number> = { pages, open };
    const store = {
      clock: { now: () => time.now },
      async meters(_: string, names: readonly string[]) {
        if (time.away) throw DragomanError.of("UNAVAILABLE", "away");
        return names.map((name) => ({ held: held[name] ?? 0, level: 0, at: 0 }));
      },
      spent: async () => characters,
    };
    const warnings = new QuotaWarnings({
      store,
      limitsOf: async () => ({ maxOpenJobs: 10, pagesPerDay: 100, charactersPerMonth: 1000 }),
      tell: async (warning) => void told.push(warning),
    });
    return { warnings, told, time };
  }

  it("are given from four fifths of a limit on, to who was charged since", async () => {
    const { warnings, told } = given({ pages: 80, open: 7, characters: 999 });
    await warnings.step();
    expect(told).to.deep.equal([]);
    warnings.mark("t");
    await warnings.step();
    expect(told.map(({ quota, used, limit }) => [quota, used, limit])).to.deep.equal([
      ["pages", 80, 100],
      ["characters", 999, 1000],
    ]);
    expect(told.map(warningEvent)[0]).to.deep.include({ type: "quota.warning", tenantId: "t" });
    expect(told.map(warningEvent)[0]?.data).to.deep.equal({ limit: "pages_per_day", most: "100", used: "80" });
    await warnings.step();
    expect(told).to.have.length(2);
  });
  it("are the same for a day", async () => {
    const { warnings, told, time } = given({ pages: 90 });
    for (const hours of [0, 13, 2]) {
      time.now += hours * 3600_000;
      warnings.mark("t");
      await warnings.step();
    }
    const [first, second, third] = told.map(({ id }) => id);
    expect(first).to.match(/^msg_[0-9A-Z]{26}$/);
    expect(second).to.equal(first);
    expect(third).not.to.equal(first);
  });
  it("come later where the store is away", async () => {
    const { warnings, told, time } = given({ open: 10 });
    warnings.mark("t");
    time.away = true;
    expect(await warnings.step().catch((error: DragomanError) => error.code)).to.equal("UNAVAILABLE");
    time.away = false;
    await warnings.step();
    expect(told.map(({ quota }) => quota)).to.deep.equal(["open-jobs"]);
  });
});
