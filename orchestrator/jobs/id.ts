import { createHash } from "node:crypto";
import { encodeTime, ulid } from "ulid";
import type { Instant } from "../../platform/clock.ts";

/** A store may keep its data in this many parts. A tenant's jobs and uploads lie in one of them. */
export const SHARDS = [..."0123456789ABCDEF"] as const;

/**
 * The id of a tenant's new job, upload or audit entry: a ULID whose last character names the tenant's shard, so that the id alone finds it. Of
 * those that this process makes `at` one time, a later one is larger.
 */
export function newId(tenantId: string, at?: Instant): string {
  if (at !== undefined) return newIdInOrder(tenantId, at);
  return ulid().slice(0, -1) + shardOfTenant(tenantId);
}

const TIME_LETTERS = 10;
const ORDER_LETTERS = 4;
const last = { at: 0, order: 0 };

function newIdInOrder(tenantId: string, at: Instant): string {
  Object.assign(last, { at, order: at === last.at ? last.order + 1 : 0 });
  const order = encodeTime(last.order).slice(-ORDER_LETTERS);
  return encodeTime(at) + order + ulid().slice(TIME_LETTERS + ORDER_LETTERS, -1) + shardOfTenant(tenantId);
}

export function shardOfTenant(tenantId: string): string {
  return SHARDS[createHash("sha256").update(tenantId).digest().readUInt8() % SHARDS.length] as string;
}

/** The shard of whatever has this id, or undefined if no such id was ever given. */
export function shardOfId(id: string): string | undefined {
  return SHARDS.find((shard) => id.endsWith(shard));
}
