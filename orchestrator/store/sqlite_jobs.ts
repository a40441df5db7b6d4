import { fromBinary } from "@bufbuild/protobuf";
import { JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
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
  "listAll",
  "listAllInState",
  "countOpen",
]);

/** What is asked of one job, and of a tenant's. */
export function jobQueries(db: SqliteDatabase): Pick<Store, "get" | "byRequest" | "listAll" | "countOpen"> {
  return {
    async get(id) {
      const row = db.sql(SQL.job).get({ id });
      return row && toRecord(row);
    },
    async byRequest(tenant, requestId) {
      const row = db.sql(SQL.byRequest).get({ tenant, requestId });
      return row && { jobId: String(row["job_id"]), fingerprint: String(row["fingerprint"]) };
    },
    async listAll({ tenantId: tenant, label, states, oldestFirst = false, ...bounds }) {
      const rowsIn = (state: JobState) => {
        if (!tenant) return db.sql(state === 0 ? SQL.listAll : SQL.listAllInState).all({ ...(state !== 0 && { state }), ...bounds });
        const sql = db.sql(listing(label, state, oldestFirst));
        return sql.all({ tenant, ...(label && { label }), ...((label || state) && { state }), ...bounds });
      };
      const found = (states.length > 0 ? [...new Set(states)] : [JobState.UNSPECIFIED]).flatMap(rowsIn).map(toRecord);
      const records = found.sort((one, other) => (one.job.id < other.job.id === oldestFirst ? -1 : 1)).slice(0, bounds.limit);
      return { records, last: records.length < bounds.limit ? "" : (records.at(-1)?.job.id ?? "") };
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
