import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { QuotaViolationSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobOptionsSchema, OverQuota } from "../../gen/dragoman/v1/job_pb.ts";
import { WaitReason } from "../../gen/dragoman/v1/job_service_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { newJob } from "../jobs/change.ts";
import type { JobCommand, JobRecord } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { POLICY } from "../jobs/policy.ts";
import { explain } from "./explanation.ts";

const NOW = 1_000_000;
const BUSY = { workers: 2, slots: 4, slotsFree: 0 };

function aJob(notBefore?: number): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es", ...(notBefore && { notBefore: timestampFromMs(notBefore) }) });
  return newJob({ id: "a", tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, options, traceparent: "", traceUrl: "" }, NOW);
}

function afterwards(record: JobRecord, ...commands: JobCommand[]): JobRecord {
  for (const command of commands) {
    const outcome = transition(record, command, NOW);
    if (outcome.kind === "refused") throw new Error(outcome.code);
    record = outcome.record;
  }
  return record;
}

function reason(record: JobRecord, capacity = BUSY, served = true, heldBack?: WaitReason): [WaitReason, number | undefined] {
  const { waitsFor, waitUntil } = explain(record, { position: 1, capacity, served, heldBack });
  return [waitsFor, waitUntil && timestampMs(waitUntil)];
}

const CLAIM: JobCommand[] = [{ kind: "invite" }, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" }];

describe("an explanation", () => {
  it("says until when a scheduled job waits", () => {
    expect(reason(aJob(NOW + 5_000))).to.deep.equal([WaitReason.SCHEDULE, NOW + 5_000]);
  });
  it("tells a missing worker, a missing slot and another's turn apart", () => {
    const reasons = [{ workers: 0, slots: 0, slotsFree: 0 }, BUSY, { ...BUSY, slotsFree: 1 }].map(
      (capacity) => reason(aJob(), capacity)[0],
    );
    expect(reasons).to.deep.equal([WaitReason.NO_WORKER, WaitReason.NO_SLOT, WaitReason.TURN]);
  });
  it("says that there are workers, and none that can do the job", () => {
    expect(reason(aJob(), { ...BUSY, slotsFree: 1 }, false)[0]).to.equal(WaitReason.NO_CAPABLE_WORKER);
  });
  it("says what holds a job back, before it asks after workers, of one that waits for them alone", () => {
    const { TENANT_PAUSED, SCHEDULE } = WaitReason;
    expect(reason(aJob(), { workers: 0, slots: 0, slotsFree: 0 }, true, TENANT_PAUSED)[0]).to.equal(TENANT_PAUSED);
    expect(reason(aJob(NOW + 5_000), BUSY, true, TENANT_PAUSED)[0]).to.equal(SCHEDULE);
  });
  it("says until when an invited worker may claim", () => {
    expect(reason(afterwards(aJob(), { kind: "invite" }))).to.deep.equal([WaitReason.CLAIM, NOW + POLICY.invitationTtlMs]);
  });
  it("says when the next attempt is due", () => {
    const failed = afterwards(aJob(), ...CLAIM, { kind: "fail", attempt: 1, error: errorDetail("STORAGE_FAILED", "") });
    expect(reason(failed)).to.deep.equal([WaitReason.BACK_OFF, failed.timerAt]);
  });
  it("says that a job waits for its quota, and when it looks again", () => {
    const quota = create(QuotaViolationSchema, { quota: "pages", limit: 9n, resetTime: timestampFromMs(NOW + 60_000) });
    const options = create(JobOptionsSchema, { targetLanguage: "es", overQuota: OverQuota.WAIT });
    const record = aJob();
    const over: JobCommand = { kind: "over_quota", attempt: 1, pages: 5, error: errorDetail("QUOTA_EXCEEDED", "", { quota }) };
    const waiting = afterwards({ ...record, job: { ...record.job, options } }, ...CLAIM, over);
    expect(reason(waiting)).to.deep.equal([WaitReason.QUOTA, NOW + 60_000]);
  });
  it("gives no reason for a job that runs", () => {
    expect(reason(afterwards(aJob(), ...CLAIM))).to.deep.equal([WaitReason.UNSPECIFIED, undefined]);
  });
});
