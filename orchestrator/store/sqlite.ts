import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { systemClock } from "../../platform/clock.ts";
import { isFinal } from "../../platform/final.ts";
import { decodeContent, encodeContent } from "../../platform/messaging/codec.ts";
import type { Message, MessageContent } from "../../platform/messaging/messaging.ts";
import type { JobRecord } from "../jobs/job.ts";
import { jobPrefix, uploadIdOf, uploadKey } from "../jobs/place.ts";
import { type Row, SqliteDatabase } from "./sqlite_database.ts";
import { NEVER } from "./sqlite_migrations.ts";
import { type Commit, labelsOf, parseCustody, type Role, refusal, type Store, type StoredKey, type StoredUpload } from "./store.ts";

const TAKEN = `state IN (${JobState.RUNNING}, ${JobState.CANCELLING}) OR (state = ${JobState.QUEUED} AND invited = 1)`;
const UNDER_WAY = `SELECT id FROM jobs WHERE open = 1 AND (${TAKEN} OR state = ${JobState.RETRY_WAIT})`;
const WAITING = `
  WITH taken AS (SELECT tenant, COUNT(*) AS n FROM jobs WHERE open = 1 AND (${TAKEN}) GROUP BY tenant),
  queued AS (
    SELECT id, tenant, ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY priority DESC, id) AS turn
    FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 0)
  SELECT queued.id FROM queued LEFT JOIN taken USING (tenant) LEFT JOIN turns USING (tenant)
  ORDER BY queued.turn + COALESCE(taken.n, 0), COALESCE(turns.invited_at, 0), queued.id LIMIT ?`;

const POSITION = `
  WITH queued AS (
    SELECT id, ROW_NUMBER() OVER (ORDER BY priority DESC, id) AS n
    FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 0 AND tenant = ?2)
  SELECT n FROM queued WHERE id = ?1`;

const RELAY_BATCH = 100;

/** The store in one file, for one process. Throws UNAVAILABLE or STORAGE_FULL where it cannot be opened for writing. */
export function openSqliteStore(file: string): Store {
  const db = new SqliteDatabase(file);
  const sql = (text: string) => db.sql(text);

  const waste = (tenantId: string, prefix: string, removeAt: number) =>
    sql("INSERT OR IGNORE INTO waste VALUES (?, ?, ?)").run(prefix, tenantId, removeAt);

  const countOpen = (tenantId: string) => Number(sql("SELECT COUNT(*) AS n FROM jobs WHERE tenant = ? AND open = 1").get(tenantId)?.["n"]);

  /** What must be there for a new job, the job itself counted. */
  const demand = ({ record, uploadId, retryOf, maxOpen }: Commit): void => {
    if (uploadId && sql("UPDATE uploads SET expire_at = ? WHERE id = ?").run(NEVER, uploadId).changes === 0)
      throw refusal("UPLOAD_NOT_FOUND");
    if (retryOf && !sql("SELECT 1 FROM jobs WHERE id = ?").get(retryOf)) throw refusal("JOB_NOT_FOUND");
    if (maxOpen !== undefined && countOpen(record.tenantId) > maxOpen) throw refusal("QUOTA_EXCEEDED", maxOpen);
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
    if (expectedVersion === 0n) {
      demand(commit);
      for (const label of labelsOf(record)) sql("INSERT INTO labels VALUES (?, ?, ?)").run(record.tenantId, label, job.id);
      sql("INSERT INTO inputs VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET jobs = jobs + 1").run(record.inputKey);
      sql("DELETE FROM waste WHERE prefix = ?").run(record.inputKey);
    }
    if (commit.waste) waste(record.tenantId, commit.waste.prefix, commit.waste.removeAt);
    if (record.invitedAt !== null) sql("INSERT OR REPLACE INTO turns VALUES (?, ?)").run(record.tenantId, record.invitedAt);
    for (const { id, content } of commit.outbox) {
      sql("INSERT INTO outbox (message_id, kind, message) VALUES (?, ?, ?)").run(id, content.kind, encodeContent(content));
    }
    return true;
  };

  const forget = (record: JobRecord, now: number): boolean => {
    const { job, tenantId, inputKey } = record;
    const removed = sql("DELETE FROM jobs WHERE id = ? AND version = ? AND open = 0").run(job.id, Number(job.version));
    if (removed.changes === 0) return false;
    sql("DELETE FROM requests WHERE job_id = ?").run(job.id);
    for (const label of labelsOf(record)) sql("DELETE FROM labels WHERE tenant = ? AND label = ? AND id = ?").run(tenantId, label, job.id);
    waste(tenantId, jobPrefix(record), now);
    sql("UPDATE inputs SET jobs = jobs - 1 WHERE key = ?").run(inputKey);
    if (sql("DELETE FROM inputs WHERE key = ? AND jobs <= 0").run(inputKey).changes > 0) {
      sql("DELETE FROM uploads WHERE id = ?").run(uploadIdOf(inputKey));
      waste(tenantId, inputKey, now);
    }
    return true;
  };

  return {
    clock: systemClock,
    system: "sqlite",
    shared: false,
    durable: true,
    commit: async (commit) => db.transact(() => write(commit)),
    forget: async (record, now) => db.transact(() => forget(record, now)),
    async get(id) {
      const row = sql("SELECT job, custody FROM jobs WHERE id = ?").get(id);
      return row && toRecord(row);
    },
    async byRequest(tenantId, requestId) {
      const row = sql("SELECT job_id, fingerprint FROM requests WHERE tenant = ? AND request_id = ?").get(tenantId, requestId);
      return row && { jobId: String(row["job_id"]), fingerprint: String(row["fingerprint"]) };
    },
    async list({ tenantId, state, limit, before, from, label }) {
      const within = "tenant = ? AND id < ? AND id >= ? AND (? = 0 OR state = ?) ORDER BY id DESC LIMIT ?";
      const values = [tenantId, before, from, state, state, limit];
      const rows = label
        ? sql(`SELECT job, custody FROM labels JOIN jobs USING (tenant, id) WHERE label = ? AND ${within}`).all(label, ...values)
        : sql(`SELECT job, custody FROM jobs WHERE ${within}`).all(...values);
      return rows.map(toRecord);
    },
    countOpen: async (tenantId) => countOpen(tenantId),
    async due(now, limit) {
      return ids(sql("SELECT id FROM jobs WHERE wake_at <= ? ORDER BY wake_at LIMIT ?").all(now, limit));
    },
    async waiting(limit) {
      return ids(sql(WAITING).all(limit));
    },
    async underWay() {
      return ids(sql(UNDER_WAY).all());
    },
    async countInvited() {
      return Number(sql(`SELECT COUNT(*) AS n FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 1`).get()?.["n"]);
    },
    async invited() {
      return ids(sql(`SELECT id FROM jobs WHERE open = 1 AND state = ${JobState.QUEUED} AND invited = 1`).all());
    },
    async relay(publish) {
      for (;;) {
        const rows = sql("SELECT * FROM outbox ORDER BY sequence LIMIT ?").all(RELAY_BATCH);
        if (rows.length === 0) return;
        await publish(rows.map(toMessage));
        sql("DELETE FROM outbox WHERE sequence <= ?").run(Number(rows.at(-1)?.["sequence"]));
      }
    },
    async announce() {
      return [];
    },
    async openJobs() {
      const rows = sql("SELECT state, priority, COUNT(*) AS n FROM jobs WHERE open = 1 GROUP BY state, priority").all();
      return rows.map((row) => ({ state: Number(row["state"]) as JobState, priority: Number(row["priority"]), count: Number(row["n"]) }));
    },
    async outboxState() {
      const depth = Number(sql("SELECT COUNT(*) AS n FROM outbox").get()?.["n"]);
      // Each commit's first message is its event, and that says when it was.
      const oldest = sql("SELECT * FROM outbox WHERE kind = 'event' ORDER BY sequence LIMIT 1").get();
      const { content } = oldest ? toMessage(oldest) : {};
      const time = content?.kind === "event" ? content.message.job?.updateTime : undefined;
      return { depth, oldestAt: time ? timestampMs(time) : null };
    },
    async position(tenantId, id) {
      const row = sql(POSITION).get(id, tenantId);
      return Number(row?.["n"] ?? 0);
    },
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
    async waste(now, limit) {
      const taken = sql("DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expire_at < ? LIMIT ?) RETURNING *");
      db.transact(() => {
        for (const { id, tenantId, expireAt } of taken.all(now, limit).map(toUpload)) waste(tenantId, uploadKey(tenantId, id), expireAt);
        return true;
      });
      return sql("SELECT * FROM waste WHERE remove_at <= ? ORDER BY remove_at LIMIT ?")
        .all(now, limit)
        .map((row) => ({ tenantId: String(row["tenant"]), prefix: String(row["prefix"]) }));
    },
    async forgetWaste({ prefix }) {
      sql("DELETE FROM waste WHERE prefix = ?").run(prefix);
    },
    async postponeWaste({ prefix }, until) {
      sql("UPDATE waste SET remove_at = ? WHERE prefix = ?").run(until, prefix);
    },
    async [Symbol.asyncDispose]() {
      db[Symbol.dispose]();
    },
  };
}

function ids(rows: Row[]): string[] {
  return rows.map((row) => String(row["id"]));
}

function toRecord(row: Row): JobRecord {
  return { ...parseCustody(String(row["custody"])), job: fromBinary(JobSchema, row["job"] as Uint8Array) };
}

/** The column `limits` holds all of a key that is never asked for by itself. */
function toKey(row: Row): StoredKey {
  const rest = JSON.parse(String(row["limits"])) as Omit<StoredKey, "hash" | "tenantId" | "role">;
  return { hash: String(row["hash"]), tenantId: String(row["tenant"]), role: String(row["role"]) as Role, ...rest };
}

function toUpload(row: Row): StoredUpload {
  return { id: String(row["id"]), tenantId: String(row["tenant"]), fileName: String(row["file_name"]), expireAt: Number(row["expire_at"]) };
}

function toMessage(row: Row): Message {
  const kind = row["kind"] as MessageContent["kind"];
  return { id: String(row["message_id"]), content: decodeContent(kind, row["message"] as Uint8Array) };
}
