import { setTimeout as sleep } from "node:timers/promises";
import { JobMetrics } from "../../orchestrator/metrics.ts";
import { JobWriter } from "../../orchestrator/scheduling/job_writer.ts";
import { OperationRunner } from "../../orchestrator/services/admin/operation_runner.ts";
import { openRedisStore } from "../../orchestrator/store/redis.ts";
import { openLog } from "../../platform/log.ts";

/** A process that takes operations further, as an orchestrator does, until it is killed. Arguments: the Redis server, the lease in ms. */
const [, , url = "", leaseMs = ""] = process.argv;
const log = openLog("test", "silent");
const store = await openRedisStore(url, log);
const jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0 });
const runner = new OperationRunner({ store, jobs } as ConstructorParameters<typeof OperationRunner>[0], Number(leaseMs));
console.log("ready");
for (;;) if (!(await runner.step())) await sleep(20);
