import type { IncomingMessage } from "node:http";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { ListUsageRequestSchema, ListUsageResponseSchema } from "../gen/dragoman/v1/admin_service_pb.ts";
import { GetUsageRequestSchema, UsageGrouping, UsageSchema, UsageSumsSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { isCsvWanted } from "./csv.ts";
import { usageCsv } from "./usage_csv.ts";

const usage = create(UsageSchema, {
  total: { pages: 9n, charactersBilled: 12345678901234n, workerSeconds: 1.25 },
  groups: [
    { day: "2026-11-26", label: 'team=a, "b"', sums: { pages: 4n } },
    { day: "2026-11-26", label: "-x=1+1", sums: { pages: 5n, bytesOut: -3n } },
  ],
});
const { DAY, LABEL } = UsageGrouping;
const rowsOf = (csv = "") => parse(csv, { columns: true }) as Record<string, string>[];
const csv = (...groupBy: UsageGrouping[]) => rowsOf(usageCsv(create(GetUsageRequestSchema, { groupBy }), usage));
const wanted = (query: string, accept?: string) => {
  const parameters = new URLSearchParams(query);
  return [isCsvWanted({ headers: { accept } } as IncomingMessage, parameters), String(parameters)];
};

describe("usage as CSV", () => {
  it("has a row for each group, with what it is of and every sum", () => {
    const rows = csv(DAY, LABEL);
    expect(rows.map(({ day, label, pages, bytes_out: bytes }) => [day, label, pages, bytes])).to.deep.equal([
      ["2026-11-26", 'team=a, "b"', "4", "0"],
      // No program takes it for a formula.
      ["2026-11-26", "'-x=1+1", "5", "-3"],
    ]);
    expect(Object.keys(rows[0] ?? {})).to.deep.equal(["day", "label", ...UsageSumsSchema.fields.map(({ name }) => name)]);
  });
  it("has one row of the sums where nothing is grouped by", () => {
    expect(csv()).to.have.length(1);
    expect(csv()[0]).to.include({ pages: "9", characters_billed: "12345678901234", worker_seconds: "1.25", jobs_failed: "0" });
  });
  it("has of several tenants a row for each, or for each of its groups", () => {
    const { total, groups } = usage;
    const answer = create(ListUsageResponseSchema, {
      tenants: [{ tenantId: "acme", ...(total && { total }), groups }, { tenantId: "other" }],
    });
    const shown = (...groupBy: UsageGrouping[]) =>
      rowsOf(usageCsv(create(ListUsageRequestSchema, { groupBy }), answer)).map((row) => [row["tenant_id"], row["day"], row["pages"]]);
    expect(shown()).to.deep.equal([
      ["acme", undefined, "9"],
      ["other", undefined, "0"],
    ]);
    expect(shown(DAY)).to.deep.equal([
      ["acme", "2026-11-26", "4"],
      ["acme", "2026-11-26", "5"],
    ]);
  });
  it("is asked for by the query, which goes before the header", () => {
    expect(wanted("format=csv&from=2026-11-01")).to.deep.equal([true, "from=2026-11-01"]);
    expect(wanted("", "text/csv, */*;q=0.1")).to.deep.equal([true, ""]);
    expect(wanted("format=json", "text/csv")).to.deep.equal([false, ""]);
    expect(wanted("", "application/json")).to.deep.equal([false, ""]);
    expect(() => wanted("format=xml")).to.throw("format is csv or json");
  });
});
