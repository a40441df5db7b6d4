import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { retentionMsOf } from "./retention.ts";

describe("how long a job is kept", () => {
  const kept = (asked: number, tenant: number | undefined, deploymentHours: number) => {
    const job = create(JobSchema, { options: { retentionSeconds: BigInt(asked) } });
    return retentionMsOf(job, tenant === undefined ? {} : { retentionSeconds: tenant }, deploymentHours * 3600_000) / 1000;
  };
  it("is the deployment's where nobody says more", () => expect(kept(0, undefined, 2)).to.equal(7200));
  it("is the tenant's before the deployment's, longer or for ever too", () => {
    expect([kept(0, 60, 2), kept(0, 9000, 2), kept(0, 0, 2)]).to.deep.equal([60, 9000, 0]);
  });
  it("is the shorter of the job's and that", () => {
    expect([kept(30, 60, 2), kept(90, 60, 2), kept(30, 0, 0), kept(30, undefined, 2)]).to.deep.equal([30, 60, 30, 30]);
  });
});
