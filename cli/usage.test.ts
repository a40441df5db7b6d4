import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ListUsageResponseSchema } from "../gen/dragoman/v1/admin_service_pb.ts";
import { UsageGrouping, UsageSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { tenantsText } from "./admin/usage.ts";
import { groupings, usageText } from "./usage.ts";

describe("usage on the command line", () => {
  it("takes what it is told apart by, and nothing else", () => {
    expect(groupings("Day, label")).to.deep.equal([UsageGrouping.DAY, UsageGrouping.LABEL]);
    for (const wrong of ["", "days", "day,,key", "__proto__"])
      expect(() => groupings(wrong), wrong).to.throw("some of day,key,label,engine");
  });
  it("is of all tenants a row for each, below its groups", () => {
    const tenants = [{ tenantId: "acme", total: { pages: 3n }, groups: [{ day: "2026-11-26", sums: { pages: 3n } }] }, { tenantId: "b" }];
    const names = tenantsText(create(ListUsageResponseSchema, { tenants }))
      .split("\n")
      .map((row) => row.slice(0, 16).trim());
    expect(names).to.deep.equal(["", "acme  2026-11-26", "acme", "b", ""]);
  });
  it("is a table with a row for all, and the month's budget", () => {
    const usage = create(UsageSchema, {
      ...{ from: "2026-11-01", to: "2026-11-26", charactersBilled: 70n, charactersLimit: 1000n },
      total: { jobsSucceeded: 2n, jobsFailed: 1n, pages: 120n, workerSeconds: 5400 },
      groups: [{ day: "2026-11-26", label: "team=a", sums: { jobsSucceeded: 2n, pages: 7n } }],
    });
    expect(usageText(usage).split("\n")).to.deep.equal([
      "                          jobs  failed  pages  by OCR  characters  billed  worker h",
      "2026-11-26  team=a           2       0      7       0           0       0      0.00",
      "2026-11-01 to 2026-11-26     3       1    120       0           0       0      1.50",
      "billed in this month, jobs that go on with it: 70 of 1000 characters",
    ]);
  });
});
