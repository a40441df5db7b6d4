import type { Role } from "../policy/scopes.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store, StoredKey } from "./store.ts";

const SQL = statements("keys.sql", ["key", "saveKey", "keys", "removeKey"]);

/** API keys, by their id; only hashes of them are kept. */
export function apiKeys(db: SqliteDatabase): Pick<Store, keyof typeof SQL> {
  return {
    async key(id) {
      const row = db.sql(SQL.key).get({ id });
      return row && toKey(row);
    },
    async saveKey(id, { hash, tenantId: tenant, role, ...rest }) {
      db.sql(SQL.saveKey).run({ id, hash, tenant, role, limits: JSON.stringify(rest) });
    },
    async keys() {
      return db
        .sql(SQL.keys)
        .all()
        .map((row) => ({ id: String(row["id"]), ...toKey(row) }));
    },
    removeKey: async (id) => db.sql(SQL.removeKey).run({ id }).changes > 0,
  };
}

/** The column `limits` holds all of a key that is never asked for by itself. */
function toKey(row: Row): StoredKey {
  const rest = JSON.parse(String(row["limits"])) as Omit<StoredKey, "hash" | "tenantId" | "role">;
  return { hash: String(row["hash"]), tenantId: String(row["tenant"]), role: String(row["role"]) as Role, ...rest };
}
