import type { IncomingMessage } from "node:http";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { GetUsageRequestSchema, JobService, UsageGrouping, UsageSchema, UsageSumsSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { isCsvWanted, usageCsv } from "./usage_csv.ts";

const usage = create(UsageSchema, {
  total: { pages: 9n, charactersBilled: 12345678901234n, workerSeconds: 1.25 },
  groups: [
    { day: "2026-11-26", label: 'team=a, "b"', sums: { pages: 4n } },
    { day: "2026-11-26", label: "-x=1+1", sums: { pages: 5n } },
  ],
});
const csv = (...groupBy: UsageGrouping[]) => usageCsv(usage, create(GetUsageRequestSchema, { groupBy }));
const wanted = (query: string, accept?: string, method = JobService.method.getUsage) => {
  const parameters = new URLSearchParams(query);
  return [isCsvWanted(method, { headers: { accept } } as IncomingMessage, parameters), String(parameters)];
};

describe("usage as CSV", () => {
  it("has a row for each group, with what it is of and every sum", () => {
    const rows = parse(csv(UsageGrouping.DAY, UsageGrouping.LABEL), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ day, label, pages }) => [day, label, pages])).to.deep.equal([
      ["2026-11-26", 'team=a, "b"', "4"],
      // No program takes it for a formula.
      ["2026-11-26", "'-x=1+1", "5"],
    ]);
    expect(Object.keys(rows[0] ?? {})).to.deep.equal(["day", "label", ...UsageSumsSchema.fields.map(({ name }) => name)]);
  });
  it("has one row of the sums where nothing is grouped by", () => {
    const rows = parse(csv(), { columns: true }) as Record<string, string>[];
    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({ pages: "9", characters_billed: "12345678901234", worker_seconds: "1.25", jobs_failed: "0" });
  });
  it("is asked for by the query, which goes before the header", () => {
    expect(wanted("format=csv&from=2026-11-01")).to.deep.equal([true, "from=2026-11-01"]);
    expect(wanted("", "text/csv, */*;q=0.1")).to.deep.equal([true, ""]);
    expect(wanted("format=json", "text/csv")).to.deep.equal([false, ""]);
    expect(wanted("", "application/json")).to.deep.equal([false, ""]);
    expect(wanted("format=csv", "text/csv", JobService.method.listJobs as never)).to.deep.equal([false, "format=csv"]);
    expect(() => wanted("format=xml")).to.throw("format is csv or json");
  });
});
