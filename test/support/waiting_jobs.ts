import type { Ahead, LaneAhead, Weighed } from "../../orchestrator/policy/choice.ts";
import { served } from "../../orchestrator/policy/order.ts";

export interface WaitingJob extends Weighed {
  readonly id: string;
  readonly tenantId: string;
  readonly lane: string;
  readonly rank: number;
}

/** In order. */
interface Queue {
  jobs: WaitingJob[];
  /** How many of `jobs` are gone from its head. */
  gone: number;
}

interface Lane {
  time: number;
  waiting: number;
  /** A job stands at the end of the first one whose last job goes before it: there are as many as priorities, if jobs come as they are made. */
  readonly queues: Queue[];
}

interface Tenant {
  readonly weight: number;
  time: number;
  lanesNow: number;
  waiting: number;
  readonly lanes: Map<string, Lane>;
}

/** A tenant or a lane among those that have jobs waiting. */
interface Standing<T> {
  readonly name: string;
  readonly of: T;
  readonly time: number;
}

/** Jobs that wait, in memory: what the stores keep of the order, by the rules of `policy/order.ts`, for simulations and models. */
export class WaitingJobs {
  readonly #tenants = new Map<string, Tenant>();
  /** Those of them that have jobs waiting. */
  readonly #waiting = new Map<string, Tenant>();
  readonly #weightOf: (tenantId: string) => number;
  now = 0;

  constructor(weightOf: (tenantId: string) => number = () => 1) {
    this.#weightOf = weightOf;
  }

  add(job: WaitingJob): void {
    const tenant = this.#tenant(job.tenantId);
    const lane = tenant.lanes.get(job.lane) ?? { time: 0, waiting: 0, queues: [] };
    tenant.lanes.set(job.lane, lane);
    const fitting = lane.queues.find(({ jobs, gone }) => jobs.length === gone || !comesAfter(jobs.at(-1) as WaitingJob, job));
    if (fitting) fitting.jobs.push(job);
    else lane.queues.push({ jobs: [job], gone: 0 });
    lane.waiting += 1;
    tenant.waiting += 1;
    this.#waiting.set(job.tenantId, tenant);
  }

  /** The job is given out: at the head of its lane it goes, and its tenant and lane are charged. */
  give({ id, tenantId, lane: name, cost, share }: WaitingJob, chosenAt: number): void {
    const tenant = this.#tenant(tenantId);
    const lane = tenant.lanes.get(name);
    const queue = lane?.queues.find(({ jobs, gone }) => jobs[gone]?.id === id);
    if (!lane || !queue) throw new Error(`${id} is not at the head of its lane`);
    queue.gone += 1;
    if (queue.gone > 1000 && queue.gone * 2 > queue.jobs.length) {
      queue.jobs = queue.jobs.slice(queue.gone);
      queue.gone = 0;
    }
    lane.waiting -= 1;
    tenant.waiting -= 1;
    if (tenant.waiting === 0) this.#waiting.delete(tenantId);
    const all = served({ time: tenant.time, now: Math.max(this.now, chosenAt) }, cost, tenant.weight);
    const inTenant = served({ time: lane.time, now: tenant.lanesNow }, cost, share);
    [tenant.time, this.now, lane.time, tenant.lanesNow] = [all.time, all.now, inTenant.time, inTenant.now];
  }

  /** As `JobQueue.ahead`, of all classes of work. */
  ahead(limit: number): Ahead {
    const waiting: Standing<Tenant>[] = [];
    for (const [name, of] of this.#waiting) waiting.push({ name, of, time: Math.max(of.time, this.now) });
    const first = limit === 1 ? leastOf(waiting) : waiting.sort(byTime).slice(0, limit);
    const each = Math.ceil((4 * limit) / Math.max(1, first.length));
    return {
      now: this.now,
      urgent: [],
      moreUrgent: false,
      moreTenants: waiting.length > first.length,
      tenants: first.map(({ name: tenantId, of: tenant, time: tenantTime }) => {
        const lanes: Standing<Lane>[] = [];
        for (const [name, of] of tenant.lanes) if (of.waiting > 0) lanes.push({ name, of, time: Math.max(of.time, tenant.lanesNow) });
        lanes.sort(byTime);
        const ofLane = Math.ceil((2 * each) / Math.min(each, lanes.length));
        const toLane = ({ name: lane, time, of: { queues, waiting: count } }: Standing<Lane>): LaneAhead => ({
          lane,
          time,
          ids: firstOf(queues, ofLane),
          more: count > ofLane,
        });
        return {
          tenantId,
          time: tenantTime,
          weight: tenant.weight,
          running: 0,
          maxRunning: 0,
          lanesNow: tenant.lanesNow,
          moreLanes: lanes.length > each,
          lanes: lanes.slice(0, each).map(toLane),
        };
      }),
    };
  }

  #tenant(tenantId: string): Tenant {
    const known = this.#tenants.get(tenantId);
    if (known) return known;
    const tenant: Tenant = { weight: this.#weightOf(tenantId), time: 0, lanesNow: 0, waiting: 0, lanes: new Map() };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }
}

function comesAfter(one: WaitingJob, other: WaitingJob): boolean {
  return one.rank > other.rank || (one.rank === other.rank && one.id > other.id);
}

function firstOf(queues: readonly Queue[], count: number): string[] {
  const ids: string[] = [];
  const next = queues.map(({ gone }) => gone);
  while (ids.length < count) {
    let first: { readonly job: WaitingJob; readonly of: number } | undefined;
    for (const [of, { jobs }] of queues.entries()) {
      const job = jobs[next[of] as number];
      if (job && (!first || comesAfter(first.job, job))) first = { job, of };
    }
    if (!first) break;
    ids.push(first.job.id);
    next[first.of] = (next[first.of] as number) + 1;
  }
  return ids;
}

function byTime(one: Standing<unknown>, other: Standing<unknown>): number {
  return one.time - other.time || (one.name < other.name ? -1 : 1);
}

function leastOf<T>(all: readonly Standing<T>[]): Standing<T>[] {
  let least = all[0];
  for (const each of all) if (least && byTime(each, least) < 0) least = each;
  return least ? [least] : [];
}
