import { uploadKey } from "../jobs/artefact_keys.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { NEVER } from "./sqlite_migrations.ts";
import type { Store, StoredUpload } from "./store.ts";

/** Uploads that have become no job yet, and artefacts that no job counts any more. */
export function uploadsAndGarbage(
  db: SqliteDatabase,
): Pick<Store, "upload" | "saveUpload" | "expireUpload" | "garbage" | "forgetGarbage" | "postponeGarbage"> {
  const sql = (text: string) => db.sql(text);
  return {
    async upload(id) {
      const row = sql("SELECT * FROM uploads WHERE id = ?").get(id);
      return row && toUpload(row);
    },
    async saveUpload(upload) {
      sql("INSERT INTO uploads VALUES (?, ?, ?, ?)").run(upload.id, upload.tenantId, upload.fileName, upload.expireAt);
    },
    async expireUpload({ id }, now) {
      sql("UPDATE uploads SET expire_at = ? WHERE id = ? AND expire_at < ?").run(now, id, NEVER);
    },
    async garbage(now, limit) {
      const taken = sql("DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expire_at < ? LIMIT ?) RETURNING *");
      db.transact(() => {
        for (const { id, tenantId, expireAt } of taken.all(now, limit).map(toUpload))
          addGarbage(db, tenantId, uploadKey(tenantId, id), expireAt);
        return true;
      });
      return sql("SELECT * FROM waste WHERE remove_at <= ? ORDER BY remove_at LIMIT ?")
        .all(now, limit)
        .map((row) => ({ tenantId: String(row["tenant"]), prefix: String(row["prefix"]) }));
    },
    async forgetGarbage({ prefix }) {
      sql("DELETE FROM waste WHERE prefix = ?").run(prefix);
    },
    async postponeGarbage({ prefix }, until) {
      sql("UPDATE waste SET remove_at = ? WHERE prefix = ?").run(until, prefix);
    },
  };
}

/** Removes what lies under `prefix` at `removeAt`, unless that is known already. */
export function addGarbage(db: SqliteDatabase, tenantId: string, prefix: string, removeAt: number): void {
  db.sql("INSERT OR IGNORE INTO waste VALUES (?, ?, ?)").run(prefix, tenantId, removeAt);
}

function toUpload(row: Row): StoredUpload {
  return { id: String(row["id"]), tenantId: String(row["tenant"]), fileName: String(row["file_name"]), expireAt: Number(row["expire_at"]) };
}
