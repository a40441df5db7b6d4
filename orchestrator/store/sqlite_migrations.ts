import type { DatabaseSync } from "node:sqlite";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, state INTEGER NOT NULL, version INTEGER NOT NULL,
    open INTEGER NOT NULL, wake_at INTEGER, invited INTEGER NOT NULL, priority INTEGER NOT NULL,
    job BLOB NOT NULL, custody TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS jobs_by_tenant ON jobs (tenant, id);
  CREATE INDEX IF NOT EXISTS jobs_open ON jobs (tenant) WHERE open = 1;
  CREATE INDEX IF NOT EXISTS jobs_due ON jobs (wake_at) WHERE wake_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS jobs_active ON jobs (state, invited) WHERE open = 1;
  CREATE TABLE IF NOT EXISTS requests (
    tenant TEXT NOT NULL, request_id TEXT NOT NULL, fingerprint TEXT NOT NULL, job_id TEXT NOT NULL,
    PRIMARY KEY (tenant, request_id)) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, kind TEXT NOT NULL, message BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS api_keys (id TEXT PRIMARY KEY, hash TEXT NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL, limits TEXT NOT NULL DEFAULT '{}') STRICT;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, file_name TEXT NOT NULL, expire_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS uploads_by_expiry ON uploads (expire_at);
  CREATE TABLE IF NOT EXISTS waste (prefix TEXT PRIMARY KEY, tenant TEXT NOT NULL, remove_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS waste_by_time ON waste (remove_at);
  CREATE INDEX IF NOT EXISTS requests_by_job ON requests (job_id);
  CREATE TABLE IF NOT EXISTS labels (tenant TEXT NOT NULL, label TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, label, id)) STRICT;
  CREATE TABLE IF NOT EXISTS inputs (key TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS turns (tenant TEXT PRIMARY KEY, invited_at INTEGER NOT NULL) STRICT;
`;

/** The expiry of an upload that became a job. */
export const NEVER = Number.MAX_SAFE_INTEGER;
const INPUT_KEY = "json_extract(custody, '$.inputKey')";
const UPLOAD_KEY = "'tenants/' || tenant || '/uploads/' || id";

/** Each brings a file of the version before it, which is its place in this list, to its own. A new file is of the first. */
const MIGRATIONS: readonly ((db: DatabaseSync) => void)[] = [
  // Uploads that became jobs expired.
  (db) => db.exec(`UPDATE uploads SET expire_at = ${NEVER} WHERE ${UPLOAD_KEY} IN (SELECT ${INPUT_KEY} FROM jobs)`),
  // An input did not count its jobs, and keys had no limits.
  (db) => {
    db.exec(`INSERT OR IGNORE INTO inputs SELECT ${INPUT_KEY}, COUNT(*) FROM jobs GROUP BY 1`);
    if (!db.prepare("SELECT 1 FROM pragma_table_info('api_keys') WHERE name = 'limits'").get())
      db.exec("ALTER TABLE api_keys ADD COLUMN limits TEXT NOT NULL DEFAULT '{}'");
  },
  // Uploads stayed when their last job was forgotten.
  (db) => db.exec(`DELETE FROM uploads WHERE expire_at = ${NEVER} AND ${UPLOAD_KEY} NOT IN (SELECT key FROM inputs)`),
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
