import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import type { Role, Store, StoredKey } from "./store.ts";

/** API keys, by their id; only hashes of them are kept. */
export function apiKeys(db: SqliteDatabase): Pick<Store, "key" | "saveKey" | "keys" | "removeKey"> {
  const sql = (text: string) => db.sql(text);
  return {
    async key(id) {
      const row = sql("SELECT * FROM api_keys WHERE id = ?").get(id);
      return row && toKey(row);
    },
    async saveKey(id, { hash, tenantId, role, ...rest }) {
      sql("INSERT OR REPLACE INTO api_keys VALUES (?, ?, ?, ?, ?)").run(id, hash, tenantId, role, JSON.stringify(rest));
    },
    async keys() {
      return sql("SELECT * FROM api_keys ORDER BY id")
        .all()
        .map((row) => ({ id: String(row["id"]), ...toKey(row) }));
    },
    async removeKey(id) {
      return sql("DELETE FROM api_keys WHERE id = ?").run(id).changes > 0;
    },
  };
}

/** The column `limits` holds all of a key that is never asked for by itself. */
function toKey(row: Row): StoredKey {
  const rest = JSON.parse(String(row["limits"])) as Omit<StoredKey, "hash" | "tenantId" | "role">;
  return { hash: String(row["hash"]), tenantId: String(row["tenant"]), role: String(row["role"]) as Role, ...rest };
}
