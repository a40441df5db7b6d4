import { expect } from "chai";
import { Command } from "commander";
import { LimitsSchema } from "../gen/dragoman/v1/limits_pb.ts";
import { limitsOf, toLimits } from "../orchestrator/services/limits_message.ts";
import { limitsFrom, withLimits } from "./limit_options.ts";

const GIVEN = [
  ...["--max-open-jobs", "1", "--max-running-jobs", "2", "--requests-per-minute", "3", "--burst", "0", "--pages-per-day", "5"],
  ...["--max-stored-mb", "6", "--max-upload-bytes", "7000000000", "--formats", "pdf,.TXT", "--engines", "deepl,my-llm"],
  ...["--highest-priority", "low", "--weight", "2.5"],
];
const OF_TENANT = ["--characters-per-month", "8", "--fair-by", "label:team", "--retention-days", "9", "--webhook-hosts", "*.acme.example"];

function limits(of: "key" | "tenant", args: readonly string[]) {
  const command = withLimits(
    new Command()
      .option("--tenant <name>")
      .exitOverride()
      .configureOutput({ writeErr: () => undefined }),
    of,
  );
  return limitsFrom(command.parse(args, { from: "user" }).opts());
}

describe("limits as options", () => {
  it("have one for every field of a tenant's, and are the same as a message", () => {
    const given = limits("tenant", [...GIVEN, ...OF_TENANT, "--tenant", "acme"]);
    expect(Object.keys(given).sort()).to.deep.equal(LimitsSchema.fields.map(({ localName }) => localName).sort());
    expect(given).to.deep.include({ maxStoredBytes: 6_000_000, burst: 0, formats: ["pdf", "txt"], retentionSeconds: 777_600 });
    expect(limitsOf(toLimits(given))).to.deep.equal(given);
  });
  it("are of a key but for what only tenants have", () => {
    expect(Object.keys(limits("key", GIVEN))).to.have.length(11);
    for (const option of OF_TENANT.filter((word) => word.startsWith("--"))) expect(() => limits("key", [option, "1"]), option).to.throw();
  });
  it("go by their older names too, and are none where none is given", () => {
    expect(limits("key", ["--file-types", "pdf", "--max-upload-mb", "5"])).to.deep.equal({ formats: ["pdf"], maxUploadBytes: 5_000_000 });
    expect(limits("key", ["--tenant", "acme"])).to.deep.equal({});
  });
  for (const wrong of [
    ["--max-open-jobs", "-1"],
    ["--pages-per-day", "1.5"],
    ["--weight", "0"],
    ["--weight", "1001"],
    ["--highest-priority", "urgent"],
    ["--formats", "pdf,,"],
  ])
    it(`take no ${wrong.join(" ")}`, () => {
      expect(() => limits("key", wrong)).to.throw();
    });
});
