import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import { mostShared, type StoredUnit, UNITS_OF_A_BAND, type UnitKeeping, type UnitStore } from "./unit_store.ts";

const KEY_LETTERS = 22;
/** Forgotten by one call where there is too much; a script holds up everyone else. */
const EVICTED = 100;

/** The memories of tenants, each in the tenant's shard. */
export function memories(redis: RedisClient): UnitStore & UnitKeeping {
  const shardOf = (tenantId: string) => prefix(shardOfTenant(tenantId));
  const memoryOf = (tenantId: string) => `${shardOf(tenantId)}:memory:${tenantId}`;
  const recall = async (tenantId: string, keys: readonly string[]) => {
    if (keys.length === 0) return [];
    const found = await asked(redis.hmget(memoryOf(tenantId), ...keys));
    return found.map((value, index) => (value === null ? undefined : toUnit(keys[index] ?? "", value)));
  };
  return {
    recallUnits: recall,
    async nearUnits(tenantId, bands, limit) {
      if (bands.length === 0) return [];
      const found = await asked(redis.hmget(`${memoryOf(tenantId)}:near`, ...bands));
      const keys = mostShared(found.map(keysOf), limit);
      return (await recall(tenantId, keys)).filter((unit) => unit !== undefined);
    },
    async keepUnits(tenantId, units, maxBytes) {
      const shard = shardOf(tenantId);
      const args = units.flatMap(({ key, jobId, keptAt, bands, content }) => [key, jobId, keptAt, bands.join(""), content]);
      let bytes = await asked(redis.keepUnits(shard, tenantId, UNITS_OF_A_BAND, ...args));
      while (bytes > maxBytes) {
        const forgotten = await asked(redis.forgetUnits(shard, tenantId, "", Number.MAX_SAFE_INTEGER, maxBytes, EVICTED));
        bytes = forgotten < EVICTED ? 0 : Number(await asked(redis.hget(`${shard}:memories`, tenantId)));
      }
    },
    async listUnits(tenantId, cursor, limit) {
      const [next, flat] = await asked(redis.hscan(memoryOf(tenantId), cursor || "0", "COUNT", limit));
      const units = flat.flatMap((key, index) => (index % 2 === 0 ? [toUnit(key, flat[index + 1] ?? "")] : []));
      return { units, next: next === "0" ? "" : next };
    },
    async memorySize(tenantId) {
      const [units, bytes] = await asked(
        Promise.all([redis.hlen(memoryOf(tenantId)), redis.hget(`${shardOf(tenantId)}:memories`, tenantId)]),
      );
      return { units, bytes: Number(bytes) };
    },
    forgetUnits: (tenantId, which, limit) => {
      const [jobId, before] = "jobId" in which ? [which.jobId, ""] : ["", which.before];
      return asked(redis.forgetUnits(shardOf(tenantId), tenantId, jobId, before, "", limit));
    },
    rememberingTenants: async () =>
      (await asked(Promise.all(SHARDS.map((shard) => redis.hkeys(`${prefix(shard)}:memories`))))).flat().sort(),
  };
}

function keysOf(joined: string | null): string[] {
  const text = joined ?? "";
  return Array.from({ length: text.length / KEY_LETTERS }, (_, index) => text.slice(index * KEY_LETTERS, (index + 1) * KEY_LETTERS));
}

/** What `redis/keep_units.lua` writes. */
function toUnit(key: string, value: string): StoredUnit {
  const [keptAt = "", job = "", bands = ""] = value.split(" ", 3);
  const content = value.slice(keptAt.length + job.length + bands.length + 3);
  return { key, jobId: job === "-" ? "" : job, keptAt: Number(keptAt), content };
}
