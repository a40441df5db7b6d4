import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { AdminService, OperationState } from "../gen/dragoman/v1/admin_service_pb.ts";
import { JobOptionsSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { Tenants } from "../orchestrator/access/tenants.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import type { AdminParts } from "../orchestrator/services/admin/admin_parts.ts";
import { adminService } from "../orchestrator/services/admin/admin_service.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openLog } from "../platform/log.ts";
import { end, spawnTied } from "./servers/process.ts";
import { startRedis } from "./servers/redis.ts";
import { callsOf } from "./support/calls.ts";
import { gateOf } from "./support/gate.ts";
import { eventually } from "./support/service.ts";

const log = openLog("test", "silent");
const JOBS = 600;
/** So short that two may be at it at once: whoever is slow is overtaken. */
const LEASE_MS = 100;
const ROUNDS = 3;

describe("an operation whose processes are killed in the middle, again and again", () => {
  it("changes each job once, leaves none out, and says how many", async () => {
    await using redis = await startRedis();
    await using store = await openRedisStore(redis.url, log);
    const jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0 });
    const options = create(JobOptionsSchema, { targetLanguage: "es" });
    const ids = Array.from({ length: JOBS }, (_, index) => newId(`t${index % 5}`));
    const input = { inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options };
    await Promise.all(ids.map((id, index) => jobs.create(newJob({ ...input, id, tenantId: `t${index % 5}` }, store.clock.now()), {})));
    const parts = { ...gateOf(store), tenants: new Tenants(store, {}), creation: { store, jobs }, onOperation: () => undefined };
    const key = await issueKey(store, { tenantId: "operators", role: "operator" });
    const operator = callsOf(AdminService, adminService(parts as unknown as AdminParts), key);

    const asked = { reason: "kill", filter: { states: [JobState.QUEUED] } };
    const { id } = await operator.createOperation({ ...asked, action: { case: "extendDeadline", value: 60 } });
    const start = async () => {
      const child = spawnTied(
        [process.execPath, "--disable-warning=ExperimentalWarning", "test/support/operation_process.ts", redis.url, String(LEASE_MS)],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      await once(createInterface({ input: child.stdout as Readable }), "line");
      return child;
    };
    const isOver = async () => (await operator.getOperation({ id })).endTime !== undefined;
    let kills = 0;
    const startAndKill = async () => {
      for (let round = 0; round < ROUNDS && !(await isOver()); round++) {
        const child = await start();
        // In the middle of a page, or of what is written of it.
        await sleep(10 + Math.random() * 150);
        if (!(await isOver())) kills++;
        await end(child, "SIGKILL");
      }
    };
    await Promise.all([startAndKill(), startAndKill()]);
    const last = await start();
    await eventually(isOver);
    await end(last, "SIGKILL");

    const done = await operator.getOperation({ id });
    expect(done).to.include({ state: OperationState.DONE, matched: JOBS, changed: JOBS, unchanged: 0, failed: 0 });
    expect(kills, "kills in the middle").to.be.above(0);
    const records = await Promise.all(ids.map((each) => store.get(each)));
    expect(records.map((record) => record?.job.timeline.length)).to.deep.equal(ids.map(() => 2));
    const entries: string[] = [];
    for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
      const page = await operator.listAudit({ action: "job.extend_deadline", pageToken, pageSize: 1000 });
      entries.push(...page.entries.map(({ subject }) => subject));
      pageToken = page.nextPageToken;
    }
    expect(entries.sort()).to.deep.equal(ids.map((each) => `jobs/${each}`).sort());
  });
});
