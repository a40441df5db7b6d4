import type { DatabaseSync } from "node:sqlite";
import { fromBinary } from "@bufbuild/protobuf";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { PLAIN_ORDER, placeOf } from "../policy/order.ts";
import { decodeEnvelope } from "./envelope.ts";
import { numberStoredChanges } from "./sqlite_changes.ts";
import { chargeStoredJobs } from "./sqlite_meters.ts";
import { sqlFile } from "./sqlite_statements.ts";

const SCHEMA = sqlFile("schema.sql");
const LIMIT_KEYS = sqlFile("migrations/2_limit_keys.sql");

/** Each brings a file of the version before it, which is its place in this list, to its own. A new file is of the first. */
const MIGRATIONS: readonly ((db: DatabaseSync) => void)[] = [
  by("1_keep_uploads_of_jobs.sql"),
  by("2_count_jobs_of_inputs.sql", (db) => {
    if (!hasColumn(db, "api_keys", "limits")) db.exec(LIMIT_KEYS);
  }),
  by("3_forget_uploads_without_jobs.sql"),
  by("4_remember_translations.sql"),
  by("5_keep_glossaries.sql"),
  by("6_allow.sql"),
  by("7_settings.sql"),
  by("8_tenants.sql"),
  by("9_usage.sql"),
  by("10_uses_of_keys.sql"),
  by("11_audit.sql"),
  by("12_meters.sql"),
  by("13_job_changes.sql", numberStoredChanges),
  by("14_order.sql", fileWaiting),
  by("15_jobs_by_state.sql"),
  by("16_webhooks.sql"),
  by("17_operations.sql"),
  by("18_controls.sql"),
  by("19_receipts.sql"),
  // Once more: at first its index had the name of another, and was not made.
  by("15_jobs_by_state.sql"),
  chargeStoredJobs,
];

function by(name: string, andThen: (db: DatabaseSync) => void = () => undefined): (db: DatabaseSync) => void {
  const sql = sqlFile(`migrations/${name}`);
  return (db) => {
    db.exec(sql);
    andThen(db);
  };
}

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

/** Jobs that waited before there was this order. */
function fileWaiting(db: DatabaseSync): void {
  const waiting = db.prepare("SELECT tenant, job, custody FROM jobs WHERE open = 1 AND state = 2 /* QUEUED */ AND invited = 0");
  const join = db.prepare("INSERT OR IGNORE INTO waiting (id, class, tenant, lane, urgent, rank) VALUES (?, ?, ?, ?, 0, ?)");
  const know = db.prepare("INSERT OR IGNORE INTO order_classes (class) VALUES (?)");
  const joinLane = db.prepare("INSERT OR IGNORE INTO lane_turns (class, tenant, lane, time) VALUES (?, ?, ?, 0)");
  const joinTurns = db.prepare("INSERT OR IGNORE INTO tenant_turns (class, tenant, time) VALUES (?, ?, 0)");
  for (const row of waiting.iterate()) {
    const record = { ...decodeEnvelope(String(row["custody"])), job: fromBinary(JobSchema, row["job"] as Uint8Array) };
    const place = placeOf(record, PLAIN_ORDER.priorityAgeMs);
    if (!place) continue;
    const { jobClass, lane, rank } = place;
    know.run(jobClass);
    join.run(record.job.id, jobClass, record.tenantId, lane, rank);
    joinLane.run(jobClass, record.tenantId, lane);
    joinTurns.run(jobClass, record.tenantId);
  }
}
