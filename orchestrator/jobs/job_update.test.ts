import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { JobState, Priority, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { aNewJob } from "../../test/support/stored_jobs.ts";
import type { JobCommand, JobRecord } from "./job.ts";
import type { UpdateCommand } from "./job_update.ts";
import { transition } from "./machine.ts";
import { POLICY } from "./policy.ts";

const NOW = 1_790_000_000_000;
const HOUR = 3600_000;

/** A job after these; throws where one is refused or changes nothing. */
function jobAfter(record: JobRecord, ...commands: readonly JobCommand[]): JobRecord {
  return commands.reduce((last, command) => {
    const outcome = transition(last, command, NOW);
    if (outcome.kind !== "changed") throw new Error(`${command.kind} is ${outcome.kind}`);
    return outcome.record;
  }, record);
}

const update = (given: Omit<UpdateCommand, "kind" | "by">): UpdateCommand => ({ kind: "update", by: "key", ...given });
const waiting = () => aNewJob({ now: NOW });
const invite: JobCommand = { kind: "invite" };
const claim: JobCommand = { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" };

describe("an update of a job", () => {
  it("gives it another priority, and says so in its timeline", () => {
    const { job } = jobAfter(waiting(), update({ priority: Priority.HIGH }));
    expect([job.state, job.options?.priority, job.version]).to.deep.equal([JobState.QUEUED, Priority.HIGH, 2n]);
    expect(job.timeline.at(-1)).to.include({ reasonCode: TimelineReason.CHANGED, detail: "priority HIGH, by key" });
  });
  it("changes nothing where it is so already", () => {
    const high = jobAfter(waiting(), update({ priority: Priority.HIGH }));
    expect(transition(high, update({ priority: Priority.HIGH }), NOW).kind).to.equal("unchanged");
    expect(transition(high, update({}), NOW).kind).to.equal("unchanged");
  });
  it("is refused after a hundred, for a job must stay one message", () => {
    const priorities = Array.from({ length: 100 }, (_, index) => update({ priority: index % 2 === 0 ? Priority.HIGH : Priority.LOW }));
    const changed = jobAfter(waiting(), ...priorities);
    expect(transition(changed, update({ priority: Priority.HIGH }), NOW)).to.include({ kind: "refused", code: "TOO_LATE" });
    expect(transition(changed, { kind: "cancel", reason: "" }, NOW).kind).to.equal("changed");
  });
  it("puts it off, takes it from whom it was offered to, and lets it wait for a worker from then on", () => {
    const invited = jobAfter(waiting(), invite);
    const record = jobAfter(invited, update({ notBefore: NOW + HOUR, queueDeadlineSeconds: 60 }));
    expect([record.job.state, record.timerAt, record.invitedAt]).to.deep.equal([JobState.SCHEDULED, NOW + HOUR, null]);
    expect(record.queueDeadlineAt).to.equal(NOW + HOUR + 60_000);
    expect(transition(record, claim, NOW)).to.include({ kind: "refused", code: "NOT_CLAIMABLE" });
    expect(record.job.options?.notBefore && timestampMs(record.job.options.notBefore)).to.equal(NOW + HOUR);
  });
  it("has one that a worker is invited to looked at when the invitation lapses, if it may wait for longer now", () => {
    const invited = jobAfter(waiting(), update({ queueDeadlineSeconds: 5 }), invite);
    expect(invited.timerAt).to.equal(NOW + 5_000);
    expect(jobAfter(invited, update({ queueDeadlineSeconds: 600 })).timerAt).to.equal(NOW + POLICY.invitationTtlMs);
  });
  it("lets one that was to begin later begin at once", () => {
    const record = jobAfter(waiting(), update({ notBefore: NOW + HOUR }), update({ notBefore: 0 }));
    expect([record.job.state, record.timerAt]).to.deep.equal([JobState.QUEUED, record.queueDeadlineAt]);
  });
  it("moves the queue deadline of one that is scheduled without moving its start", () => {
    const record = jobAfter(waiting(), update({ notBefore: NOW + HOUR }), update({ queueDeadlineSeconds: 10 }));
    expect([record.timerAt, record.queueDeadlineAt]).to.deep.equal([NOW + HOUR, NOW + HOUR + 10_000]);
  });
  it("shortens no back-off", () => {
    const error = errorDetail("WORKER_LOST", "It is gone.");
    const failed = jobAfter(waiting(), invite, claim, { kind: "fail", attempt: 1, error });
    expect(failed.job.state).to.equal(JobState.RETRY_WAIT);
    const record = jobAfter(failed, update({ notBefore: 0 }));
    expect([record.job.state, record.timerAt]).to.deep.equal([JobState.RETRY_WAIT, failed.timerAt]);
    const putOff = jobAfter(failed, update({ notBefore: NOW + HOUR }));
    expect([putOff.timerAt, jobAfter(putOff, update({ queueDeadlineSeconds: 9 })).timerAt]).to.deep.equal([NOW + HOUR, NOW + HOUR]);
    expect(jobAfter(putOff, update({ notBefore: NOW + 2 * HOUR }), update({ notBefore: 0 })).timerAt).to.equal(NOW);
  });
  it("comes too late once a worker has it, and once it has ended", () => {
    const running = jobAfter(waiting(), invite, claim);
    const ended = jobAfter(waiting(), { kind: "cancel", reason: "" });
    for (const record of [running, ended])
      expect(transition(record, update({ priority: Priority.HIGH }), NOW)).to.include({ kind: "refused", code: "TOO_LATE" });
  });
});
