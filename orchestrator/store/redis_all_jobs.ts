import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { AllJobs, AllJobsQuery } from "./all_jobs_store.ts";
import { asked, indexOf, prefix, type RedisClient } from "./redis_client.ts";

/** Jobs by their states, each in its shard. `read` gives a job of a shard by its id. */
export function allJobsCommands(redis: RedisClient, read: (shard: string, id: string) => Promise<JobRecord | undefined>): AllJobs {
  return {
    async listAll(query) {
      const { tenantId, states, before, from, limit, oldestFirst = false } = query;
      const [low, high] = [from ? `[${from}` : "-", `(${before}`];
      const idsIn = async (shard: string) => {
        const lists = (states.length > 0 ? [...new Set(states)] : [JobState.UNSPECIFIED]).map((state) => indexIn(shard, state, query));
        const ids = await asked(redis.listJobs(prefix(shard), low, high, limit, oldestFirst ? "1" : "0", ...lists));
        return ids.map((id) => ({ id, shard }));
      };
      const found = (await Promise.all((tenantId ? [shardOfTenant(tenantId)] : SHARDS).map(idsIn))).flat();
      const first = found.sort((one, other) => (one.id < other.id === oldestFirst ? -1 : 1)).slice(0, limit);
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
