import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../jobs/change.ts";
import type { JobRecord } from "../jobs/job.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function aRecord(): JobRecord {
  const given = { id: "a", tenantId: "t", inputKey: "tenants/t/uploads/u", fileName: "a.pdf", sizeBytes: 1, traceUrl: "" };
  const record = newJob({ ...given, options: create(JobOptionsSchema), traceparent: TRACEPARENT }, 1000);
  return { ...record, deliveryAttempt: 3, invitationTraceparent: TRACEPARENT };
}

describe("an envelope", () => {
  it("comes back as it was stored", () => {
    const { job: _, ...envelope } = aRecord();
    expect(decodeEnvelope(encodeEnvelope(aRecord()))).to.deep.equal(envelope);
  });

  it("is stored under the names that older versions read", () => {
    const stored = JSON.parse(encodeEnvelope(aRecord())) as Record<string, unknown>;
    expect(stored).to.include({ wakeAt: 86_401_000, dispatch: 3, carriedBy: TRACEPARENT });
    expect(stored).not.to.have.any.keys("timerAt", "deliveryAttempt", "invitationTraceparent");
  });

  it("of the first version is read, what it lacks as it is for a new job", () => {
    const first =
      '{"tenantId":"t","inputKey":"k","timerAt":5,"dispatch":2,"invitedAt":null,"workerId":"","attemptsReleased":0,"crashes":1}';
    expect(decodeEnvelope(first)).to.deep.include({
      timerAt: 5,
      deliveryAttempt: 2,
      invitationTraceparent: "",
      outages: 0,
      losses: 0,
      crashes: 1,
    });
  });
});
