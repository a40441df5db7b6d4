import type { Role } from "../policy/scopes.ts";
import type { KeyStore, StoredKey } from "./key_store.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("keys.sql", ["key", "saveKey", "changeKey", "keys", "keysOf", "removeKey", "removeUse", "noteUse"]);

/** API keys, by their id; only hashes of them are kept. */
export function apiKeys(db: SqliteDatabase): KeyStore {
  return {
    async key(id) {
      const row = db.sql(SQL.key).get({ id });
      return row && toKey(row);
    },
    async saveKey(id, key) {
      db.sql(SQL.saveKey).run({ id, ...toColumns(key) });
    },
    changeKey: async (id, before, key) => db.sql(SQL.changeKey).run({ id, before, ...toColumns(key) }).changes > 0,
    async keys(tenant) {
      const rows = tenant === undefined ? db.sql(SQL.keys).all() : db.sql(SQL.keysOf).all({ tenant });
      return rows.map((row) => {
        const usedAt = row["used_at"];
        return { id: String(row["id"]), ...toKey(row), ...(typeof usedAt === "number" && { usedAt }) };
      });
    },
    removeKey: async (id) =>
      db.transact(() => {
        db.sql(SQL.removeUse).run({ id });
        return db.sql(SQL.removeKey).run({ id }).changes > 0;
      }),
    async noteUses(uses) {
      db.transact(() => {
        for (const [id, at] of uses) db.sql(SQL.noteUse).run({ id, at });
        return true;
      });
    },
  };
}

/** The column `limits` holds all of a key that is never asked for by itself. */
function toColumns({ hash, tenantId, role, ...rest }: StoredKey) {
  return { hash, tenant: tenantId, role, limits: JSON.stringify(rest) };
}

function toKey(row: Row): StoredKey {
  const rest = JSON.parse(String(row["limits"])) as Omit<StoredKey, "hash" | "tenantId" | "role">;
  return { hash: String(row["hash"]), tenantId: String(row["tenant"]), role: String(row["role"]) as Role, ...rest };
}
