import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { jobKey, type RedisClient } from "./redis_client.ts";
import { indexKeys } from "./redis_keys.ts";
import { labelsOf } from "./store.ts";

const SCHEMA = "dgm:schema";
const BATCH = 500;

/** Each brings the data of the version before it to its own. All may run twice, and beside orchestrators that work. */
const MIGRATIONS: readonly ((redis: RedisClient) => Promise<void>)[] = [moveLabels, indexKeys, indexChanges];

/** Brings what an older version stored to what this one expects. Only here is the key space scanned, and once. */
export async function migrate(redis: RedisClient): Promise<void> {
  const done = Number(await redis.get(SCHEMA));
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < done) continue;
    await migration(redis);
    await redis.set(SCHEMA, index + 1);
  }
}

/** Changes had no numbers. What an older orchestrator still commits has none either, until the job's next change. */
async function indexChanges(redis: RedisClient): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", jobKey("?", "*"), "COUNT", BATCH);
    cursor = next;
    await Promise.all(
      keys.map(async (key) => {
        const [job, tenant] = await redis.hmgetBuffer(key, "job", "tenant");
        const [shard = "", id = ""] = key.split(":job:");
        if (job && tenant) await redis.indexChange(shard, id, tenant.toString(), timeOf(fromBinary(JobSchema, job)));
      }),
    );
  } while (cursor !== "0");
}

function timeOf({ updateTime }: Job): number {
  return updateTime ? timestampMs(updateTime) : 0;
}

/** Jobs by label and state were kept where jobs of another label might be. What an older orchestrator still commits is found by its label alone. */
async function moveLabels(redis: RedisClient): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", jobKey("?", "*"), "COUNT", BATCH);
    cursor = next;
    await Promise.all(
      keys.map(async (key) => {
        const bytes = await redis.hgetBuffer(key, "job");
        const labels = bytes ? labelsOf({ job: fromBinary(JobSchema, bytes) }) : [];
        const [shard = "", id = ""] = key.split(":job:");
        if (labels.length > 0) await redis.moveLabels(shard, id, JSON.stringify(labels));
      }),
    );
  } while (cursor !== "0");
}
