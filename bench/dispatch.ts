import { create } from "@bufbuild/protobuf";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { JobOptionsSchema } from "../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { transition } from "../orchestrator/jobs/machine.ts";
import type { Cluster } from "../test/support/cluster.ts";
import { eventually } from "../test/support/service.ts";
import { CLIENTS, type Figures, IDLE_JOBS, inParallel, openDriver, quantiles, startBench, TENANTS } from "./driver.ts";

const JOBS = Number(process.argv[2] ?? 3000);
const STORED = Number(process.argv[3] ?? 100_000);
const CONCURRENCY = 50;

async function measureBullMq(url: string): Promise<Figures> {
  const { hostname, port } = new URL(url);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue("noop", { connection });
  let done = 0;
  let claimed: () => void = () => undefined;
  const worker = new Worker("noop", async () => claimed(), { connection, concurrency: CONCURRENCY });
  worker.on("completed", () => {
    done += 1;
  });
  await worker.waitUntilReady();
  const latencies: number[] = [];
  for (let index = 0; index < IDLE_JOBS; index++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    claimed = resolve;
    const started = performance.now();
    await queue.add("noop", {});
    await promise;
    latencies.push(performance.now() - started);
  }
  claimed = () => undefined;
  await eventually(async () => done >= IDLE_JOBS);
  done = 0;
  const started = performance.now();
  await inParallel(JOBS, CLIENTS, async () => void (await queue.add("noop", {})));
  await eventually(async () => done >= JOBS, 120_000, 1);
  const perSecond = JOBS / ((performance.now() - started) / 1000);
  await worker.close();
  await queue.close();
  return { perSecond, ...quantiles(latencies) };
}

/** Jobs that ended long ago, straight into the store. */
async function fill(cluster: Cluster, count: number): Promise<void> {
  const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es" });
  await inParallel(count, 200, async (index) => {
    const tenantId = `bench-${index % TENANTS}`;
    const given = { id: newId(tenantId), tenantId, inputKey: "k", fileName: "f", sizeBytes: 1, options, traceparent: "", traceUrl: "" };
    const created = newJob(given, 1000);
    const outcome = transition(created, { kind: "cancel", reason: "" }, 2000);
    if (outcome.kind === "changed") await cluster.store.commit({ record: outcome.record, expectedVersion: 0n, outbox: [] });
  });
}

function row(name: string, ours: Figures, theirs: Figures): void {
  const figures = ({ perSecond, p50, p99 }: Figures) =>
    `${perSecond.toFixed(0).padStart(6)} jobs/s  create to claim p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  console.log(`${name.padEnd(34)} ${figures(ours)}`);
  if (ours !== theirs)
    console.log(
      `${"".padEnd(34)} throughput ${(ours.perSecond / theirs.perSecond).toFixed(2)} × BullMQ, p50 ${(ours.p50 / theirs.p50).toFixed(1)} ×`,
    );
}

await using bench = await startBench();
const { cluster } = bench;
await using driver = await openDriver(cluster, JOBS);
await driver.measure();
const bull = await measureBullMq(cluster.redis.url);
row(`BullMQ, concurrency ${CONCURRENCY}`, bull, bull);
row("Dragoman, 50 slots", await driver.measure(), bull);
if (STORED > 0) {
  await fill(cluster, STORED);
  row(`Dragoman, ${STORED} jobs stored`, await driver.measure(), bull);
  const redis = new Redis(cluster.redis.url);
  console.log(`Redis: ${/used_memory_human:(\S+)/.exec(await redis.info("memory"))?.[1]}`);
  redis.disconnect();
}
