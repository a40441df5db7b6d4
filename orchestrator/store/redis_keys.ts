import type { KeyRow, KeyStore, StoredKey } from "./key_store.ts";
import { asked, type RedisClient } from "./redis_client.ts";

/** The set of all keys' ids. */
const IDS = "dgm:keys";
/** A member of that set by which an older version knows that it holds all of them. */
const ALL_INDEXED = "*";
const BATCH = 500;

const keyOf = (id: string) => `dgm:key:${id}`;
const idsOf = (tenantId: string) => `dgm:keys-of:${tenantId}`;
/** When it was used last; empty until it is. It is there as long as the key, so that none is noted of a key that is gone. */
const useOf = (id: string) => `dgm:key-use:${id}`;

/** API keys, each under its id, and their ids by tenant. */
export function keyCommands(redis: RedisClient): KeyStore {
  const read = async (id: string) => {
    const content = await asked(redis.get(keyOf(id)));
    return content ? (JSON.parse(content) as StoredKey) : undefined;
  };
  const row = async (id: string): Promise<KeyRow[]> => {
    const [key, used] = await Promise.all([read(id), asked(redis.get(useOf(id)))]);
    return key ? [{ id, ...key, ...(used && { usedAt: Number(used) }) }] : [];
  };
  return {
    key: read,
    async saveKey(id, key) {
      const saved = redis.multi().set(keyOf(id), JSON.stringify(key)).set(useOf(id), "", "NX").sadd(IDS, id);
      await asked(saved.sadd(idsOf(key.tenantId), id).exec());
    },
    changeKey: async (id, before, key) => (await asked(redis.changeKey(keyOf(id), before, JSON.stringify(key)))) === 1,
    async keys(tenantId) {
      const ids = await asked(redis.smembers(tenantId === undefined ? IDS : idsOf(tenantId)));
      const listed = ids.filter((id) => id !== ALL_INDEXED).sort();
      return (await Promise.all(listed.map(row))).flat();
    },
    async removeKey(id) {
      const key = await read(id);
      const removed = redis.multi().del(keyOf(id)).del(useOf(id)).srem(IDS, id);
      const answers = await asked(removed.srem(idsOf(key?.tenantId ?? ""), id).exec());
      return Number(answers?.[0]?.[1]) > 0;
    },
    async noteUses(uses) {
      await Promise.all([...uses].map(([id, at]) => asked(redis.set(useOf(id), at, "XX"))));
    },
  };
}

/** An older version kept no list of its keys, or none by tenant: they are looked for once. */
export async function indexKeys(redis: RedisClient): Promise<void> {
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "MATCH", keyOf("*"), "COUNT", BATCH);
    cursor = next;
    await Promise.all(
      found.map(async (name) => {
        const content = await redis.get(name);
        if (!content) return;
        const id = name.slice(keyOf("").length);
        const { tenantId } = JSON.parse(content) as StoredKey;
        await Promise.all([redis.sadd(IDS, id), redis.sadd(idsOf(tenantId), id), redis.set(useOf(id), "", "NX")]);
      }),
    );
  } while (cursor !== "0");
  await redis.sadd(IDS, ALL_INDEXED);
}
