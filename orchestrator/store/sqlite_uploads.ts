import { uploadKey } from "../jobs/artefact_keys.ts";
import { addGarbage } from "./sqlite_commit.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store, StoredUpload } from "./store.ts";

const SQL = statements("uploads.sql", [
  "upload",
  "saveUpload",
  "expireUpload",
  "takeExpired",
  "garbage",
  "forgetGarbage",
  "postponeGarbage",
]);

/** Uploads that have become no job yet, and artefacts that no job counts any more. */
export function uploadsAndGarbage(db: SqliteDatabase): Pick<Store, Exclude<keyof typeof SQL, "takeExpired">> {
  return {
    async upload(id) {
      const row = db.sql(SQL.upload).get({ id });
      return row && toUpload(row);
    },
    async saveUpload({ id, tenantId: tenant, fileName, expireAt }) {
      db.sql(SQL.saveUpload).run({ id, tenant, fileName, expireAt });
    },
    async expireUpload({ id }, now) {
      db.sql(SQL.expireUpload).run({ id, now });
    },
    async garbage(now, limit) {
      db.erase();
      db.transact(() => {
        for (const { id, tenantId, expireAt } of db.sql(SQL.takeExpired).all({ now, limit }).map(toUpload))
          addGarbage(db, tenantId, uploadKey(tenantId, id), expireAt);
        return true;
      });
      return db
        .sql(SQL.garbage)
        .all({ now, limit })
        .map((row) => ({ tenantId: String(row["tenant"]), prefix: String(row["prefix"]) }));
    },
    async forgetGarbage({ prefix }) {
      db.sql(SQL.forgetGarbage).run({ prefix });
    },
    async postponeGarbage({ prefix }, until) {
      db.sql(SQL.postponeGarbage).run({ prefix, until });
    },
  };
}

function toUpload(row: Row): StoredUpload {
  return { id: String(row["id"]), tenantId: String(row["tenant"]), fileName: String(row["file_name"]), expireAt: Number(row["expire_at"]) };
}
