import { MAX_NAMES, NO_SUMS, OTHERS, sum, type UsageToAdd } from "../policy/usage.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import { isNamed, packSums, type UsageStore, unpackSums } from "./usage_store.ts";

const SQL = statements("usage.sql", ["read", "countNames", "write", "forget", "list", "tenants"]);

/** Within the transaction of the commit that it belongs to. */
export function addUsage(db: SqliteDatabase, tenant: string, { day, rows, oldest }: UsageToAdd): void {
  for (const { dimension, name: asked, sums } of rows) {
    const stored = (name: string) => db.sql(SQL.read).get({ dimension, tenant, day, name })?.["sums"];
    const isFull = () => Number(db.sql(SQL.countNames).get({ dimension, tenant, day })?.["names"]) >= MAX_NAMES;
    const name = stored(asked) === undefined && isFull() ? OTHERS : asked;
    const before = stored(name);
    const after = sum(before === undefined ? NO_SUMS : unpackSums(String(before)), sums);
    db.sql(SQL.write).run({ dimension, tenant, day, name, sums: packSums(after) });
  }
  db.sql(SQL.forget).run({ oldest });
}

export function usageQueries(db: SqliteDatabase): UsageStore {
  return {
    async usage({ tenantId: tenant, dimension, from, to, name: wanted }) {
      const rows = db.sql(SQL.list).all({ dimension, tenant, from, to });
      return rows
        .map((row) => ({ day: String(row["day"]), name: String(row["name"]), sums: unpackSums(String(row["sums"])) }))
        .filter(({ name }) => isNamed(name, wanted));
    },
    usageTenants: async (from, to, after, limit) =>
      db
        .sql(SQL.tenants)
        .all({ from, to, after, limit })
        .map((row) => String(row["tenant"])),
  };
}
