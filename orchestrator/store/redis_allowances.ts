import { shardOfTenant } from "../jobs/id.ts";
import { type AllowanceStore, BURST } from "./allowance_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** Rates and budgets, each scope's in a shard of its own. */
export function allowances(redis: RedisClient): AllowanceStore {
  const shardOf = (scope: string) => prefix(shardOfTenant(scope));
  return {
    takeRates: (scope, needs, now) => {
      const args = needs.flatMap(({ name, amount, most, periodMs }) => [name, amount, most, periodMs]);
      return asked(redis.takeRates(shardOf(scope), scope, now, BURST, ...args));
    },
    async spend(scope, spendings) {
      const args = spendings.flatMap(({ name, amount, ahead, most, expireAt }) => [name, amount, ahead, most, expireAt]);
      const refused = await asked(redis.spend(shardOf(scope), scope, ...args));
      return spendings[refused - 1]?.name;
    },
    spent: async (scope, name) => Number((await asked(redis.get(`${shardOf(scope)}:spent:${scope}:${name}`))) ?? 0),
  };
}
