import type { Limits } from "../orchestrator/policy/limits.ts";
import { openDriver, startBench } from "./driver.ts";

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
const measured = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++)
  for (const [name, driver] of drivers) measured.set(name, [...(measured.get(name) ?? []), (await driver.measure()).perSecond]);
const middle = (values: number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const off = measured.get("off") ?? [];
for (const [name, rates] of measured) {
  const ratio = middle(rates.map((rate, round) => rate / (off[round] ?? 0)));
  const each = rates.map((rate) => rate.toFixed(0)).join(" ");
  console.log(`${name.padEnd(10)} ${middle(rates).toFixed(0).padStart(5)} jobs/s (${each})  ${ratio.toFixed(2)} × off of the same round`);
}
