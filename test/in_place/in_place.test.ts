import { expect } from "chai";
import { knownFaults } from "./faults.ts";
import { claimsOf, judge } from "./judge.ts";
import { IN_PLACE } from "./samples.ts";

describe("documents translated in place", () => {
  it("are of at least forty kinds", () => {
    expect(new Set(IN_PLACE.map(({ id }) => id)).size)
      .to.equal(IN_PLACE.length)
      .and.to.be.at.least(40);
  });
  for (const { make, ...sample } of IN_PLACE)
    it(`look as ${sample.id} did, but for known faults`, async () => {
      const known = (await knownFaults()).get(sample.id) ?? [];
      const { faults } = await judge({ ...sample, bytes: await make() });
      const said = JSON.stringify([...faults]);
      expect(
        claimsOf(faults).filter((claim) => !known.includes(claim)),
        said,
      ).to.deep.equal([]);
      expect(
        known.filter((claim) => !claimsOf(faults).some((one) => one === claim)),
        "strike it from faults.json",
      ).to.deep.equal([]);
    });
});
