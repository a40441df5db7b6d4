import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { WaitReason } from "../../gen/dragoman/v1/job_service_pb.ts";
import { openLog } from "../../platform/log.ts";
import { Tenants } from "../access/tenants.ts";
import { newJob } from "../jobs/change.ts";
import { JobMetrics } from "../metrics.ts";
import { NO_CONTROLS } from "../policy/controls.ts";
import type { Limits } from "../policy/limits.ts";
import { JobWriter } from "../scheduling/job_writer.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { heldBackBy } from "./holding_back.ts";

interface Given {
  readonly paused?: boolean;
  readonly classPaused?: boolean;
  readonly tenant?: Limits;
  readonly key?: Limits;
}

/** What holds back the second of two jobs, to the first of which a worker is invited. */
async function held({ paused = false, classPaused = false, tenant = {}, key = {} }: Given): Promise<WaitReason | undefined> {
  await using store = openSqliteStore(":memory:");
  const stop = { reason: "r", at: 1, by: "k" };
  await store.saveTenant({ tenantId: "t", version: 1, limits: tenant, ...(paused && { paused: stop }) });
  const parts = { store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0 };
  const jobs = new JobWriter({ ...parts, limitsOf: async () => ({ tenant, key }) });
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  const aJob = (id: string) =>
    newJob({ id, tenantId: "t", keyId: "k", inputKey: "k", fileName: "f", sizeBytes: 1, options, traceparent: "", traceUrl: "" }, 1000);
  const second = aJob("b0");
  for (const record of [aJob("a0"), second]) expect(await jobs.create(record, {})).to.equal(true);
  await jobs.apply("a0", { kind: "invite" });
  const controls = { now: async () => ({ ...NO_CONTROLS, ...(classPaused && { classes: { default: stop } }) }) };
  return heldBackBy({ store, jobs, tenants: new Tenants(store, {}), controls }, second);
}

describe("what holds back a job", () => {
  const cases: readonly [string, Given, WaitReason | undefined][] = [
    ["nothing", {}, undefined],
    ["its tenant's pause", { paused: true }, WaitReason.TENANT_PAUSED],
    ["its class's pause", { classPaused: true }, WaitReason.CLASS_PAUSED],
    ["as many of its tenant as may run", { tenant: { maxRunningJobs: 1 } }, WaitReason.RUNNING_LIMIT],
    ["as many of its key as may run", { key: { maxRunningJobs: 1 } }, WaitReason.RUNNING_LIMIT],
    ["no limit that is higher", { tenant: { maxRunningJobs: 2 }, key: { maxRunningJobs: 2 } }, undefined],
  ];
  for (const [what, given, expected] of cases) it(`is ${what}`, async () => expect(await held(given)).to.equal(expected));
});
