import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { create, fromBinary } from "@bufbuild/protobuf";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { connect } from "nats";
import { JobEventSchema, JobOptionsSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { transition } from "../orchestrator/jobs/machine.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { type Cluster, startCluster } from "../test/support/cluster.ts";
import { eventually } from "../test/support/service.ts";

const JOBS = Number(process.argv[2] ?? 3000);
const STORED = Number(process.argv[3] ?? 100_000);
const IDLE_JOBS = 200;
const CONCURRENCY = 50;
const TENANTS = 16;
const CLIENTS = 64;

interface Figures {
  readonly perSecond: number;
  /** From the call of create to the claim, milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

function quantiles(latencies: number[]) {
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Runs `work` so many times, on so many lines at once. */
async function inParallel(count: number, lines: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const line = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: lines }, line));
}

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

/** Drives the cluster by gRPC through its gateway, and hears of claims and ends by its events. */
async function openDriver(cluster: Cluster) {
  const address = cluster.grpcAddress;
  const jobs = grpcClient(JobService, address);
  const uploads = grpcClient(UploadService, address);
  const tenants = await Promise.all(
    Array.from({ length: TENANTS }, async (_, index) => {
      const caller = { authorization: `Bearer ${await issueKey(cluster.store, { tenantId: `bench-${index}`, role: "client" })}` };
      const { id, url } = await uploads.createUpload({ fileName: "noop.txt", sizeBytes: 4n }, caller);
      await fetch(new URL(url, cluster.url), { method: "PUT", body: "noop" });
      return { caller, uploadId: id };
    }),
  );
  const connection = await connect({ servers: cluster.nats.url });
  let onClaim: () => void = () => undefined;
  let ended = 0;
  connection.subscribe("jobs.events.>", {
    callback: (_, { data }) => {
      const { job } = fromBinary(JobEventSchema, data);
      if (job?.state === JobState.SUCCEEDED) ended += 1;
      if (job?.state === JobState.RUNNING && job.timeline.at(-1)?.reason === "CLAIMED") onClaim();
    },
  });
  await connection.flush();
  const createJob = async (index: number) => {
    const { caller, uploadId } = tenants[index % TENANTS] as (typeof tenants)[number];
    await jobs.createJob({ uploadId, options: { sourceLanguage: "en", targetLanguage: "es" } } as never, caller);
  };
  return {
    async measure(): Promise<Figures> {
      const latencies: number[] = [];
      for (let index = 0; index < IDLE_JOBS; index++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        onClaim = resolve;
        const started = performance.now();
        await createJob(index);
        await promise;
        latencies.push(performance.now() - started);
        await sleep(5);
      }
      onClaim = () => undefined;
      await eventually(async () => ended % IDLE_JOBS === 0 && ended > 0);
      ended = 0;
      const started = performance.now();
      await inParallel(JOBS, CLIENTS, createJob);
      await eventually(async () => ended >= JOBS, 240_000, 1);
      const perSecond = JOBS / ((performance.now() - started) / 1000);
      ended = 0;
      return { perSecond, ...quantiles(latencies) };
    },
    async [Symbol.asyncDispose]() {
      await connection.close();
      jobs[Symbol.dispose]();
      uploads[Symbol.dispose]();
    },
  };
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

await using cluster = await startCluster({ orchestrators: 1, workers: 0, artefacts: "files", env: { DRAGOMAN_LOG_LEVEL: "warn" } });
const key = await issueKey(cluster.store, { tenantId: "operator", role: "worker" });
const worker = spawn(
  process.execPath,
  [
    "--disable-warning=ExperimentalWarning",
    "bench/dispatch_worker.ts",
    cluster.nats.url,
    cluster.orchestratorAddress,
    key,
    `${cluster.folder}/bench-worker`,
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  await once(worker.stdout, "data");
  await eventually(async () => {
    const { jobs } = cluster.orchestrators[0] as Cluster["orchestrators"][number];
    return (await jobs.listLanguagePairs({}, { authorization: cluster.authorization })).pairs.length > 0;
  });
  await using driver = await openDriver(cluster);
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
} finally {
  worker.kill("SIGTERM");
}
