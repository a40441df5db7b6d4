import { expect } from "chai";
import { fairAllocation, jain, percentiles } from "../../bench/simulation/fairness.ts";
import { type Arrival, fairOrder, play } from "../../bench/simulation/run.ts";
import { Random } from "../fuzz/random.ts";

const SLOTS = 8;

/** Twenty tenants that use two thirds of the slots, and one that sends as much at once as they do together, or nothing. */
function arrivals(withFlood: boolean): Arrival[] {
  const random = new Random(1);
  const made: Arrival[] = [];
  const make = (at: number, tenantId: string) =>
    made.push({ id: String(made.length).padStart(5, "0"), tenantId, lane: "k", share: 1, cost: 1 + random.int(7), rank: at, at });
  if (withFlood) for (let index = 0; index < 1500; index++) make(0, "flood");
  for (let index = 0; index < 1500; index++) make(index * 0.75, `t${index % 20}`);
  return made;
}

function waitOfOthers(jobs: readonly Arrival[]): number {
  const { startedAt } = play(
    jobs,
    fairOrder(jobs, () => 1),
    SLOTS,
    1,
  );
  const waits = jobs.flatMap(({ tenantId, at }, place) => (tenantId === "flood" ? [] : [(startedAt[place] as number) - at]));
  return percentiles(waits, [95])[0] as number;
}

describe("a simulation of the order of jobs", () => {
  it("shows that a flood lets others wait for little more than a document", () => {
    const longest = 7;
    expect(waitOfOthers(arrivals(true))).to.be.at.most(waitOfOthers(arrivals(false)) + longest);
  });
  it("counts who has the same as one, and who has all as their share of many", () => {
    expect([jain([2, 2, 2]), jain([1, 0, 0, 0])]).to.deep.equal([1, 0.25]);
  });
  it("gives nobody more than it demands, and the rest by weights", () => {
    const claims = [
      { demand: 2, weight: 1 },
      { demand: 90, weight: 1 },
      { demand: 90, weight: 3 },
    ];
    expect(fairAllocation(claims, 42)).to.deep.equal([2, 10, 30]);
  });
});
