import type { DatabaseSync } from "node:sqlite";
import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { JobSchema, type JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { changedAt } from "../jobs/change.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Receipt } from "../jobs/receipt.ts";
import { type ChangeStore, numberAfter } from "./change_store.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("changes.sql", ["lastChange", "noteChange", "forgetChange", "changes", "latestChanges", "countByState"]);

/** The changes of tenants; `toRecord` reads a row of a job. */
export function changeQueries(db: SqliteDatabase, toRecord: (row: Row) => JobRecord): ChangeStore {
  return {
    async changes({ tenantId: tenant, above, below, latestFirst, limit }) {
      const rows = db.sql(latestFirst ? SQL.latestChanges : SQL.changes).all({ tenant, above, below, limit });
      return rows.map((row) => ({
        number: Number(row["number"]),
        jobId: String(row["id"]),
        record: row["job"] === null ? undefined : toRecord(row),
      }));
    },
    lastChange: async (tenant) => lastChange(db, tenant),
    async countByState(tenant) {
      const rows = db.sql(SQL.countByState).all({ tenant });
      return new Map(rows.map((row) => [Number(row["state"]) as JobState, Number(row["n"])]));
    },
  };
}

/** Within a commit's transaction. */
export function noteChange(db: SqliteDatabase, record: JobRecord): void {
  const { tenantId: tenant, job } = record;
  db.sql(SQL.noteChange).run({ tenant, id: job.id, number: numberAfter(lastChange(db, tenant), changedAt(record)) });
}

/** Within the transaction that forgets the job: its last change. */
export function noteDeletion(db: SqliteDatabase, { tenantId: tenant, jobId: id, deletedAt }: Receipt): void {
  db.sql(SQL.noteChange).run({ tenant, id, number: numberAfter(lastChange(db, tenant), deletedAt) });
}

/** Within the transaction that forgets the job, or its receipt. */
export function forgetChange(db: SqliteDatabase, id: string): void {
  db.sql(SQL.forgetChange).run({ id });
}

function lastChange(db: SqliteDatabase, tenant: string): number {
  return Number(db.sql(SQL.lastChange).get({ tenant })?.["number"] ?? 0);
}

/** Numbers the last changes of jobs that an older version stored. */
export function numberStoredChanges(db: DatabaseSync): void {
  const times: { readonly id: string; readonly tenant: string; readonly at: number }[] = [];
  for (const { id, tenant, job } of db.prepare("SELECT id, tenant, job FROM jobs").iterate()) {
    const { updateTime } = fromBinary(JobSchema, job as Uint8Array);
    times.push({ id: String(id), tenant: String(tenant), at: updateTime ? timestampMs(updateTime) : 0 });
  }
  const last = new Map<string, number>();
  const note = db.prepare("INSERT OR IGNORE INTO job_changes (id, tenant, number) VALUES (:id, :tenant, :number)");
  for (const { id, tenant, at } of times.sort((one, other) => one.at - other.at)) {
    const number = numberAfter(last.get(tenant) ?? 0, at);
    last.set(tenant, number);
    note.run({ id, tenant, number });
  }
}
