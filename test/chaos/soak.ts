import { setTimeout as sleep } from "node:timers/promises";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../../platform/final.ts";
import { stateName } from "../../platform/names.ts";
import { type Component, startCluster } from "../support/cluster.ts";
import { openChaos } from "./chaos.ts";
import { checkInvariants } from "./invariants.ts";

const JOBS = Number(process.argv[2] ?? 1000);
const MAX_OPEN = 40;
const FAULT_EVERY_MS = 6_000;
const AWAY_MS = 5_000;
const DEADLINE_MS = 40 * 60_000;

/** Short jobs over two orchestrators and three workers, with a fault every few seconds; then every invariant is checked. */
await using chaos = await openChaos(await startCluster({ workers: 3, env: { DRAGOMAN_LOG_LEVEL: "warn" } }));
const { cluster, history } = chaos;
const done = new AbortController();
const faults = new Map<string, number>();

const one = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;
const restart = async (component: Component, signal: NodeJS.Signals) => {
  await component.stop(signal);
  await component.start();
};
const FAULTS: Readonly<Record<string, () => Promise<void>>> = {
  "kill orchestrator": () => restart(one(cluster.orchestrators), "SIGKILL"),
  "stop orchestrator": () => restart(one(cluster.orchestrators), "SIGTERM"),
  "kill worker": () => restart(one(cluster.workers), "SIGKILL"),
  "stop worker": () => restart(one(cluster.workers), "SIGTERM"),
  "kill gateway": () => restart(cluster.gateway, "SIGKILL"),
  "NATS away": async () => {
    await cluster.nats.stop();
    await sleep(AWAY_MS);
    await cluster.nats.start();
  },
  "NATS wiped": async () => {
    await cluster.nats.stop();
    await cluster.nats.start("wiped");
  },
  "Redis away": async () => {
    await cluster.redis.stop();
    await sleep(AWAY_MS);
    await cluster.redis.start();
  },
  "S3 away": async () => {
    cluster.s3Relay.refuse();
    await sleep(AWAY_MS);
    cluster.s3Relay.restore();
  },
  "worker frozen": async () => {
    const worker = one(cluster.workers);
    worker.signal("SIGSTOP");
    await sleep(AWAY_MS);
    worker.signal("SIGCONT");
  },
  "worker cut off": async () => {
    const { relays } = one(cluster.workers);
    for (const relay of relays) relay.blackHole();
    await sleep(AWAY_MS);
    for (const relay of relays) relay.restore();
  },
};

async function injectFaults(): Promise<void> {
  while (!done.signal.aborted) {
    await sleep(FAULT_EVERY_MS * (0.5 + Math.random()), undefined, { signal: done.signal }).catch(() => undefined);
    if (done.signal.aborted) return;
    const name = one(Object.keys(FAULTS));
    faults.set(name, (faults.get(name) ?? 0) + 1);
    await FAULTS[name]?.();
  }
}

async function isOpen(id: string): Promise<boolean> {
  const record = await cluster.store.get(id).catch(() => undefined);
  return !record || !isFinal(record.job.state);
}

const started = performance.now();
const injecting = injectFaults();
const accepted: string[] = [];
let refused = 0;
let open: string[] = [];
while (accepted.length < JOBS && performance.now() - started < DEADLINE_MS) {
  if (open.length >= MAX_OPEN) {
    await sleep(200);
    const still = await Promise.all(open.map(isOpen));
    open = open.filter((_, index) => still[index]);
    continue;
  }
  try {
    const id = await chaos.create("The garden is open today.");
    accepted.push(id);
    open.push(id);
  } catch {
    // It was not accepted, and the client knows: it asks again.
    refused += 1;
    await sleep(500);
  }
  if (accepted.length % 100 === 0) console.error(`${accepted.length} accepted, ${Math.round((performance.now() - started) / 1000)} s`);
}
done.abort();
await injecting;
const lost: string[] = [];
for (const id of accepted) if (!(await cluster.store.get(id))) lost.push(id);
const records = await checkInvariants(
  cluster,
  history,
  accepted.filter((id) => !lost.includes(id)),
  10 * 60_000,
);
const succeeded = records.filter(({ job }) => job.state === JobState.SUCCEEDED).length;
const retried = records.filter(({ job }) => job.attempt > 1).length;
const doubled = records.filter(({ job }) => job.timeline.filter(({ state }) => isFinal(state)).length !== 1).length;
console.log(`faults: ${[...faults].map(([name, count]) => `${count} × ${name}`).join(", ")}; creates refused meanwhile: ${refused}`);
console.log(`jobs ${accepted.length}, succeeded ${succeeded}, retried ${retried}, lost ${lost.length}, doubled ${doubled}`);
for (const { job } of records)
  if (job.state !== JobState.SUCCEEDED) console.log(`${job.id} ${stateName(job.state)} ${job.error?.code ?? ""} attempt ${job.attempt}`);
if (lost.length > 0 || doubled > 0 || accepted.length < JOBS) process.exitCode = 1;
