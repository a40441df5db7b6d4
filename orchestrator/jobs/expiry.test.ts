import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { QuotaViolationSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobOptionsSchema, JobState, OverQuota, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { newJob } from "./change.ts";
import type { JobCommand, JobRecord, Outcome } from "./job.ts";
import { transition } from "./machine.ts";
import { waitingForQuota } from "./quota.ts";

const START = 1_000_000;
const SECONDS = 100;
const EXPIRY = START + SECONDS * 1000;

function aJob(notBefore?: number): JobRecord {
  const options = create(JobOptionsSchema, {
    ...{ targetLanguage: "es", expireInSeconds: SECONDS },
    ...(notBefore && { notBefore: timestampFromMs(notBefore) }),
  });
  return newJob({ id: "a", tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, options, traceparent: "", traceUrl: "" }, START);
}

function changed(outcome: Outcome) {
  if (outcome.kind !== "changed") throw new Error(outcome.kind);
  return outcome;
}

function afterwards(record: JobRecord, now: number, ...commands: JobCommand[]): JobRecord {
  return commands.reduce((before, command) => changed(transition(before, command, now)).record, record);
}

const CLAIM: JobCommand = { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" };
const INVITE: JobCommand = { kind: "invite" };
const OUTAGE: JobCommand = { kind: "fail", attempt: 1, workerId: "w", error: errorDetail("NO_PROGRESS", "") };
const TIMER: JobCommand = { kind: "timer" };

describe("a job that is to have ended by a time", () => {
  const standing: readonly [string, JobRecord][] = [
    ["waits for its beginning", aJob(EXPIRY + 1000)],
    ["waits for a worker", aJob()],
    ["is offered to workers", afterwards(aJob(), EXPIRY - 10, INVITE)],
    ["backs off", afterwards(aJob(), EXPIRY - 10, INVITE, CLAIM, OUTAGE)],
  ];
  for (const [what, record] of standing)
    it(`is EXPIRED by then while it ${what}, and not a moment sooner`, () => {
      expect(record.timerAt).to.equal(EXPIRY);
      expect(transition(record, TIMER, EXPIRY - 1).kind).to.equal("unchanged");
      const { job, timerAt } = changed(transition(record, TIMER, EXPIRY)).record;
      expect([job.state, job.error?.code, job.timeline.at(-1)?.reasonCode, timerAt]).to.deep.equal([
        JobState.EXPIRED,
        "EXPIRY_PASSED",
        TimelineReason.EXPIRED,
        null,
      ]);
    });
  it("is EXPIRED by then while it waits from the first for pages that are free again later", () => {
    const record = aJob();
    Object.assign(record.job.options ?? {}, { overQuota: OverQuota.WAIT });
    const quota = create(QuotaViolationSchema, { quota: "pages", limit: 9n, resetTime: timestampFromMs(EXPIRY + 9e6) });
    const waiting = waitingForQuota(record, 5, errorDetail("QUOTA_EXCEEDED", "", { quota }), START) as JobRecord;
    expect([waiting.job.state, waiting.timerAt]).to.deep.equal([JobState.RETRY_WAIT, EXPIRY]);
  });
  it("is EXPIRED while it runs, and its worker is told to stop", () => {
    const running = afterwards(aJob(), EXPIRY - 10, INVITE, CLAIM);
    const { record, cancel } = changed(transition(running, TIMER, EXPIRY));
    expect([record.job.state, cancel?.attempt]).to.deep.equal([JobState.EXPIRED, 1]);
    expect(transition(record, OUTAGE, EXPIRY)).to.include({ kind: "refused", code: "STALE_ATTEMPT" });
  });
  it("is CANCELLED if that was asked for before", () => {
    const cancelling = afterwards(aJob(), EXPIRY - 10, INVITE, CLAIM, { kind: "cancel", reason: "" });
    expect(cancelling.timerAt).to.be.greaterThan(EXPIRY);
    expect(transition(cancelling, TIMER, EXPIRY).kind).to.equal("unchanged");
  });
  it("begins at its time where that comes first", () => {
    const scheduled = aJob(START + 5000);
    expect(scheduled.timerAt).to.equal(START + 5000);
    expect(afterwards(scheduled, START + 5000, TIMER)).to.deep.include({ timerAt: EXPIRY });
  });
  it("keeps its time when the clock is set, and its lease goes by the clock", () => {
    const running = afterwards(aJob(), EXPIRY - 10, INVITE, CLAIM);
    const setBack = changed(transition(running, TIMER, EXPIRY - 60_000)).record;
    expect(setBack.timerAt).to.equal(setBack.leaseExpireAt);
    expect(setBack.timerAt).to.be.lessThan(EXPIRY);
    const waiting = changed(transition(aJob(), { kind: "postpone", lastSeen: START, byMs: 5000 }, START + 5000)).record;
    expect(waiting.timerAt).to.equal(EXPIRY);
  });
});
