import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import fc from "fast-check";
import { QuotaViolationSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobOptionsSchema, OverQuota, Priority, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { stateName } from "../../platform/names.ts";
import { newJob } from "./change.ts";
import type { JobCommand, JobRecord } from "./job.ts";
import { transition } from "./machine.ts";
import type { Override } from "./override.ts";

const START = 1_000_000;

/** What may happen to a job, told by two numbers. */
function commandOf({ job: { attempt }, deliveryAttempt }: JobRecord, which: number, given: number, now: number): JobCommand {
  const override = (is: Override): JobCommand => ({ kind: "override", override: is, by: "k", reason: "r", operationId: "" });
  const quota = create(QuotaViolationSchema, { quota: "pages", limit: 5n, resetTime: timestampFromMs(now + (given % 600_000)) });
  const stage = given % 3 ? Stage.CONVERTING : Stage.DOWNLOADING;
  const commands: readonly JobCommand[] = [
    { kind: "invite" },
    { kind: "claim", workerId: "w", deliveryAttempt, invitationTraceparent: "" },
    { kind: "fail", attempt, error: errorDetail(given % 2 ? "ENGINE_CRASHED" : "UNAVAILABLE", "") },
    { kind: "heartbeat", attempt, stage, percent: 1, pagesDone: 0, pagesTotal: 1, longestSpans: [] },
    { kind: "release", attempt, reason: "" },
    { kind: "disconnect", attempt },
    { kind: "cancel", reason: "" },
    { kind: "restart" },
    { kind: "postpone", lastSeen: now - 1000, byMs: given % 100_000 },
    { kind: "update", by: "k", priority: Priority.HIGH },
    { kind: "update", by: "k", notBefore: now + (given % 50_000), queueDeadlineSeconds: 1 + (given % 60) },
    { kind: "over_quota", attempt, pages: 3, error: errorDetail("QUOTA_EXCEEDED", "", { quota }) },
    override({ kind: "run_now" }),
    override({ kind: "reschedule", notBefore: now - 20_000 + (given % 90_000) }),
    override({ kind: "extend_deadline", seconds: 1 + (given % 90) }),
  ];
  return commands[which % commands.length] ?? { kind: "restart" };
}

describe("the timer of a job", () => {
  it("is there until its end, and when it comes there is something to do, whatever was done before", () => {
    const times = fc.record({ expireInSeconds: fc.nat(120), queueDeadlineSeconds: fc.nat(90), begins: fc.option(fc.nat(60_000)) });
    // Null: when the timer comes.
    const step = fc.record({ which: fc.nat(14), given: fc.nat(1_000_000), waitMs: fc.option(fc.nat(70_000)) });
    fc.assert(
      fc.property(times, fc.array(step, { maxLength: 30, size: "max" }), ({ begins, ...limits }, steps) => {
        const notBefore = begins === null ? {} : { notBefore: timestampFromMs(START + begins) };
        const options = create(JobOptionsSchema, { targetLanguage: "es", overQuota: OverQuota.WAIT, ...limits, ...notBefore });
        const given = { id: "01J", tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options };
        let record = newJob(given, START);
        let now = START;
        const happens = (command: JobCommand) => {
          const outcome = transition(record, command, now);
          if (outcome.kind === "changed") record = outcome.record;
          return outcome.kind;
        };
        for (const { which, given: number, waitMs } of steps) {
          now = waitMs === null ? Math.max(now, record.timerAt ?? now) : now + waitMs;
          happens(commandOf(record, which, number, now));
          for (let fired = 0; fired < 4 && record.timerAt !== null && record.timerAt <= now; fired++)
            expect(happens({ kind: "timer" }), `of a job ${stateName(record.job.state)}`).to.equal("changed");
          if (isFinal(record.job.state)) return;
          expect(record.timerAt).to.be.above(now);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
