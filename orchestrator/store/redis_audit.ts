import { encodeTime } from "ulid";
import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import type { AuditEntry } from "../policy/audit.ts";
import { type AuditIndex, type AuditQuery, type AuditStore, indexFor, isAskedFor } from "./audit_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** The audit log, each entry in the shard of the tenant that it tells of. */
export function auditCommands(redis: RedisClient): AuditStore {
  const idsIn = async (shard: string, index: AuditIndex, value: string, { from, before, limit }: AuditQuery) => {
    const key = `${prefix(shard)}:audit:${index}${index === "all" ? "" : `:${value}`}`;
    const ids = await asked(redis.zrevrangebylex(key, `(${before}`, from ? `[${from}` : "-", "LIMIT", 0, limit));
    return ids.map((id) => ({ id, shard }));
  };
  return {
    async addAudit(entries) {
      const byShard = Map.groupBy(entries, ({ tenantId }) => prefix(shardOfTenant(tenantId)));
      await asked(Promise.all([...byShard].map(([shard, of]) => redis.addAudit(shard, ...encodedAudit(of)))));
    },
    async audit(query) {
      const [index, value] = indexFor(query);
      const shards = query.tenantId === undefined ? SHARDS : [shardOfTenant(query.tenantId)];
      const found = (await Promise.all(shards.map((shard) => idsIn(shard, index, value, query)))).flat();
      const seen = found.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, query.limit);
      const contents = await asked(Promise.all(seen.map(({ id, shard }) => redis.hget(`${prefix(shard)}:audit`, id))));
      const entries = contents.flatMap((content) => (content ? [JSON.parse(content) as AuditEntry] : []));
      const last = seen.length < query.limit ? "" : (seen.at(-1)?.id ?? "");
      return { entries: entries.filter((entry) => isAskedFor(entry, query)), last };
    },
    async forgetAudit(before, limit) {
      let left = limit;
      for (const shard of SHARDS) if (left > 0) left -= await asked(redis.forgetAudit(prefix(shard), encodeTime(before), left));
      return limit - left;
    },
  };
}

/** As scripts take them. */
export function encodedAudit(entries: readonly AuditEntry[] = []): string[] {
  return entries.map((entry) => JSON.stringify(entry));
}
