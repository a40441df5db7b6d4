import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema, JobState, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { openLog } from "../../platform/log.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { POLICY } from "../jobs/policy.ts";
import { JobMetrics } from "../metrics.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { JobTimers } from "./job_timers.ts";
import { JobWriter } from "./job_writer.ts";

const HOUR_MS = 3600_000;

/** A store whose clock goes `aheadMs` of this machine's, and what is done on the way of each look at the jobs that were given out. */
async function fixture(onLook: (clock: { aheadMs: number }) => void) {
  const clock = { aheadMs: 0, now: () => Math.round(Date.now() + clock.aheadMs) };
  const opened = openSqliteStore(":memory:");
  const store: Store = {
    ...opened,
    clock,
    async underWay() {
      const ids = await opened.underWay();
      onLook(clock);
      return ids;
    },
  };
  const jobs = new JobWriter({ store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0 });
  const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es" });
  const given = { id: newId("t"), tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "" };
  const { job } = newJob({ ...given, options }, clock.now());
  await jobs.create(newJob({ ...given, options }, clock.now()), {});
  await jobs.apply(job.id, { kind: "invite" });
  await jobs.apply(job.id, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" });
  await jobs.apply(job.id, {
    ...{ kind: "heartbeat", attempt: 1, workerId: "w", stage: Stage.CONVERTING },
    ...{ percent: 1, pagesDone: 0, pagesTotal: 1, longestSpans: [] },
  });
  const timers = new JobTimers(store, jobs, { servedSince: () => 0, clockSet: () => undefined });
  return { clock, timers, record: () => opened.get(job.id) };
}

describe("the timers of jobs", () => {
  it("take no lease for over because the clock is set forward while they look", async () => {
    let looks = 0;
    const { clock, timers, record } = await fixture((set) => {
      if (looks++ === 0) set.aheadMs = HOUR_MS;
    });
    await timers.step();
    expect((await record())?.job.state).to.equal(JobState.RUNNING);
    await timers.step();
    const after = await record();
    expect(after?.job.state).to.equal(JobState.RUNNING);
    expect((after?.leaseExpireAt ?? 0) - clock.now()).to.be.within(1, POLICY.leaseTtlMs);
  });
});
