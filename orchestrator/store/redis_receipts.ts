import { shardOfId } from "../jobs/id.ts";
import type { Receipt } from "../jobs/receipt.ts";
import type { ReceiptStore } from "./receipt_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** The receipts of jobs, each in the job's shard. */
export function receiptCommands(redis: RedisClient): ReceiptStore {
  return {
    async receipt(jobId) {
      const shard = shardOfId(jobId);
      const content = shard === undefined ? null : await asked(redis.get(`${prefix(shard)}:receipt:${jobId}`));
      if (shard === undefined || content === null) return undefined;
      const receipt = JSON.parse(content) as Receipt;
      const { tenantId, inputKey, deletedAt } = receipt;
      const removedAt = (unneeded: string) => redis.zscore(`${prefix(shard)}:waste`, `${tenantId} ${unneeded}`);
      const [kept, ...times] = await asked(
        Promise.all([redis.hexists(`${prefix(shard)}:inputs`, inputKey), removedAt(receipt.prefix), removedAt(inputKey)]),
      );
      // What is removed once more later is removed.
      return { ...receipt, documentKept: kept === 1, removing: times.some((time) => time !== null && Number(time) <= deletedAt) };
    },
  };
}
