import { expect } from "chai";
import { knownFaults } from "./faults.ts";
import { type Judgement, judge } from "./judge.ts";
import { SAMPLES } from "./samples.ts";

/** Claims that do not hold and are not known, and known ones that hold, with what was measured. */
function surprises({ failed, measures, outcome }: Judgement, known: readonly string[]): string[] {
  const figures = measures ? JSON.stringify(measures) : JSON.stringify(outcome);
  return [
    ...failed.filter((claim) => !known.includes(claim)).map((claim) => `${claim} does not hold: ${figures.slice(0, 600)}`),
    ...known.filter((claim) => !failed.some((one) => one === claim)).map((claim) => `${claim} holds: strike it from faults.json`),
  ];
}

const kinds = Map.groupBy(
  SAMPLES.filter(({ quick }) => quick),
  ({ kind }) => kind,
);

describe("reading", () => {
  it("has at least 120 documents of the project's own making", () => {
    expect(SAMPLES.filter(({ id }) => !id.startsWith("given-")).length).to.be.at.least(120);
    expect(new Set(SAMPLES.map(({ id }) => id)).size).to.equal(SAMPLES.length);
  });

  it("makes the same bytes for a document every time", async () => {
    for (const id of ["columns-3-gutter-16-de", "form-choice-es", "scan-table-ruled"]) {
      const sample = SAMPLES.find((one) => one.id === id);
      const [once, again] = [await sample?.make(), await sample?.make()];
      expect(Buffer.compare(once?.bytes ?? Buffer.of(1), again?.bytes ?? Buffer.of(2)), id).to.equal(0);
    }
  });

  it("lists faults only of documents there are", async () => {
    expect(
      [...(await knownFaults()).keys()].filter((id) => !SAMPLES.some((sample) => sample.id === id.replace(/^translated /, ""))),
    ).to.deep.equal([]);
  });

  for (const [kind, samples] of kinds)
    describe(kind, () => {
      for (const sample of samples)
        it(`reads ${sample.id} as it is, but for known faults`, async () => {
          const known = (await knownFaults()).get(sample.id) ?? [];
          expect(surprises(await judge(sample), known)).to.deep.equal([]);
        });
    });
});
