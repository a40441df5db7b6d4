import { shardOfTenant } from "../jobs/id.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import type { SettingsStore } from "./settings_store.ts";

/** The settings of tenants, each in the tenant's shard. */
export function settingsCommands(redis: RedisClient): SettingsStore {
  const keyOf = (tenantId: string) => `${prefix(shardOfTenant(tenantId))}:settings`;
  return {
    settings: async (tenantId) => (await asked(redis.hgetBuffer(keyOf(tenantId), tenantId))) ?? undefined,
    async saveSettings(tenantId, content) {
      await asked(redis.hset(keyOf(tenantId), tenantId, Buffer.from(content)));
    },
  };
}
