import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { GetUsageRequestSchema, UsageGrouping } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { type Day, type Dimension, NO_SUMS } from "../policy/usage.ts";
import type { DayUsage, UsageStore } from "../store/usage_store.ts";
import { usageReport } from "./usage.ts";

const NOW = Date.UTC(2026, 10, 26, 12);
const { DAY, KEY, LABEL, ENGINE } = UsageGrouping;

/** A store that has these pages, by dimension, day and name, and remembers which days were asked for. */
function storeOf(pages: readonly (readonly [Dimension, Day, string, number])[]) {
  const asked: string[] = [];
  const usage: UsageStore["usage"] = async ({ dimension, from, to, name: wanted }) => {
    asked.push(`${dimension} ${from} ${to}`);
    return pages
      .filter(([each, day]) => each === dimension && day >= from && day <= to)
      .map(([, day, name, count]): DayUsage => ({ day, name, sums: { ...NO_SUMS, pages: count, workerMs: 1_500, succeeded: 1 } }))
      .filter(({ name }) => wanted === undefined || name === wanted);
  };
  return { store: { clock: { now: () => NOW }, usage }, asked };
}

const PAGES = [
  ["total", "2026-10-31", "", 100],
  ["total", "2026-11-01", "", 5],
  ["total", "2026-11-26", "", 7],
  ["label", "2026-11-01", "team=a", 5],
  ["label", "2026-11-26", "team=a", 3],
  ["label", "2026-11-26", "urgent=1", 3],
] as const;

async function report(request: MessageInitShape<typeof GetUsageRequestSchema>, pages: Parameters<typeof storeOf>[0] = PAGES) {
  const { store, asked } = storeOf(pages);
  const { from, to, total, groups } = await usageReport(store, "t", create(GetUsageRequestSchema, request));
  return {
    days: `${from} ${to}`,
    total,
    groups: groups.map(({ day, keyId, label, engine, sums }) => [day || keyId || label || engine, Number(sums?.pages)]),
    asked,
  };
}

describe("the report of usage", () => {
  it("is of this month until today, each job counted once", async () => {
    const { days, total, groups } = await report({});
    expect(days).to.equal("2026-11-01 2026-11-26");
    expect([total.pages, total.jobsSucceeded, total.workerSeconds, total.charactersBilled]).to.deep.equal([12n, 2n, 3, 0n]);
    expect(groups).to.deep.equal([]);
  });
  it("is told apart by days, and by a dimension over all of them, with the same total", async () => {
    expect((await report({ groupBy: [DAY], from: "2026-10-01" })).groups).to.deep.equal([
      ...[
        ["2026-10-31", 100],
        ["2026-11-01", 5],
        ["2026-11-26", 7],
      ],
    ]);
    const byLabel = await report({ groupBy: [LABEL] });
    expect(byLabel.groups).to.deep.equal([
      ["team=a", 8],
      ["urgent=1", 3],
    ]);
    expect(byLabel.total.pages).to.equal(12n);
  });
  it("is of what is asked for alone, the total as well", async () => {
    const { total, groups } = await report({ groupBy: [DAY, LABEL], label: "team=a" });
    expect(total.pages).to.equal(8n);
    expect(groups).to.deep.equal([
      ["2026-11-01", 5],
      ["2026-11-26", 3],
    ]);
    expect((await report({ label: "team=b" })).total.pages).to.equal(0n);
  });
  it("asks for each day once, a month at a time", async () => {
    const { asked } = await report({ from: "2026-09-20", to: "2026-11-26" });
    expect(asked).to.deep.equal(["total 2026-09-20 2026-10-20", "total 2026-10-21 2026-11-20", "total 2026-11-21 2026-11-26"]);
  });
  it("is of a month that is over where only its end is said", async () => {
    expect((await report({ to: "2026-10-31" })).days).to.equal("2026-10-01 2026-10-31");
  });
  it("has no more groups than fit in an answer", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ["label", "2026-11-02", `n=${index}`, 1] as const);
    await report({ groupBy: [LABEL] }, many.slice(1));
    expect(await violated(report({ groupBy: [LABEL] }, many))).to.deep.equal(["from"]);
    const long = Array.from({ length: 9_000 }, (_, index) => ["label", "2026-11-02", `n=${index}`.padEnd(100, "x"), 1] as const);
    expect(await violated(report({ groupBy: [LABEL] }, long))).to.deep.equal(["from"]);
  });

  const REFUSED: readonly (readonly [MessageInitShape<typeof GetUsageRequestSchema>, string])[] = [
    [{ from: "2026-02-29" }, "from"],
    [{ from: "26-1-1", to: "x" }, "from,to"],
    [{ from: "2026-11-02", to: "2026-11-01" }, "from"],
    [{ from: "2025-10-22", to: "2026-11-26" }, "from"],
    [{ groupBy: [KEY, ENGINE] }, "group_by"],
    [{ groupBy: [DAY, DAY] }, "group_by"],
    [{ groupBy: [UsageGrouping.UNSPECIFIED] }, "group_by"],
    [{ groupBy: [KEY], label: "team" }, "group_by"],
    [{ keyId: "k", engine: "e" }, "key_id"],
  ];
  for (const [request, field] of REFUSED)
    it(`refuses ${JSON.stringify(request)}`, async () => expect((await violated(report(request))).join()).to.equal(field));
});

async function violated(work: Promise<unknown>): Promise<string[]> {
  return work.then(
    () => [],
    (error: DragomanError) => error.detail.violations.map(({ field }) => field),
  );
}
