import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { connect } from "nats";
import { JobEventSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import type { Limits } from "../orchestrator/policy/limits.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { spawnTied } from "../test/servers/process.ts";
import { type Cluster, startCluster } from "../test/support/cluster.ts";
import { eventually } from "../test/support/service.ts";
import { median } from "./median.ts";

export const IDLE_JOBS = 200;
export const TENANTS = 16;
export const CLIENTS = 64;

export interface Figures {
  readonly perSecond: number;
  /** From the call of create to the claim, milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export function quantiles(latencies: number[]) {
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Runs `work` so many times, on so many lines at once. */
export async function inParallel(count: number, lines: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const line = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: lines }, line));
}

/** `limits`: of each tenant and key. Drives the cluster by gRPC through its gateway, and hears of claims and ends by its events. */
export async function openDriver(cluster: Cluster, count: number, limits: Limits = {}) {
  const address = cluster.grpcAddress;
  const jobs = grpcClient(JobService, address);
  const uploads = grpcClient(UploadService, address);
  const tenants = await Promise.all(
    Array.from({ length: TENANTS }, async (_, index) => {
      const tenantId = `bench-${index}`;
      await cluster.store.saveTenant({ tenantId, limits, version: 1 }, []);
      const caller = { authorization: `Bearer ${await issueKey(cluster.store, { tenantId, role: "client", limits })}` };
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
      await inParallel(count, CLIENTS, createJob);
      await eventually(async () => ended >= count, 240_000, 1);
      const perSecond = count / ((performance.now() - started) / 1000);
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

/** One orchestrator, of another program where one is named, and one gateway, and a worker of 50 slots whose documents take no time. */
export async function startBench(
  env: Record<string, string> = {},
  orchestrator?: string,
): Promise<{ readonly cluster: Cluster } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const all = { DRAGOMAN_LOG_LEVEL: "warn", ...env };
  const cluster = stack.use(await startCluster({ orchestrators: 1, workers: 0, artefacts: "files", env: all, orchestrator }));
  const key = await issueKey(cluster.store, { tenantId: "operator", role: "worker" });
  const args = [cluster.nats.url, cluster.orchestratorAddress, key, `${cluster.folder}/bench-worker`];
  const worker = spawnTied([process.execPath, "--disable-warning=ExperimentalWarning", "bench/dispatch_worker.ts", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  stack.defer(() => void worker.kill("SIGTERM"));
  await once(worker.stdout as NonNullable<typeof worker.stdout>, "data");
  await eventually(async () => {
    const { jobs } = cluster.orchestrators[0] as Cluster["orchestrators"][number];
    return (await jobs.listLanguagePairs({}, { authorization: cluster.authorization })).pairs.length > 0;
  });
  const owned = stack.move();
  return { cluster, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type Driver = Awaited<ReturnType<typeof openDriver>>;

/** Measures deployments in turns, so that what else the machine does meets each alike, and prints each one's jobs a second beside those of "off". */
export async function compareInTurns(drivers: ReadonlyMap<string, Driver>, rounds: number): Promise<void> {
  const measured = new Map<string, number[]>();
  for (const driver of drivers.values()) await driver.measure();
  for (let round = 0; round < rounds; round++)
    for (const [name, driver] of drivers) measured.set(name, [...(measured.get(name) ?? []), (await driver.measure()).perSecond]);
  const off = measured.get("off") ?? [];
  for (const [name, rates] of measured) {
    const ratio = median(rates.map((rate, round) => rate / (off[round] ?? 0)));
    const each = rates.map((rate) => rate.toFixed(0)).join(" ");
    console.log(`${name.padEnd(14)} ${median(rates).toFixed(0).padStart(5)} jobs/s (${each})  ${ratio.toFixed(2)} × off of the same round`);
  }
}
