import { PLAIN_ORDER } from "../orchestrator/policy/order.ts";
import { Random } from "../test/fuzz/random.ts";
import { fairAllocation, jain, percentiles } from "./simulation/fairness.ts";
import { type Arrival, fairOrder, firstComeFirstServed, play, type Simulated } from "./simulation/run.ts";

/*
 * A million jobs of 1,000 tenants, one of which sends half of them at once, on simulated workers: in the order of the service, by the
 * code that runs there, and first come, first served. All times are simulated seconds.
 */

const JOBS = Number(process.argv[2] ?? 1_000_000);
const TENANTS = 1000;
const SLOTS = 64;
/** What a page takes. */
const PAGE_SECONDS = 1;
/** What all but the flood send, of what the workers can do. */
const LOAD = 0.6;
const FLOOD = "flood";
const MEAN_PAGES = 10;
const MOST_PAGES = 500;
const PRIORITY_AGE_SECONDS = PLAIN_ORDER.priorityAgeMs / 1000;
const PERCENTS = [50, 90, 95, 99, 99.9, 100];

const random = new Random(18);
const uniform = () => (random.int(2 ** 30) + 0.5) / 2 ** 30;
const exponential = (mean: number) => -Math.log(uniform()) * mean;

function weightOf(tenantId: string): number {
  return tenantId === FLOOD ? 1 : ([1, 1, 2, 4][Number(tenantId) % 4] as number);
}

/** Half the jobs come at once; the others' as they come, a tenth of high priority. */
function arrivals(): Arrival[] {
  const others = JOBS / 2;
  const everySeconds = (MEAN_PAGES * PAGE_SECONDS) / SLOTS / LOAD;
  const made: Arrival[] = [];
  const make = (at: number, tenantId: string) => {
    const cost = Math.min(MOST_PAGES, 1 + Math.floor(exponential(MEAN_PAGES)));
    const rank = at - (random.int(10) === 0 ? PRIORITY_AGE_SECONDS : 0);
    made.push({ id: String(made.length).padStart(8, "0"), tenantId, lane: "key", share: 1, cost, rank, at });
  };
  for (let index = 0; index < JOBS - others; index++) make(0, FLOOD);
  for (let index = 0, at = 0; index < others; index++) {
    at += exponential(everySeconds);
    make(at, String(random.int(TENANTS - 1)));
  }
  return made;
}

function report(name: string, jobs: readonly Arrival[], { startedAt }: Simulated, seconds: number): void {
  const untilLast = jobs.at(-1)?.at ?? 0;
  const waits = jobs.map(({ at }, place) => (startedAt[place] as number) - at);
  const [given, demand] = [new Map<string, number>(), new Map<string, number>()];
  const add = (sums: Map<string, number>, tenantId: string, pages: number) => sums.set(tenantId, (sums.get(tenantId) ?? 0) + pages);
  for (const [place, { tenantId, cost }] of jobs.entries()) {
    add(demand, tenantId, cost);
    if ((startedAt[place] as number) <= untilLast) add(given, tenantId, cost);
  }
  const tenants = [...demand.keys()];
  const claims = tenants.map((tenantId) => ({ demand: demand.get(tenantId) ?? 0, weight: weightOf(tenantId) }));
  const fair = fairAllocation(claims, (untilLast * SLOTS) / PAGE_SECONDS);
  const shares = tenants.map((tenantId, index) => (given.get(tenantId) ?? 0) / (fair[index] as number));
  console.log(`\n${name} (${seconds.toFixed(1)} s of this machine)`);
  console.log(`${"wait in seconds, percentile".padEnd(30)}${PERCENTS.map((percent) => String(percent).padStart(10)).join("")}`);
  for (const [whose, isFlood] of [
    ["all but the flood", false],
    ["the flood", true],
  ] as const) {
    const own = waits.filter((_, place) => (jobs[place]?.tenantId === FLOOD) === isFlood);
    if (own.length === 0) continue;
    console.log(
      `${whose.padEnd(30)}${percentiles(own, PERCENTS)
        .map((wait) => wait.toFixed(1).padStart(10))
        .join("")}`,
    );
  }
  console.log(`Jain's index of what each was given of its fair share: ${jain(shares).toFixed(4)}`);
  const flood = shares[tenants.indexOf(FLOOD)];
  if (flood !== undefined) console.log(`the flood was given ${(100 * flood).toFixed(1)} % of its own`);
}

const all = arrivals();
const others = all.filter(({ tenantId }) => tenantId !== FLOOD);
const hours = (all.at(-1)?.at ?? 0) / 3600;
console.log(`${all.length} jobs of ${TENANTS} tenants on ${SLOTS} slots, the flood's half at once, the others' for ${hours.toFixed(1)} h`);
for (const [name, jobs, order] of [
  ["the order of the service", all, fairOrder],
  ["the same without the flood", others, fairOrder],
  ["first come, first served", all, firstComeFirstServed],
] as const) {
  const started = performance.now();
  const simulated = play(jobs, order(jobs, weightOf), SLOTS, PAGE_SECONDS);
  report(name, jobs, simulated, (performance.now() - started) / 1000);
}
