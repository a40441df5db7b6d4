import { expect } from "chai";
import { UsageError } from "../../platform/usage_error.ts";
import { ratesIn, sharedAllowances } from "./allowances.ts";

describe("what may be asked of a translation engine", () => {
  it("is what its address says, and is refused where that is no number: it would be no limit", () => {
    const rates = (query: string) => ratesIn({ name: "mine", url: new URL(`deepl:?${query}`) });
    expect(rates("characters_per_month=500000")).to.deep.equal({
      ...{ requestsPerMinute: 0, charactersPerMinute: 0, charactersPerMonth: 500_000 },
    });
    for (const wrong of ["characters_per_month=500_000", "characters_per_month=", "requests_per_minute=-1"])
      expect(() => rates(wrong), wrong).to.throw(UsageError);
  });
  it("is asked for until whoever wants it gives up: a call that ends otherwise would be a job that was cancelled", async () => {
    const signals: unknown[] = [];
    const allowances = sharedAllowances({
      orchestrator: {
        takeRate: async (_, { signal } = {}) => (signals.push(signal), { $typeName: "dragoman.v1.TakeRateResponse", waitMs: 0n }),
        reserveCharacters: async (_, { signal } = {}) => (
          signals.push(signal), { $typeName: "dragoman.v1.ReserveCharactersResponse", exceeded: 0 }
        ),
      },
      apiKey: "k",
      rates: new Map([["mine", { requestsPerMinute: 1, charactersPerMinute: 0, charactersPerMonth: 0 }]]),
    });
    const { signal } = new AbortController();
    await allowances.takeRate("mine", 1, signal);
    await allowances.reserve({ tenantId: "t", jobId: "j", engine: "mine", characters: 1, ahead: 0 }, signal);
    expect(signals).to.deep.equal([signal, signal]);
  });
});
