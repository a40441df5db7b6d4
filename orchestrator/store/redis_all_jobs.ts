import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { AllJobs, AllJobsQuery } from "./all_jobs_store.ts";
import { asked, indexOf, prefix, type RedisClient } from "./redis_client.ts";

/** The jobs of all tenants by their states, each in its shard. `read` gives a job of a shard by its id. */
export function allJobsCommands(redis: RedisClient, read: (shard: string, id: string) => Promise<JobRecord | undefined>): AllJobs {
  return {
    async listAll(query) {
      const { tenantId, states, before, from, limit } = query;
      const bounds = [`(${before}`, from ? `[${from}` : "-"] as const;
      const idsIn = async (shard: string) => {
        // At once, for a job may go from one to the other.
        const reads = redis.multi();
        const indexes = (states.length > 0 ? [...new Set(states)] : [JobState.UNSPECIFIED]).map((state) => indexIn(shard, state, query));
        for (const index of indexes) reads.zrevrangebylex(index, ...bounds, "LIMIT", 0, limit);
        const answers = (await asked(reads.exec())) ?? [];
        return answers.flatMap(([error, ids]) => {
          if (error) throw error;
          return (ids as string[]).map((id) => ({ id, shard }));
        });
      };
      const found = (await Promise.all((tenantId ? [shardOfTenant(tenantId)] : SHARDS).map(idsIn))).flat();
      const first = found.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
      const records = await asked(Promise.all(first.map(({ id, shard }) => read(shard, id))));
      // One may have been forgotten meanwhile.
      const last = first.length < limit ? "" : (first.at(-1)?.id ?? "");
      return { records: records.filter((record) => record !== undefined), last };
    },
  };
}

function indexIn(shard: string, state: JobState, { tenantId, label }: AllJobsQuery): string {
  if (tenantId) return indexOf(`${prefix(shard)}:jobs:${tenantId}`, state, label);
  return `${prefix(shard)}:state:${state === JobState.UNSPECIFIED ? "all" : state}`;
}
