import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { JobEventSchema, JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema, WorkDescriptorSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal, type JobRecord } from "../jobs/job.ts";
import type { Commit, OutboxEntry, OutboxMessage, Role, Store, StoredUpload } from "./store.ts";

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
  CREATE TABLE IF NOT EXISTS api_keys (id TEXT PRIMARY KEY, hash TEXT NOT NULL, tenant TEXT NOT NULL, role TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, file_name TEXT NOT NULL, expire_at INTEGER NOT NULL) STRICT;
`;

const WAITING = `
  WITH running AS (SELECT tenant, COUNT(*) AS n FROM jobs WHERE open = 1 AND state IN (${JobState.RUNNING}, ${JobState.CANCELLING}) GROUP BY tenant),
  queued AS (
    SELECT id, tenant, ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY priority DESC, id) AS turn
    FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 0)
  SELECT queued.id FROM queued LEFT JOIN running USING (tenant)
  ORDER BY queued.turn + COALESCE(running.n, 0), queued.id LIMIT ?`;

const SCHEMAS = { work: WorkDescriptorSchema, cancel: CancelSignalSchema, event: JobEventSchema } as const;

type Row = Record<string, unknown>;

/** The store in one file, for one process. WAL with `synchronous=FULL`: what was committed survives the machine. */
export function openSqliteStore(file: string): Store {
  if (file !== ":memory:") mkdirSync(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
  db.exec(SCHEMA);
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const sql = (text: string) => {
    const statement = prepared.get(text) ?? db.prepare(text);
    prepared.set(text, statement);
    return statement;
  };

  const write = (commit: Commit): boolean => {
    const { record, expectedVersion, request } = commit;
    if (request) {
      const taken = sql("INSERT OR IGNORE INTO requests VALUES (?, ?, ?, ?)").run(
        record.tenantId,
        request.requestId,
        request.fingerprint,
        record.job.id,
      );
      if (taken.changes === 0) return false;
    }
    const { job, ...custody } = record;
    const columns = [
      job.state,
      Number(job.version),
      isFinal(job.state) ? 0 : 1,
      record.wakeAt,
      record.invitedAt === null ? 0 : 1,
      job.options?.priority ?? 0,
      toBinary(JobSchema, job),
      JSON.stringify(custody),
    ];
    const written =
      expectedVersion === 0n
        ? sql(
            "INSERT OR IGNORE INTO jobs (state, version, open, wake_at, invited, priority, job, custody, id, tenant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          ).run(...columns, job.id, record.tenantId)
        : sql(
            "UPDATE jobs SET state = ?, version = ?, open = ?, wake_at = ?, invited = ?, priority = ?, job = ?, custody = ? WHERE id = ? AND version = ?",
          ).run(...columns, job.id, Number(expectedVersion));
    if (written.changes === 0) return false;
    for (const entry of commit.outbox) {
      sql("INSERT INTO outbox (message_id, kind, message) VALUES (?, ?, ?)").run(messageId(entry, job.version), entry.kind, encode(entry));
    }
    return true;
  };

  return {
    async commit(commit) {
      db.exec("BEGIN IMMEDIATE");
      try {
        const written = write(commit);
        db.exec(written ? "COMMIT" : "ROLLBACK");
        return written;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw DragomanError.of("UNAVAILABLE", "The store failed.", { cause: error });
      }
    },
    async get(id) {
      const row = sql("SELECT job, custody FROM jobs WHERE id = ?").get(id);
      return row && toRecord(row);
    },
    async byRequest(tenantId, requestId) {
      const row = sql("SELECT job_id, fingerprint FROM requests WHERE tenant = ? AND request_id = ?").get(tenantId, requestId);
      return row && { jobId: String(row["job_id"]), fingerprint: String(row["fingerprint"]) };
    },
    async list({ tenantId, state, limit, before }) {
      const rows = sql("SELECT job, custody FROM jobs WHERE tenant = ? AND id < ? AND (? = 0 OR state = ?) ORDER BY id DESC LIMIT ?").all(
        tenantId,
        before,
        state,
        state,
        limit,
      );
      return rows.map(toRecord);
    },
    async countOpen(tenantId) {
      return Number(sql("SELECT COUNT(*) AS n FROM jobs WHERE tenant = ? AND open = 1").get(tenantId)?.["n"]);
    },
    async due(now, limit) {
      return ids(sql("SELECT id FROM jobs WHERE wake_at <= ? ORDER BY wake_at LIMIT ?").all(now, limit));
    },
    async waiting(limit) {
      return ids(sql(WAITING).all(limit));
    },
    async countInvited() {
      return Number(sql(`SELECT COUNT(*) AS n FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 1`).get()?.["n"]);
    },
    async outbox(limit) {
      return sql("SELECT * FROM outbox ORDER BY sequence LIMIT ?").all(limit).map(toOutboxEntry);
    },
    async removeFromOutbox(upToSequence) {
      sql("DELETE FROM outbox WHERE sequence <= ?").run(upToSequence);
    },
    async key(id) {
      const row = sql("SELECT * FROM api_keys WHERE id = ?").get(id);
      return row && { hash: String(row["hash"]), tenantId: String(row["tenant"]), role: String(row["role"]) as Role };
    },
    async saveKey(id, key) {
      sql("INSERT OR REPLACE INTO api_keys VALUES (?, ?, ?, ?)").run(id, key.hash, key.tenantId, key.role);
    },
    async upload(id) {
      const row = sql("SELECT * FROM uploads WHERE id = ?").get(id);
      return row && toUpload(row);
    },
    async saveUpload(upload) {
      sql("INSERT INTO uploads VALUES (?, ?, ?, ?)").run(upload.id, upload.tenantId, upload.fileName, upload.expireAt);
    },
    async takeExpiredUploads(now, limit) {
      const unused =
        "expire_at < ? AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.tenant = uploads.tenant AND json_extract(custody, '$.inputKey') LIKE '%/' || uploads.id)";
      return sql(`DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE ${unused} LIMIT ?) RETURNING *`)
        .all(now, limit)
        .map(toUpload);
    },
    async [Symbol.asyncDispose]() {
      db.close();
    },
  };
}

function ids(rows: Row[]): string[] {
  return rows.map((row) => String(row["id"]));
}

function toRecord(row: Row): JobRecord {
  const custody = JSON.parse(String(row["custody"])) as Omit<JobRecord, "job">;
  return { ...custody, job: fromBinary(JobSchema, row["job"] as Uint8Array) };
}

function toUpload(row: Row): StoredUpload {
  return { id: String(row["id"]), tenantId: String(row["tenant"]), fileName: String(row["file_name"]), expireAt: Number(row["expire_at"]) };
}

function messageId(entry: OutboxMessage, version: bigint): string {
  if (entry.kind === "work") return `${entry.message.jobId}:work:${entry.message.dispatch}`;
  if (entry.kind === "cancel") return `${entry.message.jobId}:cancel:${entry.message.attempt}`;
  return `${entry.message.job?.id}:event:${version}`;
}

function encode(entry: OutboxMessage): Uint8Array {
  if (entry.kind === "work") return toBinary(SCHEMAS.work, entry.message);
  if (entry.kind === "cancel") return toBinary(SCHEMAS.cancel, entry.message);
  return toBinary(SCHEMAS.event, entry.message);
}

function toOutboxEntry(row: Row): OutboxEntry {
  const bytes = row["message"] as Uint8Array;
  const kind = row["kind"] as OutboxMessage["kind"];
  const content: OutboxMessage =
    kind === "work"
      ? { kind, message: fromBinary(SCHEMAS.work, bytes) }
      : kind === "cancel"
        ? { kind, message: fromBinary(SCHEMAS.cancel, bytes) }
        : { kind, message: fromBinary(SCHEMAS.event, bytes) };
  return { sequence: Number(row["sequence"]), messageId: String(row["message_id"]), content };
}
