import { toBinary } from "@bufbuild/protobuf";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../../platform/final.ts";
import { encodeContent } from "../../platform/messaging/codec.ts";
import { jobPrefix, uploadIdOf } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import { encodeEnvelope } from "./envelope.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { countOpen } from "./sqlite_jobs.ts";
import { NEVER } from "./sqlite_migrations.ts";
import { addGarbage } from "./sqlite_uploads.ts";
import { type Commit, labelsOf, refusal } from "./store.ts";

/** Within a transaction; false where another was quicker. Throws what is missing for a new job. */
export function writeJob(db: SqliteDatabase, commit: Commit): boolean {
  const { record, expectedVersion } = commit;
  if (!isFirst(db, commit) || !writeRow(db, record, expectedVersion)) return false;
  if (expectedVersion === 0n) addNew(db, commit);
  if (commit.garbage) addGarbage(db, record.tenantId, commit.garbage.prefix, commit.garbage.removeAt);
  if (record.invitedAt !== null) db.sql("INSERT OR REPLACE INTO turns VALUES (?, ?)").run(record.tenantId, record.invitedAt);
  for (const { id, content } of commit.outbox) {
    db.sql("INSERT INTO outbox (message_id, kind, message) VALUES (?, ?, ?)").run(id, content.kind, encodeContent(content));
  }
  return true;
}

/** Removes a job that has ended, and counts its input no more; false where it has changed. Within a transaction. */
export function forgetJob(db: SqliteDatabase, record: JobRecord, now: number): boolean {
  const { job, tenantId, inputKey } = record;
  const removed = db.sql("DELETE FROM jobs WHERE id = ? AND version = ? AND open = 0").run(job.id, Number(job.version));
  if (removed.changes === 0) return false;
  db.sql("DELETE FROM requests WHERE job_id = ?").run(job.id);
  for (const label of labelsOf(record)) db.sql("DELETE FROM labels WHERE tenant = ? AND label = ? AND id = ?").run(tenantId, label, job.id);
  addGarbage(db, tenantId, jobPrefix(record), now);
  db.sql("UPDATE inputs SET jobs = jobs - 1 WHERE key = ?").run(inputKey);
  if (db.sql("DELETE FROM inputs WHERE key = ? AND jobs <= 0").run(inputKey).changes > 0) {
    db.sql("DELETE FROM uploads WHERE id = ?").run(uploadIdOf(inputKey));
    addGarbage(db, tenantId, inputKey, now);
  }
  return true;
}

/** Whether the request that makes this job made none before. */
function isFirst(db: SqliteDatabase, { record, request }: Commit): boolean {
  if (!request) return true;
  const values = [record.tenantId, request.requestId, request.fingerprint, record.job.id];
  return db.sql("INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?)").run(...values).changes > 0;
}

function writeRow(db: SqliteDatabase, record: JobRecord, expectedVersion: bigint): boolean {
  const { job } = record;
  const columns = [
    job.state,
    Number(job.version),
    isFinal(job.state) ? 0 : 1,
    record.timerAt,
    record.invitedAt === null ? 0 : 1,
    job.options?.priority ?? 0,
    toBinary(JobSchema, job),
    encodeEnvelope(record),
  ];
  const written =
    expectedVersion === 0n
      ? db
          .sql(
            "INSERT OR IGNORE INTO jobs (state, version, open, wake_at, invited, priority, job, custody, id, tenant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          )
          .run(...columns, job.id, record.tenantId)
      : db
          .sql(
            "UPDATE jobs SET state = ?, version = ?, open = ?, wake_at = ?, invited = ?, priority = ?, job = ?, custody = ? WHERE id = ? AND version = ?",
          )
          .run(...columns, job.id, Number(expectedVersion));
  return written.changes > 0;
}

function addNew(db: SqliteDatabase, commit: Commit): void {
  const { record } = commit;
  demand(db, commit);
  for (const label of labelsOf(record)) db.sql("INSERT INTO labels VALUES (?, ?, ?)").run(record.tenantId, label, record.job.id);
  db.sql("INSERT INTO inputs VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET jobs = jobs + 1").run(record.inputKey);
  db.sql("DELETE FROM waste WHERE prefix = ?").run(record.inputKey);
}

/** What must be there for a new job, the job itself counted. */
function demand(db: SqliteDatabase, { record, uploadId, retryOf, maxOpen }: Commit): void {
  if (uploadId && db.sql("UPDATE uploads SET expire_at = ? WHERE id = ?").run(NEVER, uploadId).changes === 0)
    throw refusal("UPLOAD_NOT_FOUND");
  if (retryOf && !db.sql("SELECT 1 FROM jobs WHERE id = ?").get(retryOf)) throw refusal("JOB_NOT_FOUND");
  if (maxOpen !== undefined && countOpen(db, record.tenantId) > maxOpen) throw refusal("QUOTA_EXCEEDED", maxOpen);
}
