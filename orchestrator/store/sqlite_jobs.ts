import { fromBinary } from "@bufbuild/protobuf";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../jobs/job.ts";
import { decodeEnvelope } from "./envelope.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import type { Store } from "./store.ts";

/** What is asked of one job, and of a tenant's. */
export function jobQueries(db: SqliteDatabase): Pick<Store, "get" | "byRequest" | "list" | "countOpen"> {
  const sql = (text: string) => db.sql(text);
  return {
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
    countOpen: async (tenantId) => countOpen(db, tenantId),
  };
}

export function countOpen(db: SqliteDatabase, tenantId: string): number {
  return Number(db.sql("SELECT COUNT(*) AS n FROM jobs WHERE tenant = ? AND open = 1").get(tenantId)?.["n"]);
}

function toRecord(row: Row): JobRecord {
  return { ...decodeEnvelope(String(row["custody"])), job: fromBinary(JobSchema, row["job"] as Uint8Array) };
}
