import { expect } from "chai";
import fc from "fast-check";
import { Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { excess, grantable, type Rights, within } from "./grants.ts";
import { SCOPES } from "./scopes.ts";

const OWN: Rights = {
  scopes: ["jobs:read", "admin"],
  limits: { maxOpenJobs: 10, pagesPerDay: 0, formats: ["pdf", "txt"], engines: [], highestPriority: Priority.NORMAL },
  expireAt: 100,
};

const rights: fc.Arbitrary<Rights> = fc
  .record(
    {
      scopes: fc.subarray([...SCOPES]),
      limits: fc.record(
        {
          maxOpenJobs: fc.nat(20),
          requestsPerMinute: fc.nat(20),
          burst: fc.nat(20),
          formats: fc.subarray(["pdf", "txt", "docx"]),
          fairBy: fc.constant("key"),
        },
        { requiredKeys: [] },
      ),
      expireAt: fc.nat(200),
    },
    { requiredKeys: ["scopes", "limits"] },
  )
  .map((made) => made as Rights);

describe("what a key may grant", () => {
  it("is what it has: less is nothing beyond, and what is left open is as its own", () => {
    const less: Rights = {
      scopes: ["jobs:read"],
      limits: { maxOpenJobs: 9, pagesPerDay: 0, formats: ["pdf"], highestPriority: Priority.LOW },
    };
    expect(excess(within(less, OWN), OWN)).to.deep.equal([]);
    expect(within({ scopes: [], limits: {} }, OWN)).to.deep.equal({ ...OWN, scopes: [] });
  });
  it("is no scope, number, name, priority or day more", () => {
    const more: Rights = {
      scopes: ["jobs:read", "worker"],
      limits: { maxOpenJobs: 11, formats: ["pdf", "docx"], highestPriority: Priority.HIGH, pagesPerDay: 7 },
      expireAt: 101,
    };
    expect(excess(more, OWN)).to.deep.equal(["worker", "maxOpenJobs", "formats", "highestPriority", "expireTime"]);
  });
  it("is no more at once than its pace lets it make", () => {
    const own: Rights = { scopes: [], limits: { requestsPerMinute: 60 } };
    const asked = (limits: Rights["limits"]) => excess(within({ scopes: [], limits }, own), own);
    expect([asked({ burst: 1_000_000 }), asked({ burst: 60 }), asked({ requestsPerMinute: 30 })]).to.deep.equal([["burst"], [], []]);
    const twenty: Rights = { scopes: [], limits: { ...own.limits, burst: 20 } };
    expect(excess(within({ scopes: [], limits: { burst: 0 } }, twenty), twenty)).to.deep.equal(["burst"]);
  });
  it("is nothing without the limits that it has itself: no limit is more than any", () => {
    const unlimited = ["maxOpenJobs", "formats", "highestPriority", "expireTime"];
    expect(excess({ scopes: [], limits: {} }, OWN)).to.deep.equal(unlimited);
    expect(excess({ scopes: [], limits: { maxOpenJobs: 0, formats: [] } }, OWN)).to.deep.equal(unlimited);
  });
  it("is anything for operators", () => {
    expect(
      excess({ scopes: ["worker"], limits: {} }, grantable({ scopes: ["operator"], limits: { maxOpenJobs: 1 }, expireAt: 1 })),
    ).to.deep.equal([]);
  });
  it("never grows from grant to grant", () => {
    fc.assert(
      fc.property(rights, rights, rights, (first, second, third) => {
        if (first.scopes.includes("operator")) return;
        const granted = within(second, first);
        const again = within(third, granted);
        if (excess(granted, first).length > 0 || excess(again, granted).length > 0) return;
        expect(excess(again, first)).to.deep.equal([]);
      }),
    );
  });
});
