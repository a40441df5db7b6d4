import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Ahead, LaneAhead, TenantAhead } from "../policy/choice.ts";
import { placeAmong, turnOf } from "../policy/order.ts";
import { asked, jobKey, prefix, type RedisClient, type ShardAhead, type TenantLine } from "./redis_client.ts";

/** A place among more lanes than these is told as if there were no others. */
const MAX_LANES = 1000;
const URGENT = "!";
const REFILED_AT_ONCE = 500;

/** How many tenants a shard is asked for where so many are wanted of all: about twice its part. */
export function ofShard(limit: number): number {
  return Math.min(limit, 2 + Math.ceil((2 * limit) / SHARDS.length));
}

/** What all shards have at the head of their queues, as one queue of so many tenants; of a page of them, of all that they show. */
export function merged(shards: readonly ShardAhead[], limit: number, page?: number): Ahead {
  const all = shards.map(([now, urgent, more, lines, moreUrgent]) => ({
    ...{ now: Number(now), urgent, more: more === "1", tenants: lines.map(toTenant), moreUrgent: moreUrgent === "1" },
  }));
  // Behind the last one that a shard showed there may be others: whoever comes after those is not known to be next.
  const farthest = Math.min(...all.map(({ more, tenants }) => (more ? (tenants.at(-1)?.time ?? 0) : Number.POSITIVE_INFINITY)));
  const known = all.flatMap(({ tenants }) => tenants).filter(({ time }) => page !== undefined || time <= farthest);
  const tenants = known.sort(byTime).slice(0, page === undefined ? limit : known.length);
  const each = Math.ceil((4 * limit) / Math.max(1, tenants.length));
  return {
    now: Math.max(0, ...all.map(({ now }) => now)),
    urgent: all.flatMap(({ urgent }) => urgent).sort(),
    moreUrgent: all.some(({ moreUrgent }) => moreUrgent),
    tenants: tenants.map((tenant) => ({ ...tenant, lanes: tenant.lanes.map((lane) => shortened(lane, each)) })),
    moreTenants: known.length > tenants.length || farthest < Number.POSITIVE_INFINITY,
  };
}

function shortened(lane: LaneAhead, length: number): LaneAhead {
  return lane.ids.length <= length ? lane : { ...lane, ids: lane.ids.slice(0, length), more: true };
}

function byTime(one: TenantAhead, other: TenantAhead): number {
  return one.time - other.time || (one.tenantId < other.tenantId ? -1 : 1);
}

function toTenant([tenantId, time, weight, running, maxRunning, lanesNow, moreLanes, lanes]: TenantLine): TenantAhead {
  return {
    tenantId,
    time: Number(time),
    weight: Number(weight),
    running: Number(running),
    maxRunning: Number(maxRunning),
    lanesNow: Number(lanesNow),
    moreLanes: moreLanes === "1",
    lanes: lanes.map(([lane, laneTime, more, ids]) => ({ lane, time: Number(laneTime), more: more === "1", ids })),
  };
}

export async function positionOf(redis: RedisClient, tenantId: string, id: string): Promise<number> {
  const shard = shardOfTenant(tenantId);
  const all = prefix(shard);
  const [jobClass = "", lane = ""] = (await asked(redis.hget(jobKey(shard, id), "place")))?.split(":") ?? [];
  const queue = (of: string) => `${all}:queue:${jobClass}:${of}:${tenantId}`;
  const ahead = await asked(redis.zrank(lane === URGENT ? `${all}:urgent:${jobClass}` : queue(lane), id));
  if (ahead === null) return 0;
  if (lane === URGENT) return ahead + 1;
  const lanes = await asked(redis.zrange(`${all}:lanes:${jobClass}:${tenantId}`, "0", String(MAX_LANES - 1)));
  const others = lanes.filter((other) => other !== lane);
  return placeAmong(ahead, await asked(Promise.all(others.map((other) => redis.zcard(queue(other))))));
}

/** What was found at the head of a shard's queue, as `redis/leave_queue.lua` takes it. */
export function looked([, urgent, , lines]: ShardAhead): [tenantId: string, lane: string, id: string][] {
  const ofLanes = lines.flatMap(([tenantId, , , , , , , lanes]) =>
    lanes.flatMap(([lane, , , ids]) => ids.map((id): [string, string, string] => [tenantId, lane, id])),
  );
  return [...urgent.map((id): [string, string, string] => ["", URGENT, id]), ...ofLanes];
}

/** Moves what an older version filed into this one's queue: some of it now, the rest the next time. */
export async function refileOlder(redis: RedisClient, shard: string, get: (id: string) => Promise<JobRecord | undefined>): Promise<void> {
  const all = prefix(shard);
  for (const tenantId of await redis.zrange(`${all}:turns`, "0", String(REFILED_AT_ONCE - 1))) {
    for (const id of await redis.zrange(`${all}:waiting:${tenantId}`, "0", String(REFILED_AT_ONCE - 1))) {
      const record = await get(id);
      await redis.refileJob(all, id, String(record?.job.version ?? ""), tenantId, JSON.stringify(record ? turnOf(undefined, record) : {}));
    }
  }
}
