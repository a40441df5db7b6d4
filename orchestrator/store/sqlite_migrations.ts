import type { DatabaseSync } from "node:sqlite";
import { sqlFile } from "./sqlite_statements.ts";

const SCHEMA = sqlFile("schema.sql");
const [KEEP_UPLOADS, COUNT_JOBS, LIMIT_KEYS, FORGET_UPLOADS, REMEMBER, KEEP_GLOSSARIES, ALLOW, SETTINGS, TENANTS, USAGE] = [
  "1_keep_uploads_of_jobs.sql",
  "2_count_jobs_of_inputs.sql",
  "2_limit_keys.sql",
  "3_forget_uploads_without_jobs.sql",
  "4_remember_translations.sql",
  "5_keep_glossaries.sql",
  "6_allow.sql",
  "7_settings.sql",
  "8_tenants.sql",
  "9_usage.sql",
].map((name) => sqlFile(`migrations/${name}`)) as [string, string, string, string, string, string, string, string, string, string];

/** Each brings a file of the version before it, which is its place in this list, to its own. A new file is of the first. */
const MIGRATIONS: readonly ((db: DatabaseSync) => void)[] = [
  (db) => db.exec(KEEP_UPLOADS),
  (db) => {
    db.exec(COUNT_JOBS);
    if (!hasColumn(db, "api_keys", "limits")) db.exec(LIMIT_KEYS);
  },
  (db) => db.exec(FORGET_UPLOADS),
  (db) => db.exec(REMEMBER),
  (db) => db.exec(KEEP_GLOSSARIES),
  (db) => db.exec(ALLOW),
  (db) => db.exec(SETTINGS),
  (db) => db.exec(TENANTS),
  (db) => db.exec(USAGE),
];

/** Makes the tables of a new file, and brings a file that an older version made to what this one expects. */
export function migrate(db: DatabaseSync): void {
  db.exec(SCHEMA);
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.exec("BEGIN IMMEDIATE");
    try {
      migration(db);
      db.exec(`PRAGMA user_version = ${index + 1}; COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

function hasColumn(db: DatabaseSync, table: string, column: string): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, column) !== undefined;
}
