import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { bytesOf, meterName } from "../policy/charges.ts";
import { jobKey, type RedisClient } from "./redis_client.ts";
import { indexKeys } from "./redis_keys.ts";
import { labelsOf } from "./store.ts";

const SCHEMA = "dgm:schema";
const BATCH = 500;

/** Each brings the data of the version before it to its own. All may run twice, and beside orchestrators that work. */
const MIGRATIONS: readonly ((redis: RedisClient) => Promise<void>)[] = [moveLabels, indexKeys, indexChanges, indexStates, chargeBytes];

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
function indexChanges(redis: RedisClient): Promise<void> {
  return withEveryJob(redis, async (shard, id) => {
    const [job, tenant] = await redis.hmgetBuffer(`${shard}:job:${id}`, "job", "tenant");
    if (job && tenant) await redis.indexChange(shard, id, tenant.toString(), timeOf(fromBinary(JobSchema, job)));
  });
}

function timeOf({ updateTime }: Job): number {
  return updateTime ? timestampMs(updateTime) : 0;
}

/** Jobs of all tenants had no index by their states. What an older orchestrator still makes or changes is put right with its state's next change. */
function indexStates(redis: RedisClient): Promise<void> {
  return withEveryJob(redis, async (shard, id) => {
    await redis.indexState(shard, id);
  });
}

/** What jobs store was not counted. What else they have while they are open is left out: an older orchestrator may end them, which counts it no less. */
function chargeBytes(redis: RedisClient): Promise<void> {
  return withEveryJob(redis, async (shard, id) => {
    const [bytes, tenant] = await redis.hmgetBuffer(`${shard}:job:${id}`, "job", "tenant");
    if (!bytes || !tenant) return;
    const job = fromBinary(JobSchema, bytes);
    const held = bytesOf(job);
    // A job of an older version names no key.
    const shares = JSON.stringify({ [meterName("bytes")]: held });
    await redis.chargeStored(shard, id, tenant.toString(), String(job.version), shares);
  });
}

/** Jobs by label and state were kept where jobs of another label might be. What an older orchestrator still commits is found by its label alone. */
function moveLabels(redis: RedisClient): Promise<void> {
  return withEveryJob(redis, async (shard, id) => {
    const bytes = await redis.hgetBuffer(`${shard}:job:${id}`, "job");
    const labels = bytes ? labelsOf({ job: fromBinary(JobSchema, bytes) }) : [];
    if (labels.length > 0) await redis.moveLabels(shard, id, JSON.stringify(labels));
  });
}

/** `shard`: the prefix of the job's. */
async function withEveryJob(redis: RedisClient, work: (shard: string, id: string) => Promise<void>): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", jobKey("?", "*"), "COUNT", BATCH);
    cursor = next;
    await Promise.all(
      keys.map((key) => {
        const [shard = "", id = ""] = key.split(":job:");
        return work(shard, id);
      }),
    );
  } while (cursor !== "0");
}
