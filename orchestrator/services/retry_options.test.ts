import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { retryOptions } from "./retry_options.ts";

describe("the options of a retry", () => {
  const before = create(JobOptionsSchema, { targetLanguage: "es", engine: "deepl", tone: "plain", labels: { order: "1" } });
  const with_ = (given: object, mask: string[] = []) => retryOptions(before, create(JobOptionsSchema, given), mask);

  it("are the job's but for those that are given", () => {
    expect(with_({ engine: "apertium", priority: Priority.HIGH })).to.deep.equal(
      create(JobOptionsSchema, { ...before, engine: "apertium", priority: Priority.HIGH }),
    );
  });
  it("lose what a mask names and is not given, and keep what it does not name", () => {
    expect(with_({ engine: "apertium" }, ["tone", "labels"])).to.deep.equal(
      create(JobOptionsSchema, { targetLanguage: "es", engine: "deepl" }),
    );
  });
  it("leave the job's own as they are, and never hold a password", () => {
    with_({ labels: { other: "2" } }).labels["more"] = "3";
    expect(before.labels).to.deep.equal({ order: "1" });
    expect(with_({ password: "secret" }, ["password"]).password).to.equal("");
  });
  it("are refused for a mask of other names", () => {
    expect(() => with_({}, ["engin"]))
      .to.throw()
      .with.property("code", "INVALID_REQUEST");
  });
});
