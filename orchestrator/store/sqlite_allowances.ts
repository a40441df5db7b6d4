import { type AllowanceStore, afterTaking } from "./allowance_store.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("allowances.sql", ["read", "write", "forget"]);
/** A rate is its own from when it is free on. */
const KEPT_MS = 1_000;

/** Rates and budgets, in a table of their own. */
export function allowances(db: SqliteDatabase): AllowanceStore {
  const read = (scope: string, name: string, now: number) => Number(db.sql(SQL.read).get({ scope, name, now })?.["value"] ?? 0);
  const write = (scope: string, name: string, value: number, expireAt: number) =>
    db.sql(SQL.write).run({ scope, name, value, expireAt: Math.ceil(expireAt) });
  return {
    async takeRates(scope, needs, now) {
      let waitMs = 0;
      db.transact(() => {
        const taken = needs.map((need) => ({
          name: `rate ${need.name}`,
          ...afterTaking(need, read(scope, `rate ${need.name}`, now), now),
        }));
        waitMs = Math.max(0, ...taken.map((each) => each.waitMs));
        if (waitMs === 0) for (const { name, freeAt } of taken) write(scope, name, freeAt, freeAt + KEPT_MS);
        db.sql(SQL.forget).run({ now });
        return true;
      });
      return waitMs;
    },
    async spend(scope, spendings, now) {
      let refused: string | undefined;
      db.transact(() => {
        const all = spendings.map((spending) => ({ ...spending, spent: read(scope, spending.name, now) }));
        refused = all.find(({ spent, amount, ahead, most }) => amount + ahead > 0 && spent + amount + ahead > most)?.name;
        if (refused === undefined)
          for (const { name, amount, spent, expireAt } of all) if (amount !== 0) write(scope, name, Math.max(0, spent + amount), expireAt);
        db.sql(SQL.forget).run({ now });
        return true;
      });
      return refused;
    },
    spent: async (scope, name, now) => read(scope, name, now),
  };
}
