import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { JobOptionsSchema, JobState, LedgerSchema, Priority, Stage, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { newJob } from "./change.ts";
import type { JobCommand, JobRecord } from "./job.ts";
import { transition } from "./machine.ts";
import type { Override } from "./override.ts";
import { POLICY } from "./policy.ts";

const START = 1_000_000;
const HOUR = 3600_000;

function aJob(notBefore?: number, expireInSeconds = 0): JobRecord {
  const timed = notBefore ? { notBefore: timestampFromMs(notBefore) } : {};
  const options = create(JobOptionsSchema, { targetLanguage: "es", expireInSeconds, ...timed });
  return newJob({ id: "01J", tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options }, START);
}

const order = (override: Override, operationId = ""): JobCommand => ({
  kind: "override",
  override,
  by: "k1",
  reason: "asked for",
  operationId,
});
const claim = (deliveryAttempt: number): JobCommand => ({ kind: "claim", workerId: "w", deliveryAttempt, invitationTraceparent: "" });
const crash = (attempt: number): JobCommand => ({ kind: "fail", attempt, error: errorDetail("ENGINE_CRASHED", "") });
const RUNNING: JobCommand[] = [{ kind: "invite" }, claim(1)];
const QUARANTINED: (JobCommand | number)[] = [...RUNNING, crash(1), 60_000, { kind: "timer" }, { kind: "invite" }, claim(2), crash(2)];

function afterwards(record: JobRecord, ...commands: (JobCommand | number)[]): JobRecord {
  let now = START;
  for (const command of commands) {
    if (typeof command === "number") now += command;
    else {
      const outcome = transition(record, command, now);
      if (outcome.kind === "refused") throw new Error(outcome.code);
      record = outcome.record;
    }
  }
  return record;
}

const refusal = (record: JobRecord, command: JobCommand) => {
  const outcome = transition(record, command, START);
  return outcome.kind === "refused" ? outcome.code : outcome.kind;
};

describe("an operator's override", () => {
  it("stands in the timeline with what was done, by whom and why", () => {
    const { job } = afterwards(aJob(), order({ kind: "set_priority", priority: Priority.HIGH }));
    expect(job.options?.priority).to.equal(Priority.HIGH);
    expect(job.timeline.at(-1)).to.include({ reasonCode: TimelineReason.CHANGED, detail: "priority HIGH, by k1: asked for" });
  });
  it("runs a scheduled job, and one that backs off, at once and before all others", () => {
    const scheduled = afterwards(aJob(START + HOUR), order({ kind: "run_now" }));
    const backingOff = afterwards(aJob(), ...RUNNING, crash(1), order({ kind: "run_now" }));
    for (const { job, timerAt } of [scheduled, backingOff]) {
      expect(job).to.include({ state: JobState.QUEUED, urgent: true });
      expect(timerAt).to.equal(START + POLICY.queueDeadlineMs);
      expect(job.timeline.at(-1)?.reasonCode).to.equal(TimelineReason.URGED);
      expect(job.options?.notBefore).to.equal(undefined);
    }
  });
  it("urges a job that runs only for its next attempts", () => {
    const { job, leaseExpireAt } = afterwards(aJob(), ...RUNNING, order({ kind: "run_now" }));
    expect(job).to.include({ state: JobState.RUNNING, urgent: true });
    expect(leaseExpireAt).to.equal(START + POLICY.leaseTtlMs);
  });
  it("moves a schedule back and forth, whoever was invited meanwhile", () => {
    const later = afterwards(aJob(), { kind: "invite" }, order({ kind: "reschedule", notBefore: START + HOUR }));
    expect(later.job.state).to.equal(JobState.SCHEDULED);
    expect([later.timerAt, later.invitedAt]).to.deep.equal([START + HOUR, null]);
    expect(refusal(later, claim(1))).to.equal("NOT_CLAIMABLE");
    const earlier = afterwards(later, order({ kind: "reschedule", notBefore: START }));
    expect(earlier.job.state).to.equal(JobState.QUEUED);
    expect(earlier.timerAt).to.equal(START + POLICY.queueDeadlineMs);
  });
  it("lets a job wait longer for a worker, and run longer from its next attempt on", () => {
    const { job, timerAt } = afterwards(aJob(), order({ kind: "extend_deadline", seconds: 60 }));
    expect(timerAt).to.equal(START + POLICY.queueDeadlineMs + 60_000);
    expect(job.options?.runDeadlineSeconds).to.equal(POLICY.runDeadlineMs / 1000 + 60);
    expect(job.options?.expireInSeconds).to.equal(0);
  });
  it("looks at a job no more when it would have expired, if it has longer than that", () => {
    const later = order({ kind: "extend_deadline", seconds: 3600 });
    const invited = afterwards(aJob(0, 10), { kind: "invite" }, later);
    const running = afterwards(aJob(0, 10), ...RUNNING, later);
    expect(invited.timerAt).to.equal(START + POLICY.invitationTtlMs);
    expect(running.timerAt).to.equal(START + POLICY.leaseTtlMs);
    expect(afterwards(aJob(0, 10), ...RUNNING, order({ kind: "extend_deadline", seconds: 1 })).timerAt).to.equal(START + 11_000);
  });
  it("ends a running job at once, and has its worker told", () => {
    const outcome = transition(afterwards(aJob(), ...RUNNING), order({ kind: "end_by_force", state: JobState.FAILED }), START);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    expect(outcome.record.job).to.include({ state: JobState.FAILED });
    expect(outcome.record.job.error?.code).to.equal("ENDED_BY_FORCE");
    expect(outcome.cancel).to.include({ jobId: "01J", attempt: 1 });
    expect([outcome.record.timerAt, outcome.record.leaseExpireAt]).to.deep.equal([null, null]);
  });
  it("ends one that is stuck while it is being cancelled, and one that waits", () => {
    const stuck = afterwards(
      aJob(),
      ...RUNNING,
      { kind: "cancel", reason: "" },
      order({ kind: "end_by_force", state: JobState.CANCELLED }),
    );
    const waiting = afterwards(aJob(), order({ kind: "end_by_force", state: JobState.CANCELLED }));
    expect([stuck.job.state, waiting.job.state]).to.deep.equal([JobState.CANCELLED, JobState.CANCELLED]);
    expect(waiting.job.error).to.equal(undefined);
  });
  it("cancels as the tenant does, with the operator's name in the reason", () => {
    const { job } = afterwards(aJob(), ...RUNNING, order({ kind: "cancel" }));
    expect(job.state).to.equal(JobState.CANCELLING);
    expect(job.timeline.at(-1)?.detail).to.equal("by k1: asked for");
  });
  it("releases a document that ended the engine too often, and no other", () => {
    const quarantined = afterwards(aJob(), ...QUARANTINED);
    expect(quarantined.job).to.include({ state: JobState.FAILED, quarantined: true });
    const { job } = afterwards(quarantined, order({ kind: "release" }));
    expect(job).to.include({ state: JobState.FAILED, quarantined: false });
    expect(job.timeline.at(-1)?.reasonCode).to.equal(TimelineReason.RELEASED_FROM_QUARANTINE);
    expect(refusal(aJob(), order({ kind: "release" }))).to.equal("unchanged");
  });
  it("is refused after some hundred, unless it ends the job", () => {
    const often = Array.from({ length: 400 }, () => order({ kind: "extend_deadline", seconds: 1 }));
    const changed = afterwards(aJob(), ...often);
    expect(refusal(changed, order({ kind: "extend_deadline", seconds: 1 }))).to.equal("TOO_LATE");
    expect(refusal(changed, order({ kind: "run_now" }))).to.equal("TOO_LATE");
    for (const end of [{ kind: "cancel" }, { kind: "end_by_force", state: JobState.FAILED }] as const)
      expect(refusal(changed, order(end))).to.equal("changed");
  });
  it("is refused where it comes too late", () => {
    const ended = afterwards(aJob(), { kind: "cancel", reason: "" });
    const late: Override[] = [
      { kind: "set_priority", priority: Priority.LOW },
      { kind: "run_now" },
      { kind: "reschedule", notBefore: START },
      { kind: "extend_deadline", seconds: 1 },
      { kind: "end_by_force", state: JobState.FAILED },
    ];
    for (const override of late) expect(refusal(ended, order(override)), override.kind).to.equal("TOO_LATE");
    expect(refusal(afterwards(aJob(), ...RUNNING), order({ kind: "reschedule", notBefore: START }))).to.equal("TOO_LATE");
  });
  it("comes once of one operation, and again of another", () => {
    const later = { kind: "extend_deadline", seconds: 60 } as const;
    const once = afterwards(aJob(), order(later, "op1"), order(later, "op1"));
    expect(once.queueDeadlineAt).to.equal(START + POLICY.queueDeadlineMs + 60_000);
    expect(afterwards(once, order(later, "op2")).queueDeadlineAt).to.equal(START + POLICY.queueDeadlineMs + 120_000);
  });
  it("keeps what the machine promises, in any history", () => {
    const override: fc.Arbitrary<Override> = fc.oneof(
      fc.constantFrom<Override>(
        { kind: "cancel" },
        { kind: "run_now" },
        { kind: "release" },
        { kind: "end_by_force", state: JobState.FAILED },
      ),
      fc.record({ kind: fc.constant("set_priority" as const), priority: fc.constantFrom(Priority.LOW, Priority.HIGH) }),
      fc.record({ kind: fc.constant("reschedule" as const), notBefore: fc.integer({ min: 0, max: START + HOUR }) }),
      fc.record({ kind: fc.constant("extend_deadline" as const), seconds: fc.integer({ min: 1, max: 9999 }) }),
    );
    const done = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 1, segmentsTranslated: 1 });
    const own = (kind: number, { job: { attempt }, deliveryAttempt }: JobRecord): JobCommand => {
      const beat = {
        kind: "heartbeat" as const,
        attempt,
        stage: Stage.CONVERTING,
        percent: 1,
        pagesDone: 0,
        pagesTotal: 1,
        longestSpans: [],
      };
      const complete = { kind: "complete" as const, attempt, ledger: done, artefacts: [], longestSpans: [] };
      return ([{ kind: "timer" }, { kind: "invite" }, claim(deliveryAttempt), crash(attempt), beat, complete] as const)[kind] ?? beat;
    };
    const step = fc.record({
      own: fc.integer({ min: 0, max: 5 }),
      override: fc.option(override),
      wait: fc.integer({ min: 0, max: 60_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let record = aJob();
        let now = START;
        for (const each of steps) {
          now += each.wait;
          const outcome = transition(record, each.override ? order(each.override) : own(each.own, record), now);
          if (outcome.kind !== "changed") continue;
          const { job, timerAt } = outcome.record;
          expect(job.version).to.equal(record.job.version + 1n);
          if (isFinal(record.job.state)) expect(job.state).to.equal(record.job.state);
          expect(timerAt === null).to.equal(isFinal(job.state));
          expect(job.timeline.length - record.job.timeline.length).to.be.within(job.state === record.job.state ? 0 : 1, 1);
          record = outcome.record;
        }
      }),
      { numRuns: 800 },
    );
  });
});
