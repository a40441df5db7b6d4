import { JobState, JobStateSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { ChangeStore } from "./change_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

const STATES = JobStateSchema.values.map(({ number }) => number as JobState).filter((state) => state !== JobState.UNSPECIFIED);

/** The changes of tenants, each in the tenant's shard. `records` reads jobs by their ids, in their order. */
export function changeCommands(
  redis: RedisClient,
  records: (shard: string, ids: readonly string[]) => Promise<(JobRecord | undefined)[]>,
): ChangeStore {
  const key = (tenantId: string) => `${prefix(shardOfTenant(tenantId))}:changes:${tenantId}`;
  return {
    async changes({ tenantId, above, below, latestFirst, limit }) {
      const [from, to] = [`(${above}`, `(${below}`];
      const flat = await asked(
        latestFirst
          ? redis.zrevrangebyscore(key(tenantId), to, from, "WITHSCORES", "LIMIT", 0, limit)
          : redis.zrangebyscore(key(tenantId), from, to, "WITHSCORES", "LIMIT", 0, limit),
      );
      const ids = flat.filter((_, index) => index % 2 === 0);
      const found = await records(shardOfTenant(tenantId), ids);
      return ids.map((jobId, index) => ({ jobId, number: Number(flat[2 * index + 1]), record: found[index] }));
    },
    async lastChange(tenantId) {
      const [, number = 0] = await asked(redis.zrevrange(key(tenantId), 0, 0, "WITHSCORES"));
      return Number(number);
    },
    async countByState(tenantId) {
      const jobs = `${prefix(shardOfTenant(tenantId))}:jobs:${tenantId}`;
      const counts = await asked(Promise.all(STATES.map(async (state) => [state, await redis.zcard(`${jobs}:${state}`)] as const)));
      return new Map(counts.filter(([, count]) => count > 0));
    },
  };
}
