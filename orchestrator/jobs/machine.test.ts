import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { ErrorCategory, type Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import {
  type Artefact,
  JobOptionsSchema,
  JobState,
  LedgerSchema,
  type LongestSpan,
  Stage,
  TimelineReason,
} from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { newJob } from "./change.ts";
import type { JobCommand, JobRecord } from "./job.ts";
import { transition } from "./machine.ts";
import { POLICY, retryDelayMs } from "./policy.ts";

const START = 1_000_000;

function aJob(options: { notBefore?: number; allOrNothing?: boolean; queueDeadlineSeconds?: number } = {}, now = START): JobRecord {
  return newJob(
    {
      id: "01J",
      tenantId: "t",
      inputKey: "k",
      fileName: "f",
      sizeBytes: 1,
      traceparent: "",
      traceUrl: "",
      options: create(JobOptionsSchema, {
        targetLanguage: "es",
        allOrNothing: options.allOrNothing ?? false,
        queueDeadlineSeconds: options.queueDeadlineSeconds ?? 0,
        ...(options.notBefore && { notBefore: timestampFromMs(options.notBefore) }),
      }),
    },
    now,
  );
}

function afterwards(record: JobRecord, ...commands: (JobCommand | number)[]): JobRecord {
  let now = START;
  for (const command of commands) {
    if (typeof command === "number") {
      now += command;
      continue;
    }
    const outcome = transition(record, command, now);
    if (outcome.kind === "refused") throw new Error(`${command.kind}: ${outcome.code}`);
    record = outcome.record;
  }
  return record;
}

/** A job whose every attempt fails at once, tried again as soon as it may be. */
function failingWith(error: (attempt: number) => ErrorMessage): JobRecord {
  return endingBy((attempt) => [{ kind: "fail", attempt, error: error(attempt) }]);
}

/** A job whose every attempt ends by these commands, tried again as soon as it may be; a number is a wait. */
function endingBy(commands: (attempt: number) => (JobCommand | number)[]): JobRecord {
  let record = aJob();
  let now = START;
  while (!isFinal(record.job.state)) {
    const attempt = record.job.attempt + 1;
    const round: (JobCommand | number)[] = [
      { kind: "timer" },
      { kind: "invite" },
      { kind: "claim", workerId: "w", deliveryAttempt: record.deliveryAttempt + 1, invitationTraceparent: "" },
      ...commands(attempt),
    ];
    for (const sent of round) {
      if (typeof sent === "number") {
        now += sent;
        continue;
      }
      const outcome = transition(record, sent, now);
      if (outcome.kind === "changed") record = outcome.record;
    }
    if (record.job.attempt !== attempt || attempt > 50) throw new Error(`it stands still at attempt ${attempt}`);
    now = record.timerAt ?? now;
  }
  return record;
}

const LEASE_OVER: (JobCommand | number)[] = [POLICY.leaseTtlMs, { kind: "timer" }];
const beat = (attempt: number, stage: Stage): JobCommand => ({
  kind: "heartbeat",
  attempt,
  stage,
  percent: 40,
  pagesDone: 1,
  pagesTotal: 3,
  longestSpans: [],
});
const claimed: JobCommand[] = [{ kind: "invite" }, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" }];
const full = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 2, segmentsTranslated: 2 });
const partial = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 2, segmentsTranslated: 1, segmentsFailed: 1 });
const complete = (ledger: typeof full): JobCommand => ({ kind: "complete", attempt: 1, ledger, artefacts: [], longestSpans: [] });

const command: fc.Arbitrary<JobCommand> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<JobCommand>({ kind: "timer" }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("timer" as const), servedSince: fc.integer({ min: START, max: START + 600_000 }) }),
  },
  { weight: 1, arbitrary: fc.constant<JobCommand>({ kind: "restart" }) },
  { weight: 6, arbitrary: fc.constant<JobCommand>({ kind: "invite" }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("claim" as const),
      workerId: fc.constantFrom("a", "b"),
      deliveryAttempt: fc.integer({ min: 1, max: 6 }),
      invitationTraceparent: fc.constant(""),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("heartbeat" as const),
      attempt: fc.integer({ min: 0, max: 5 }),
      stage: fc.integer({ min: 1, max: 6 }) as fc.Arbitrary<Stage>,
      percent: fc.integer({ min: -10, max: 200 }),
      pagesDone: fc.integer({ min: 0, max: 9 }),
      pagesTotal: fc.integer({ min: 0, max: 9 }),
      longestSpans: fc.constant<LongestSpan[]>([]),
    }),
  },
  fc.record({
    kind: fc.constant("complete" as const),
    attempt: fc.integer({ min: 0, max: 5 }),
    ledger: fc.constantFrom(full, partial),
    artefacts: fc.constant<Artefact[]>([]),
    longestSpans: fc.constant<LongestSpan[]>([]),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      attempt: fc.integer({ min: 0, max: 5 }),
      error: fc.constantFrom(errorDetail("ENGINE_CRASHED", ""), errorDetail("TRANSLATOR_UNAVAILABLE", ""), errorDetail("PDF_CORRUPT", "")),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("disconnect" as const), attempt: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant<JobCommand>({ kind: "cancel", reason: "" }) },
);
// Most reports are of the attempt that holds the job, and most claims of the last invitation; else a history seldom gets far.
const stale = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0);
const wait = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 60_000 }));
const history = fc.array(fc.record({ command, stale, wait }), { minLength: 1, maxLength: 80 });

/** The clock is set, by two hours at most, back or forth. */
const set = fc.oneof({ weight: 8, arbitrary: wait }, fc.integer({ min: -7200_000, max: 7200_000 }));
const historyOfSetClock = fc.array(fc.record({ command, stale, wait: set }), { minLength: 1, maxLength: 80 });

function aimed(sent: JobCommand, record: JobRecord): JobCommand {
  if (sent.kind === "claim") return { ...sent, deliveryAttempt: record.deliveryAttempt };
  return "attempt" in sent ? { ...sent, attempt: record.job.attempt } : sent;
}

type Check = (before: JobRecord, sent: JobCommand, outcome: ReturnType<typeof transition>, now: number) => void;

/** Runs a random history and shows each step to `check`. */
function everyStep(check: Check, of = history): void {
  fc.assert(
    fc.property(of, (steps) => {
      let record = aJob();
      let now = START;
      for (const step of steps) {
        now += step.wait;
        const sent = step.stale ? step.command : aimed(step.command, record);
        const outcome = transition(record, sent, now);
        check(record, sent, outcome, now);
        if (outcome.kind === "changed") record = outcome.record;
      }
    }),
    { numRuns: 1500 },
  );
}

describe("the state machine", () => {
  it("never leaves a final state", () => {
    everyStep((before, _, outcome) => {
      if (isFinal(before.job.state)) expect(outcome.kind).not.to.equal("changed");
    });
  });
  it("never lets percent fall, retries included", () => {
    everyStep((before, _, outcome) => {
      if (outcome.kind === "changed") expect(outcome.record.job.percent).to.be.within(before.job.percent, 100);
    });
  });
  it("raises the version by one with every change, and only then", () => {
    everyStep((before, _, outcome) => {
      if (outcome.kind === "changed") expect(outcome.record.job.version).to.equal(before.job.version + 1n);
    });
  });
  it("adds at most one timeline entry a change, and one for each change of state", () => {
    everyStep((before, _, outcome) => {
      if (outcome.kind !== "changed") return;
      const added = outcome.record.job.timeline.length - before.job.timeline.length;
      expect(added).to.be.within(outcome.record.job.state === before.job.state ? 0 : 1, 1);
    });
  });
  it("gives each entry a reason that programs can read, never a sentence", () => {
    everyStep((_, __, outcome) => {
      const entry = outcome.kind === "changed" ? outcome.record.job.timeline.at(-1) : undefined;
      if (!entry) return;
      expect(entry.reasonCode).not.to.equal(TimelineReason.UNSPECIFIED);
      expect(entry.reason).to.match(/^[A-Z_]+$/);
    });
  });
  it("keeps the words that a caller cancels with beside the reason", () => {
    const { job } = afterwards(aJob(), { kind: "cancel", reason: "the wrong file" });
    expect(job.timeline.at(-1)).to.include({
      reasonCode: TimelineReason.CANCEL_REQUESTED,
      reason: "CANCEL_REQUESTED",
      detail: "the wrong file",
    });
  });
  it("says beside the reason how much failed", () => {
    const { job } = afterwards(aJob(), ...claimed, complete(partial));
    expect(job.timeline.at(-1)).to.include({ reasonCode: TimelineReason.INCOMPLETE, detail: "1 segments and 0 pages failed" });
  });
  it("bounds attempts", () => {
    everyStep((_, __, outcome) => {
      if (outcome.kind !== "changed") return;
      const { job, attemptsReleased, outages, losses } = outcome.record;
      expect(job.attempt - attemptsReleased - outages - losses).to.be.at.most(POLICY.maxAttempts);
      expect(outages).to.be.at.most(POLICY.maxOutages);
      expect(losses).to.be.at.most(POLICY.maxLosses);
    });
  });
  it("counts every attempt that ended without a result once", () => {
    everyStep((before, sent, outcome) => {
      if (outcome.kind !== "changed" || before.job.state !== JobState.RUNNING) return;
      const { job, ...after } = outcome.record;
      const counted = after.attemptsReleased + after.outages + after.losses - before.attemptsReleased - before.outages - before.losses;
      expect(counted, sent.kind).to.be.within(0, job.state === JobState.RUNNING ? 0 : 1);
    });
  });
  it("blames a document for a lost worker only once it was opened", () => {
    everyStep((before, sent, outcome) => {
      if (outcome.kind !== "changed" || sent.kind !== "timer" || outcome.record.job.error?.code !== "WORKER_LOST") return;
      if (before.job.state === JobState.RUNNING && before.job.stage === Stage.DOWNLOADING)
        expect(outcome.record.losses).to.equal(before.losses + 1);
    });
  });
  it("refuses whatever a stale attempt says", () => {
    everyStep((before, sent, outcome) => {
      if ("attempt" in sent && sent.attempt !== before.job.attempt) expect(outcome.kind).to.equal("refused");
    });
  });
  it("always has a timer until it is final", () => {
    everyStep((_, __, outcome) => {
      if (outcome.kind === "changed") expect(outcome.record.timerAt === null).to.equal(isFinal(outcome.record.job.state));
    });
  });
  it("grants no lease for longer than its time from now, however the clock was set", () => {
    everyStep((before, sent, outcome, now) => {
      if (outcome.kind === "refused" || outcome.record.job.state !== JobState.RUNNING) return;
      const touched = outcome.kind === "changed" || sent.kind === "timer";
      const most = now + POLICY.leaseTtlMs + (outcome.kind === "changed" ? 0 : 1_000);
      if (touched) expect(outcome.record.leaseExpireAt, `${sent.kind} after ${before.job.version}`).to.be.at.most(most);
    }, historyOfSetClock);
  });
  it("does not change the record it was given", () => {
    everyStep((before, sent) => {
      const version = before.job.version;
      const entries = before.job.timeline.length;
      transition(before, sent, START);
      expect([before.job.version, before.job.timeline.length]).to.deep.equal([version, entries]);
    });
  });

  it("waits for its time when scheduled", () => {
    const job = aJob({ notBefore: START + 5000 });
    expect(job.job.state).to.equal(JobState.SCHEDULED);
    expect(afterwards(job, 4999, { kind: "timer" }).job.state).to.equal(JobState.SCHEDULED);
    expect(afterwards(job, 5000, { kind: "timer" }).job.state).to.equal(JobState.QUEUED);
  });
  it("expires when its queue deadline passes", () => {
    const { job } = afterwards(aJob(), POLICY.queueDeadlineMs, { kind: "timer" });
    expect(job.state).to.equal(JobState.EXPIRED);
    expect(job.error?.code).to.equal("QUEUE_DEADLINE_PASSED");
  });
  it("grants an invitation to one worker alone", () => {
    const job = afterwards(aJob(), ...claimed);
    expect(transition(job, { kind: "claim", workerId: "other", deliveryAttempt: 1, invitationTraceparent: "" }, START)).to.include({
      kind: "refused",
      code: "NOT_CLAIMABLE",
    });
  });
  it("grants the same attempt again to a worker that did not hear of it, until it has begun", () => {
    const again: JobCommand = { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" };
    const job = afterwards(aJob(), ...claimed, 1000, again);
    expect([job.job.attempt, job.leaseExpireAt]).to.deep.equal([1, START + 1000 + POLICY.leaseTtlMs]);
    const begun = afterwards(job, beat(1, Stage.CONVERTING));
    expect(transition(begun, again, START)).to.include({ kind: "refused", code: "NOT_CLAIMABLE" });
  });
  it("invites again when nobody claims, and refuses the older invitation", () => {
    const job = afterwards(aJob(), { kind: "invite" }, POLICY.invitationTtlMs, { kind: "timer" }, { kind: "invite" });
    expect(job.deliveryAttempt).to.equal(2);
    expect(transition(job, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" }, START)).to.include({
      kind: "refused",
    });
  });
  it("retries when the lease expires, keeping the percent", () => {
    const { job } = afterwards(aJob(), ...claimed, beat(1, Stage.OCR_PROCESSING), POLICY.leaseTtlMs, { kind: "timer" });
    expect(job.state).to.equal(JobState.RETRY_WAIT);
    expect(job.error?.code).to.equal("WORKER_LOST");
    expect(job.percent).to.equal(40);
  });
  it("gives a worker whose stream broke little time to come back", () => {
    const lost = afterwards(aJob(), ...claimed, { kind: "disconnect", attempt: 1 });
    expect(lost.leaseExpireAt).to.equal(START + POLICY.reconnectGraceMs);
  });
  it("burns no attempt when a worker hands a job back", () => {
    const job = afterwards(aJob(), ...claimed, { kind: "release", attempt: 1, reason: "stop" });
    expect(job.job.state).to.equal(JobState.QUEUED);
    expect(job.attemptsReleased).to.equal(1);
  });
  it("has a job that was handed back wait anew, however long it ran", () => {
    const ran = afterwards(aJob({ queueDeadlineSeconds: 60 }), ...claimed, 10 * 60_000, { kind: "release", attempt: 1, reason: "stop" });
    const now = START + 10 * 60_000;
    const outcome = transition(ran, { kind: "timer" }, now + 1);
    expect(outcome.kind).to.equal("unchanged");
    expect(ran.timerAt).to.equal(now + POLICY.queueDeadlineMs);
  });
  it("does not retry what a retry cannot help", () => {
    const { job } = afterwards(aJob(), ...claimed, { kind: "fail", attempt: 1, error: errorDetail("PDF_CORRUPT", "") });
    expect(job.state).to.equal(JobState.FAILED);
    expect(job.error?.code).to.equal("PDF_CORRUPT");
  });
  it("gives up after the last attempt, and says why", () => {
    const { job } = failingWith(() => errorDetail("NO_PROGRESS", ""));
    expect(job).to.include({ state: JobState.FAILED, attempt: POLICY.maxAttempts });
  });
  it("bridges an outage of minutes, and then gives up", () => {
    const { job, outages } = failingWith(() => errorDetail("STORAGE_FAILED", ""));
    expect(job).to.include({ state: JobState.FAILED, attempt: POLICY.maxOutages });
    expect(job.error?.code).to.equal("STORAGE_FAILED");
    expect(outages).to.equal(POLICY.maxOutages);
    expect(Number(job.endTime?.seconds) - START / 1000).to.be.at.least(360);
  });
  it("counts no outage against the attempts of the document", () => {
    const { job } = failingWith((attempt) => errorDetail(attempt <= 5 ? "STORAGE_FAILED" : "NO_PROGRESS", ""));
    expect(job).to.include({ state: JobState.FAILED, attempt: 5 + POLICY.maxAttempts });
    expect(job.error?.code).to.equal("NO_PROGRESS");
  });
  it("counts no attempt whose worker was lost before it opened the document", () => {
    const { job, losses } = endingBy((attempt) =>
      attempt <= 6 ? LEASE_OVER : [beat(attempt, Stage.CONVERTING), { kind: "fail", attempt, error: errorDetail("NO_PROGRESS", "") }],
    );
    expect(losses).to.equal(6);
    expect(job).to.include({ state: JobState.FAILED, attempt: 6 + POLICY.maxAttempts });
  });
  it("gives up in the end on a document that is the end of every worker that fetches it", () => {
    const { job } = endingBy(() => LEASE_OVER);
    expect(job).to.include({ state: JobState.FAILED, attempt: POLICY.maxLosses });
    expect(job.error?.code).to.equal("WORKER_LOST");
  });
  it("gives up after few attempts on a document that is the end of every worker that opens it", () => {
    const { job } = endingBy((attempt) => [beat(attempt, Stage.CONVERTING), ...LEASE_OVER]);
    expect(job).to.include({ state: JobState.FAILED, attempt: POLICY.maxAttempts });
  });
  it("counts no attempt that ended with the whole service, and in the end gives up on a document that ends that", () => {
    const { job, losses } = endingBy((attempt) => [beat(attempt, Stage.OCR_PROCESSING), 1, { kind: "restart" }]);
    expect(losses).to.equal(POLICY.maxLosses);
    expect(job).to.include({ state: JobState.FAILED, attempt: POLICY.maxLosses });
  });
  it("takes a job back at once when the service begins anew", () => {
    const { job } = afterwards(aJob(), ...claimed, beat(1, Stage.OCR_PROCESSING), 1, { kind: "restart" });
    expect(job.state).to.equal(JobState.RETRY_WAIT);
  });
  it("takes an invitation back when the service begins anew", () => {
    expect(afterwards(aJob(), { kind: "invite" }, { kind: "restart" }).invitedAt).to.equal(null);
  });
  it("ends a cancel when the service begins anew", () => {
    const { job } = afterwards(aJob(), ...claimed, { kind: "cancel", reason: "" }, { kind: "restart" });
    expect(job.state).to.equal(JobState.CANCELLED);
  });
  for (const [servedSince, losses, when] of [
    [START + 1, 1, "no attempt whose worker nobody could hear"],
    [START, 0, "an attempt whose worker was heard by this service"],
  ] as const)
    it(`counts ${when}`, () => {
      const opened = afterwards(aJob(), ...claimed, beat(1, Stage.OCR_PROCESSING));
      expect(afterwards(opened, POLICY.leaseTtlMs, { kind: "timer", servedSince }).losses).to.equal(losses);
    });
  const HOURS = 2 * 3600_000;
  it("gives a lease no more than its time when the clock was set back", () => {
    const held = afterwards(aJob(), HOURS, ...claimed);
    const after = afterwards(held, 5, { kind: "timer" });
    expect([after.leaseExpireAt, after.timerAt]).to.deep.equal([START + 5 + POLICY.leaseTtlMs, START + 5 + POLICY.leaseTtlMs]);
  });
  it("gives a run no more than its time when the clock was set back", () => {
    const running = afterwards(aJob(), HOURS, ...claimed, beat(1, Stage.CONVERTING));
    expect(afterwards(running, beat(1, Stage.CONVERTING)).runDeadlineAt).to.equal(START + POLICY.runDeadlineMs);
  });
  for (const [what, ...commands] of [
    ["a back-off", ...claimed, { kind: "fail", attempt: 1, error: errorDetail("NO_PROGRESS", "") }],
    ["an invitation", { kind: "invite" }],
    ["a cancel", ...claimed, { kind: "cancel", reason: "" }],
  ] as const)
    it(`lets ${what} last no longer when the clock was set back`, () => {
      const before = afterwards(aJob(), HOURS, ...commands);
      const after = afterwards(before, { kind: "timer" });
      expect((after.timerAt ?? 0) - START).to.equal((before.timerAt ?? 0) - START - HOURS);
    });
  it("keeps a schedule when the clock was set back", () => {
    const scheduled = aJob({ notBefore: START + HOURS + 5 }, START + HOURS);
    expect(afterwards(scheduled, { kind: "timer" }).timerAt).to.equal(START + HOURS + 5);
  });
  it("leaves a lease what it had left when the clock was set forward, and once", () => {
    const held = afterwards(aJob(), ...claimed, beat(1, Stage.CONVERTING));
    const set: JobCommand = { kind: "postpone", lastSeen: START, byMs: HOURS };
    const after = afterwards(held, HOURS, set, set);
    expect(after).to.include({ leaseExpireAt: START + HOURS + POLICY.leaseTtlMs, timerAt: START + HOURS + POLICY.leaseTtlMs });
  });
  it("finds no worker unheard because the clock was set forward", () => {
    const held = afterwards(aJob(), ...claimed, beat(1, Stage.CONVERTING));
    const lost = afterwards(
      held,
      HOURS,
      { kind: "postpone", lastSeen: START, byMs: HOURS },
      POLICY.leaseTtlMs,
      // What was served since, the timers have put right as well.
      { kind: "timer", servedSince: START - 1 + HOURS },
    );
    expect(lost.job.state).to.equal(JobState.RETRY_WAIT);
    expect(lost.losses).to.equal(0);
  });
  it("takes a report of the lease's holder alone, by its id and its key", () => {
    const lease = (workerId: string): JobCommand[] => [
      { kind: "invite" },
      { kind: "claim", workerId, deliveryAttempt: 1, invitationTraceparent: "" },
    ];
    const report = (holder: string, workerId: string) =>
      transition(afterwards(aJob(), ...lease(holder)), { kind: "release", attempt: 1, workerId, reason: "" }, START).kind;
    expect(report("w/1a2b", "w/1a2b")).to.equal("changed");
    expect(report("w/1a2b", "w/9f8e")).to.equal("refused");
    // Given by an older version, which knew no keys.
    expect(report("w", "w/1a2b")).to.equal("changed");
    expect(report("w", "other/1a2b")).to.equal("refused");
  });
  it("waits longer after each attempt, and at least as long as the worker asks", () => {
    const delays = [1, 2].map((failures) => retryDelayMs("job", errorDetail("TRANSLATOR_UNAVAILABLE", ""), "outage", failures) ?? 0);
    expect(delays[0]).to.be.within(5_000, 7_500);
    expect(delays[1]).to.be.within(10_000, 15_000);
    const asked = errorDetail("TRANSLATOR_UNAVAILABLE", "", { retryAfterMs: 90_000 });
    expect(retryDelayMs("job", asked, "outage", 1)).to.equal(90_000);
  });
  it("quarantines a document that ends two engines", () => {
    const crash = (attempt: number): JobCommand => ({ kind: "fail", attempt, error: errorDetail("ENGINE_CRASHED", "") });
    const once = afterwards(aJob(), ...claimed, crash(1));
    const { job } = afterwards(
      { ...once },
      10_000,
      { kind: "timer" },
      { kind: "invite" },
      { kind: "claim", workerId: "w", deliveryAttempt: 2, invitationTraceparent: "" },
      crash(2),
    );
    expect(job.state).to.equal(JobState.FAILED);
    expect(job.error?.code).to.equal("DOCUMENT_QUARANTINED");
  });
  it("succeeds only when the ledger adds up and nothing failed", () => {
    expect(afterwards(aJob(), ...claimed, complete(full)).job.state).to.equal(JobState.SUCCEEDED);
    expect(afterwards(aJob(), ...claimed, complete(partial)).job.state).to.equal(JobState.PARTIALLY_SUCCEEDED);
    expect(afterwards(aJob({ allOrNothing: true }), ...claimed, complete(partial)).job.state).to.equal(JobState.FAILED);
    const wrong = create(LedgerSchema, { pagesIn: 2, pagesOut: 1, segmentsTotal: 1, segmentsTranslated: 1 });
    expect(afterwards(aJob(), ...claimed, complete(wrong)).job.error?.code).to.equal("LEDGER_MISMATCH");
  });
  it("does not do again what would only come to the same account", () => {
    const wrong = create(LedgerSchema, { pagesIn: 2, pagesOut: 1, segmentsTotal: 1, segmentsTranslated: 1 });
    const { job } = afterwards(aJob(), ...claimed, complete(wrong));
    expect([job.state, job.error?.retryable]).to.deep.equal([JobState.FAILED, false]);
  });
  it("gives a job another attempt after a defect that nobody expected, though asking again is not advised", () => {
    const error = errorDetail("INTERNAL", "");
    expect(error.retryable).to.equal(false);
    expect(afterwards(aJob(), ...claimed, { kind: "fail", attempt: 1, error }).job.state).to.equal(JobState.RETRY_WAIT);
  });
  it("says of a document of which nothing could be translated that it is the document", () => {
    const none = create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 1, segmentsFailed: 1 });
    const { error } = afterwards(aJob(), ...claimed, complete(none)).job;
    expect(error).to.include({ code: "NOTHING_TRANSLATED", category: ErrorCategory.INVALID_INPUT, retryable: false });
  });
  it("cancels a waiting job at once, and a running one when its worker has stopped", () => {
    const cancel: JobCommand = { kind: "cancel", reason: "" };
    expect(afterwards(aJob(), cancel).job.state).to.equal(JobState.CANCELLED);
    const cancelling = afterwards(aJob(), ...claimed, cancel);
    expect(cancelling.job.state).to.equal(JobState.CANCELLING);
    expect(afterwards(cancelling, complete(full)).job).to.deep.include({ state: JobState.CANCELLED, artefacts: [] });
    expect(afterwards(cancelling, POLICY.cancelTimeoutMs, { kind: "timer" }).job.state).to.equal(JobState.CANCELLED);
  });
  it("refuses a cancel after the end", () => {
    const done = afterwards(aJob(), ...claimed, complete(full));
    expect(transition(done, { kind: "cancel", reason: "" }, START)).to.include({ kind: "refused", code: "JOB_ALREADY_FINISHED" });
  });
});
