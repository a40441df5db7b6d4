import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import { type Day, daysFrom, MAX_NAMES, OTHERS, startOf, type UsageToAdd } from "../policy/usage.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import { type DayUsage, isNamed, packSums, type UsageStore, unpackSums } from "./usage_store.ts";

/** So many days are asked for at once. */
const DAYS_AT_ONCE = 31;

/** As `redis/commit_usage.lua` takes it. */
export function usageArguments({ day, rows, keepDays }: UsageToAdd) {
  const month = monthOf(day);
  return {
    day,
    month,
    // Numbers of more than 14 digits would lose some on their way through Redis' JSON.
    keepUntil: String(startOf(daysFrom(day, keepDays + 1))),
    keepMonthUntil: String(startOf(daysFrom(`${month}-01`, keepDays + 32))),
    most: MAX_NAMES,
    others: OTHERS,
    rows: rows.map(({ dimension, name, sums }) => [dimension, name, packSums(sums)]),
  };
}

/** Usage, a hash for each day and dimension of a tenant. */
export function usageCommands(redis: RedisClient): UsageStore {
  return {
    async usage({ tenantId, dimension, from, to, name: wanted }) {
      const start = `${prefix(shardOfTenant(tenantId))}:usage:${tenantId}:${dimension}:`;
      const found: DayUsage[] = [];
      const days = daysOf(from, to);
      for (let first = 0; first < days.length; first += DAYS_AT_ONCE) {
        const some = days.slice(first, first + DAYS_AT_ONCE);
        const stored = await asked(Promise.all(some.map((day) => redis.hgetall(start + day))));
        for (const [index, day] of some.entries()) {
          const names = Object.entries(stored[index] ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
          for (const [name, packed] of names) if (isNamed(name, wanted)) found.push({ day, name, sums: unpackSums(packed) });
        }
      }
      return found;
    },
    async usageTenants(from, to, after, limit) {
      const months = [...new Set(daysOf(from, to).map(monthOf))];
      const keys = SHARDS.flatMap((shard) => months.map((month) => `${prefix(shard)}:usage-tenants:${month}`));
      const start = after ? `(${after}` : "-";
      const named = await asked(Promise.all(keys.map((key) => redis.zrangebylex(key, start, "+", "LIMIT", 0, limit))));
      return [...new Set(named.flat())].sort().slice(0, limit);
    },
  };
}

function daysOf(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = daysFrom(day, 1)) days.push(day);
  return days;
}

function monthOf(day: Day): string {
  return day.slice(0, 7);
}
