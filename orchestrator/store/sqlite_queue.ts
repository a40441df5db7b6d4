import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import type { Store } from "./store.ts";

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

type Queue = "due" | "waiting" | "underWay" | "countInvited" | "invited" | "openJobs" | "position";

/** What is asked of all open jobs: which wait, in which order, and how many there are. */
export function queueQueries(db: SqliteDatabase): Pick<Store, Queue> {
  const sql = (text: string) => db.sql(text);
  return {
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
    async openJobs() {
      const rows = sql("SELECT state, priority, COUNT(*) AS n FROM jobs WHERE open = 1 GROUP BY state, priority").all();
      return rows.map((row) => ({ state: Number(row["state"]) as JobState, priority: Number(row["priority"]), count: Number(row["n"]) }));
    },
    async position(tenantId, id) {
      const row = sql(POSITION).get(id, tenantId);
      return Number(row?.["n"] ?? 0);
    },
  };
}

function ids(rows: Row[]): string[] {
  return rows.map((row) => String(row["id"]));
}
