import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { isFinal as isFinalForClients } from "../client/dragoman.ts";
import { JobSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../platform/final.ts";
import { sources } from "./support/sources.ts";

describe("a final state", () => {
  it("is the same to clients and to the service", () => {
    const clients = Object.values(JobState).filter((state) => isFinalForClients(create(JobSchema, { state })));
    expect(clients).to.deep.equal(Object.values(JobState).filter(isFinal));
  });
  it("is asked for by name, as every other state and stage: their numbers are no order", () => {
    const compared = /(?<![=<>])[<>]=?\s*(?:JobState|Stage|ErrorCategory|TimelineReason|ResultFormat)\.|\b(?:JobState|Stage)\.\w+\s*[<>]=?/;
    const lines = sources(".ts", ".tsx").flatMap(({ file, content }) => content.split("\n").map((line) => `${file}: ${line.trim()}`));
    expect(lines.length).to.be.greaterThan(10_000);
    expect(lines.filter((line) => compared.test(line))).to.deep.equal([]);
  });
  it("is none that is not known", () => {
    const unknown = 99 as JobState;
    expect([isFinal(unknown), isFinalForClients(create(JobSchema, { state: unknown }))]).to.deep.equal([false, false]);
  });
});
