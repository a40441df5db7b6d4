import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { isFinal as isFinalForClients } from "../client/dragoman.ts";
import { JobSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../platform/final.ts";

describe("a final state", () => {
  it("is the same to clients and to the service", () => {
    const clients = Object.values(JobState).filter((state) => isFinalForClients(create(JobSchema, { state })));
    expect(clients).to.deep.equal(Object.values(JobState).filter(isFinal));
  });
  it("is none that is not known", () => {
    const unknown = 99 as JobState;
    expect([isFinal(unknown), isFinalForClients(create(JobSchema, { state: unknown }))]).to.deep.equal([false, false]);
  });
});
