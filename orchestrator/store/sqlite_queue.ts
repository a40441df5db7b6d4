import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store } from "./store.ts";

const SQL = statements("queue.sql", ["due", "underWay", "countInvited", "invited", "openJobs", "waitingByClass"]);

/** What is asked of all open jobs: which are under way, and how many there are. */
export function queueQueries(db: SqliteDatabase): Pick<Store, keyof typeof SQL> {
  return {
    due: async (now, limit) => ids(db.sql(SQL.due).all({ now, limit })),
    underWay: async () => ids(db.sql(SQL.underWay).all()),
    countInvited: async () => Number(db.sql(SQL.countInvited).get()?.["n"]),
    invited: async () => ids(db.sql(SQL.invited).all()),
    async waitingByClass() {
      return db
        .sql(SQL.waitingByClass)
        .all()
        .map((row) => ({ jobClass: String(row["class"]), count: Number(row["n"]) }));
    },
    async openJobs() {
      const rows = db.sql(SQL.openJobs).all();
      return rows.map((row) => ({ state: Number(row["state"]) as JobState, priority: Number(row["priority"]), count: Number(row["n"]) }));
    },
  };
}

function ids(rows: Row[]): string[] {
  return rows.map((row) => String(row["id"]));
}
