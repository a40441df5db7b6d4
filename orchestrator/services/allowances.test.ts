import { timestampDate } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import type { AllowanceStore } from "../store/allowance_store.ts";
import { reserveCharacters, usageOf } from "./allowances.ts";

const JOB_ID = "01K9ZV7P0C3D6F8G1J4K7M9N25";

describe("what was billed for a tenant", () => {
  /** It keeps what is spent, and refuses nothing. */
  function given(time: string) {
    const spent = new Map<string, number>();
    const at = (scope: string, name: string) => `${scope} ${name}`;
    const store: AllowanceStore & { readonly clock: { now(): number } } = {
      clock: { now: () => Date.parse(time) },
      takeRates: async () => 0,
      spend: async (scope, spendings) => {
        for (const { name, amount } of spendings) spent.set(at(scope, name), (spent.get(at(scope, name)) ?? 0) + amount);
        return undefined;
      },
      spent: async (scope, name) => spent.get(at(scope, name)) ?? 0,
    };
    const pay = (tenantId: string, characters: number) =>
      reserveCharacters(store, 0, {
        ...{ $typeName: "dragoman.v1.ReserveCharactersRequest", tenantId, jobId: JOB_ID, engine: "deepl", characters: BigInt(characters) },
        ...{ ahead: 0n, engineCharactersPerMonth: 0n, maxCharacters: 0n },
      });
    return { store, pay };
  }
  it("is what its jobs were billed in this month, beside its budget", async () => {
    const { store, pay } = given("2026-12-31T23:59:59Z");
    await pay("acme", 40);
    await pay("acme", -10);
    await pay("other", 7);
    const usage = await usageOf(store, "acme", 1000);
    expect([usage.charactersBilled, usage.charactersLimit]).to.deep.equal([30n, 1000n]);
    const month = [usage.startTime, usage.endTime].map((time) => time && timestampDate(time).toISOString());
    expect(month).to.deep.equal(["2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]);
  });
});
