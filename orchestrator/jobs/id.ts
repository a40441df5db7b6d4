import { createHash } from "node:crypto";
import { ulid } from "ulid";
import type { Instant } from "../../platform/clock.ts";

/** A store may keep its data in this many parts. A tenant's jobs and uploads lie in one of them. */
export const SHARDS = [..."0123456789ABCDEF"] as const;

/** The id of a tenant's new job, upload or audit entry, made now or `at` a time: a ULID whose last character names the tenant's shard, so that the id alone finds it. */
export function newId(tenantId: string, at?: Instant): string {
  return ulid(at).slice(0, -1) + shardOfTenant(tenantId);
}

export function shardOfTenant(tenantId: string): string {
  return SHARDS[createHash("sha256").update(tenantId).digest().readUInt8() % SHARDS.length] as string;
}

/** The shard of whatever has this id, or undefined if no such id was ever given. */
export function shardOfId(id: string): string | undefined {
  return SHARDS.find((shard) => id.endsWith(shard));
}
