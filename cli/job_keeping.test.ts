import { expect } from "chai";
import { Command } from "commander";
import { Priority } from "../gen/dragoman/v1/job_pb.ts";
import { type KeepingOptions, keepingOf, withKeeping } from "./job_keeping.ts";

const NOW = 1_790_000_000_000;
const parsed = (...given: string[]) =>
  withKeeping(new Command("translate").exitOverride().configureOutput({ writeErr: () => undefined }))
    .parse(given, { from: "user" })
    .opts<KeepingOptions>();

describe("options of when a job is worked on and how long it is kept", () => {
  it("are those of a job", () => {
    const marks = ["--label", "order=1042", "--label", "sum=a=b", "--priority", "high"];
    const options = parsed(...marks, "--not-before", "1h", "--expire-in", "2h", "--keep-for", "7d");
    expect(keepingOf(options, NOW)).to.deep.include({
      ...{ labels: { order: "1042", sum: "a=b" }, priority: Priority.HIGH },
      ...{ expireInSeconds: 7200, retentionSeconds: 604_800n },
    });
    expect(keepingOf(options, NOW).notBefore?.seconds).to.equal(BigInt(NOW / 1000 + 3600));
    expect(keepingOf(parsed(), NOW)).to.deep.equal({});
  });
  it("take no mark without a name and a value, and no duration that is none", () => {
    for (const given of [
      ["--label", "order"],
      ["--label", "=1"],
      ["--label", "order="],
      ["--expire-in", "soon"],
    ])
      expect(() => parsed(...given), given.join(" ")).to.throw("It takes");
  });
});
