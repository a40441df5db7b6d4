import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { JobOptionsSchema, LedgerSchema, Priority, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { newJob } from "../jobs/change.ts";
import type { JobCommand, JobRecord } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { chargeOf, laneOf, placeAmong, placeOf, rankOf, served, turnOf } from "./order.ts";

const NOW = 10_000_000;
const AGE_MS = 3600_000;

function aJob(options: { priority?: Priority; notBefore?: number } = {}): JobRecord {
  const notBefore = options.notBefore === undefined ? {} : { notBefore: timestampFromMs(options.notBefore) };
  const given = create(JobOptionsSchema, { targetLanguage: "es", priority: options.priority ?? Priority.NORMAL, ...notBefore });
  const job = { id: "a", tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, options: given, traceparent: "", traceUrl: "" };
  return { ...newJob(job, NOW), lane: "key", share: 2 };
}

/** What each command charges. */
function charges(record: JobRecord, ...commands: JobCommand[]): number[] {
  return commands.map((command) => {
    const outcome = transition(record, command, NOW + 100);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    const charge = chargeOf(record, outcome.record);
    record = outcome.record;
    return charge;
  });
}

const INVITE: JobCommand = { kind: "invite", jobClass: "default" };
const CLAIM: JobCommand = { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" };
const OPENED: JobCommand = {
  kind: "heartbeat",
  attempt: 1,
  workerId: "w",
  stage: Stage.CONVERTING,
  percent: 0,
  pagesDone: 0,
  pagesTotal: 40,
  longestSpans: [],
};

describe("what a job is charged in the order of jobs", () => {
  it("is a page when a worker is invited, and the rest once its pages are known", () => {
    expect(charges(aJob(), INVITE, CLAIM, OPENED)).to.deep.equal([1, 0, 39]);
  });
  it("is what its ledger says at its end", () => {
    const ledger = create(LedgerSchema, { pagesIn: 7, pagesOut: 7 });
    const complete: JobCommand = { kind: "complete", attempt: 1, workerId: "w", ledger, artefacts: [], longestSpans: [] };
    expect(charges(aJob(), INVITE, CLAIM, complete)).to.deep.equal([1, 0, 6]);
  });
  it("is given back where nobody claimed it, it was cancelled before, or its worker handed it back", () => {
    const expired = charges(aJob(), INVITE, { kind: "restart" });
    const cancelled = charges(aJob(), INVITE, { kind: "cancel", reason: "" });
    const released = charges(aJob(), INVITE, CLAIM, OPENED, { kind: "release", attempt: 1, workerId: "w", reason: "" });
    expect([expired, cancelled, released].map((all) => all.reduce((sum, each) => sum + each, 0))).to.deep.equal([0, 0, 0]);
  });
  it("stays where an attempt failed, for its work was done", () => {
    const fail: JobCommand = { kind: "fail", attempt: 1, workerId: "w", error: errorDetail("NO_PROGRESS", "") };
    expect(charges(aJob(), INVITE, CLAIM, OPENED, fail)).to.deep.equal([1, 0, 39, 0]);
  });
});

describe("a place in the order of jobs", () => {
  const rank = (options: Parameters<typeof aJob>[0]) => rankOf(aJob(options), AGE_MS) - NOW;
  it("goes by age, which priority moves by a bounded time", () => {
    expect([Priority.HIGH, Priority.NORMAL, Priority.LOW].map((priority) => rank({ priority }))).to.deep.equal([-AGE_MS, 0, AGE_MS]);
  });
  it("counts a job that was scheduled from when it was to begin", () => {
    expect(rank({ notBefore: NOW + 5_000 })).to.equal(5_000);
  });
  it("is none of a job that is scheduled, given out or has ended", () => {
    const later = placeOf(aJob({ notBefore: NOW + 5_000 }), AGE_MS);
    const invited = transition(aJob(), INVITE, NOW);
    expect([later, invited.kind === "changed" && placeOf(invited.record, AGE_MS)]).to.deep.equal([undefined, undefined]);
    expect(placeOf(aJob(), AGE_MS)).to.deep.equal({ jobClass: "default", lane: "key", rank: NOW, urgent: false });
  });
  it("is in its key's lane, or in that of a label's value", () => {
    const labels = (customer: string) => create(JobOptionsSchema, { labels: { customer } });
    expect(laneOf(undefined, "k1", labels("a"))).to.equal("k1");
    expect(laneOf("label:customer", "k1", labels("a"))).to.equal(laneOf("label:customer", "k2", labels("a")));
    expect(laneOf("label:customer", "k1", labels("a"))).not.to.equal(laneOf("label:customer", "k1", labels("b")));
    expect(laneOf("label:customer", "k1", create(JobOptionsSchema))).to.equal("");
    expect(laneOf("label:customer", "k1", labels("x:y|z"))).to.match(/^label-\d+$/);
  });
  it("is told with what other lanes have that take turns", () => {
    expect([placeAmong(0, [5, 5]), placeAmong(3, [1, 5]), placeAmong(3, [])]).to.deep.equal([1, 8, 4]);
  });
});

describe("a turn", () => {
  it("says when its job was chosen, of an invitation alone", () => {
    const job = aJob();
    const invited = transition(job, INVITE, NOW);
    if (invited.kind !== "changed") throw new Error();
    const after = turnOf(job, invited.record, { priorityAgeMs: AGE_MS, limits: { weight: 3 } }, 17);
    expect(after).to.deep.include({ place: undefined, charge: 1, lane: "key", share: 2, chosenAt: 17, weight: 3, maxRunningJobs: 0 });
    expect(turnOf(undefined, job).chosenAt).to.equal(undefined);
  });
  it("grows the time by cost over weight, and saves up nothing while there is nothing to do", () => {
    expect(served({ time: 10, now: 4 }, 6, 2)).to.deep.equal({ time: 13, now: 10 });
    expect(served({ time: 1, now: 4 }, 6, 1)).to.deep.equal({ time: 10, now: 4 });
  });
});
