import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { QuotaViolationSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobOptionsSchema, type JobState, LedgerSchema, OverQuota, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { stateName } from "../../platform/names.ts";
import { newJob } from "./change.ts";
import { expiryAt, timedByExpiry } from "./expiry.ts";
import type { JobCommand, JobRecord } from "./job.ts";
import { transition } from "./machine.ts";
import { POLICY } from "./policy.ts";

const START = 1_000_000;
const PAGES = create(QuotaViolationSchema, { quota: "pages", limit: 10n });
const DRAWING = "docs/job_states.md";

function aJob(notBefore?: number, overQuota: OverQuota = OverQuota.UNSPECIFIED): JobRecord {
  const options = create(JobOptionsSchema, {
    targetLanguage: "es",
    overQuota,
    ...(notBefore && { notBefore: timestampFromMs(notBefore) }),
  });
  const input = { inputKey: "k", fileName: "f", sizeBytes: 1 };
  return newJob({ id: "01J", tenantId: "t", traceparent: "", traceUrl: "", options, ...input }, START);
}

/** One that is to have ended soon: while it waits to begin, runs or backs off. */
function aShortJob(notBefore?: number): JobRecord {
  const job = aJob(notBefore);
  Object.assign(job.job.options ?? {}, { expireInSeconds: 60 });
  return timedByExpiry(job);
}

/** Of each kind, all that may end differently. */
function commandsFor({ deliveryAttempt, job: { attempt } }: JobRecord): JobCommand[] {
  const ledger = (segments: object) => create(LedgerSchema, { pagesIn: 1, pagesOut: 1, segmentsTotal: 2, ...segments });
  const done = { kind: "complete" as const, attempt, artefacts: [], longestSpans: [] };
  return [
    { kind: "timer" },
    { kind: "restart" },
    { kind: "invite" },
    { kind: "claim", workerId: "w", deliveryAttempt, invitationTraceparent: "" },
    { kind: "heartbeat", attempt, stage: Stage.CONVERTING, percent: 1, pagesDone: 0, pagesTotal: 1, longestSpans: [] },
    { ...done, ledger: ledger({ segmentsTranslated: 2 }) },
    { ...done, ledger: ledger({ segmentsTranslated: 1, segmentsFailed: 1 }) },
    { ...done, ledger: ledger({ segmentsFailed: 2 }) },
    ...(["PDF_CORRUPT", "ENGINE_CRASHED", "CANCELLED"] as const).map(
      (code) => ({ kind: "fail", attempt, error: errorDetail(code, "") }) satisfies JobCommand,
    ),
    { kind: "release", attempt, reason: "" },
    { kind: "disconnect", attempt },
    { kind: "over_quota", attempt, pages: 9, error: errorDetail("QUOTA_EXCEEDED", "", { quota: PAGES }) },
    { kind: "cancel", reason: "" },
  ];
}

/** Every move that the machine makes: from, to, and the commands that make it. Goes through all that can happen to a job of few attempts. */
function moves(first: readonly JobRecord[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const open = [...first];
  for (let record = open.pop(); record; record = open.pop()) {
    const { job, attemptsReleased, crashes, losses, deliveryAttempt, invitedAt, runDeadlineAt, leaseExpireAt } = record;
    const counts = [job.attempt, attemptsReleased, crashes, losses, deliveryAttempt];
    const outlives = runDeadlineAt !== null && (leaseExpireAt ?? 0) > runDeadlineAt;
    const key = [
      job.state,
      job.stage,
      ...counts,
      invitedAt === null,
      runDeadlineAt === null,
      outlives,
      job.options?.expireInSeconds,
    ].join();
    if (seen.has(key) || deliveryAttempt > 4) continue;
    seen.add(key);
    const written = job.updateTime ? Math.ceil(Number(job.updateTime.seconds) * 1000 + job.updateTime.nanos / 1e6) : START;
    const deadline = runDeadlineAt ?? written;
    const expiry = expiryAt(record) ?? written;
    const times = new Set([written, record.timerAt ?? written, record.queueDeadlineAt, deadline - 1, deadline, expiry]);
    for (const now of times) {
      for (const command of commandsFor(record)) {
        const outcome = transition(record, command, now);
        if (outcome.kind !== "changed") continue;
        open.push(outcome.record);
        if (outcome.record.job.state === job.state) continue;
        const move = `${stateName(job.state)} --> ${stateName(outcome.record.job.state)}`;
        found.set(move, (found.get(move) ?? new Set()).add(command.kind));
      }
    }
  }
  return found;
}

describe("the drawing of a job's states", () => {
  it("shows every move that the machine makes, by what makes it, and no other", () => {
    const first = [aJob(), aJob(START + 3600_000)];
    const oftenLost = aJob();
    oftenLost.job.attempt = POLICY.maxLosses - 1;
    const made = moves([
      ...first,
      aJob(0, OverQuota.WAIT),
      aShortJob(),
      aShortJob(START + 3600_000),
      { ...oftenLost, losses: POLICY.maxLosses - 1 },
    ]);
    const states = (JSON.stringify([...made.keys()]).match(/[A-Z_]{4,}/g) ?? []).filter((name, index, all) => all.indexOf(name) === index);
    const ends = states.filter((name) => isFinal(stateOf(name)));
    const expected = [
      ...first.map(({ job }) => `[*] --> ${stateName(job.state)}`),
      ...[...made].map(([move, kinds]) => `${move}: ${[...kinds].sort().join(", ")}`),
      ...ends.map((name) => `${name} --> [*]`),
    ];
    const drawn = readFileSync(DRAWING, "utf8")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.includes("-->"));
    expect(drawn.sort()).to.deep.equal(expected.sort());
  });
});

function stateOf(name: string): JobState {
  for (let state = 0; state < 20; state++) if (stateName(state as JobState) === name) return state as JobState;
  throw new Error(`no state ${name}`);
}
