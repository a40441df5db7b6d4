import { expect } from "chai";
import { UsageError } from "../../platform/usage_error.ts";
import { ratesIn } from "./allowances.ts";

describe("what may be asked of a translation engine", () => {
  it("is what its address says, and is refused where that is no number: it would be no limit", () => {
    const rates = (query: string) => ratesIn({ name: "mine", url: new URL(`deepl:?${query}`) });
    expect(rates("characters_per_month=500000")).to.deep.equal({
      ...{ requestsPerMinute: 0, charactersPerMinute: 0, charactersPerMonth: 500_000 },
    });
    for (const wrong of ["characters_per_month=500_000", "characters_per_month=", "requests_per_minute=-1"])
      expect(() => rates(wrong), wrong).to.throw(UsageError);
  });
});
