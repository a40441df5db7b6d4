import { encodeTime } from "ulid";
import { shardOfTenant } from "../jobs/id.ts";
import type { Operation } from "../policy/operation.ts";
import type { OperationStore } from "./operation_store.ts";
import { encodedAudit } from "./redis_audit.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** Operations, all in the shard of what belongs to no tenant. */
export function operationCommands(redis: RedisClient): OperationStore {
  const shard = prefix(shardOfTenant(""));
  const all = `${shard}:operations`;
  const ids = `${shard}:operation-ids`;
  const open = `${shard}:operations-open`;
  const read = async (of: readonly string[]): Promise<Operation[]> => {
    const contents = of.length > 0 ? await asked(redis.hmget(all, ...of)) : [];
    return contents.flatMap((content) => (content ? [JSON.parse(content) as Operation] : []));
  };
  return {
    operation: async (id) => (await read([id]))[0],
    async saveOperation(operation, audit) {
      const { id, version, endedAt } = operation;
      const args = [id, version - 1, JSON.stringify(operation), endedAt === null ? "1" : "0", ...encodedAudit(audit)] as const;
      return (await asked(redis.saveOperation(shard, ...args))) === 1;
    },
    operations: async (before, limit) => read(await asked(redis.zrevrangebylex(ids, `(${before}`, "-", "LIMIT", 0, limit))),
    openOperations: async (limit) => read((await asked(redis.smembers(open))).sort().slice(0, limit)),
    async forgetOperations(before, limit) {
      const old = await asked(redis.zrangebylex(ids, "-", `(${encodeTime(before)}`, "LIMIT", 0, limit));
      const ended = (await read(old)).flatMap(({ id, endedAt }) => (endedAt === null ? [] : [id]));
      if (ended.length > 0)
        await asked(
          redis
            .multi()
            .hdel(all, ...ended)
            .zrem(ids, ...ended)
            .exec(),
        );
      return old.length;
    },
  };
}
