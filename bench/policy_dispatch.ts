import type { Limits } from "../orchestrator/policy/limits.ts";
import { compareInTurns, openDriver, startBench } from "./driver.ts";

const JOBS = Number(process.argv[2] ?? 1000);
const ROUNDS = 5;
const ENOUGH = 1_000_000_000;

const LIMITS: Limits = {
  ...{ maxOpenJobs: ENOUGH, maxRunningJobs: ENOUGH, requestsPerMinute: ENOUGH, burst: ENOUGH },
  ...{ pagesPerDay: ENOUGH, maxStoredBytes: ENOUGH },
};
const WAYS: Readonly<Record<string, { readonly limits: Limits; readonly orchestrator?: string }>> = {
  off: { limits: {}, orchestrator: "bench/plain_orchestrator.ts" },
  // How far two of the same are apart.
  "off, again": { limits: {}, orchestrator: "bench/plain_orchestrator.ts" },
  on: { limits: LIMITS },
};

/** What quotas, rates and fair shares cost of whole dispatch: with all limits on tenants and keys, and with commits that charge nothing, in turns. */
await using stack = new AsyncDisposableStack();
const drivers = new Map<string, Awaited<ReturnType<typeof openDriver>>>();
for (const [name, { limits, orchestrator }] of Object.entries(WAYS)) {
  const { cluster } = stack.use(await startBench({}, orchestrator));
  drivers.set(name, stack.use(await openDriver(cluster, JOBS, limits)));
}
for (const driver of drivers.values()) await driver.measure();
await compareInTurns(drivers, ROUNDS);
