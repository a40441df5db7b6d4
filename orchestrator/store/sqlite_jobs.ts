import { fromBinary } from "@bufbuild/protobuf";
import { JobSchema, type JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../jobs/job.ts";
import { decodeEnvelope } from "./envelope.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store } from "./store.ts";

const SQL = statements("jobs.sql", [
  "job",
  "byRequest",
  "list",
  "listAscending",
  "listInState",
  "listInStateAscending",
  "listByLabel",
  "listByLabelAscending",
  "countOpen",
]);

/** What is asked of one job, and of a tenant's. */
export function jobQueries(db: SqliteDatabase): Pick<Store, "get" | "byRequest" | "list" | "countOpen"> {
  return {
    async get(id) {
      const row = db.sql(SQL.job).get({ id });
      return row && toRecord(row);
    },
    async byRequest(tenant, requestId) {
      const row = db.sql(SQL.byRequest).get({ tenant, requestId });
      return row && { jobId: String(row["job_id"]), fingerprint: String(row["fingerprint"]) };
    },
    async list({ tenantId: tenant, label, state, oldestFirst = false, ...bounds }) {
      return db
        .sql(listing(label, state, oldestFirst))
        .all({ tenant, ...(label && { label }), ...((label || state) && { state }), ...bounds })
        .map(toRecord);
    },
    countOpen: async (tenant) => Number(db.sql(SQL.countOpen).get({ tenant })?.["n"]),
  };
}

function listing(label: string, state: JobState, oldestFirst: boolean): string {
  if (label) return oldestFirst ? SQL.listByLabelAscending : SQL.listByLabel;
  if (state) return oldestFirst ? SQL.listInStateAscending : SQL.listInState;
  return oldestFirst ? SQL.listAscending : SQL.list;
}

export function toRecord(row: Row): JobRecord {
  return { ...decodeEnvelope(String(row["custody"])), job: fromBinary(JobSchema, row["job"] as Uint8Array) };
}
