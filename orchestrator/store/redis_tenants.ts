import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import type { Tenant } from "../policy/limits.ts";
import { encodedAudit } from "./redis_audit.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import type { TenantStore } from "./tenant_store.ts";

/** The records of tenants, each in the tenant's shard. */
export function tenantCommands(redis: RedisClient): TenantStore {
  const read = async (tenantId: string) => {
    const content = await asked(redis.hget(`${prefix(shardOfTenant(tenantId))}:tenants`, tenantId));
    return content ? (JSON.parse(content) as Tenant) : undefined;
  };
  return {
    tenant: read,
    async saveTenant(tenant, audit) {
      const shard = prefix(shardOfTenant(tenant.tenantId));
      const args = [tenant.tenantId, tenant.version - 1, JSON.stringify(tenant), ...encodedAudit(audit)] as const;
      return (await asked(redis.saveTenant(shard, ...args))) === 1;
    },
    async tenants(after, limit) {
      const from = after ? `(${after}` : "-";
      const named = await asked(
        Promise.all(SHARDS.map((shard) => redis.zrangebylex(`${prefix(shard)}:tenant-names`, from, "+", "LIMIT", 0, limit))),
      );
      const names = named.flat().sort().slice(0, limit);
      return (await Promise.all(names.map(read))).filter((tenant) => tenant !== undefined);
    },
  };
}
