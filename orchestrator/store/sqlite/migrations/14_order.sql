-- The order of waiting jobs (orchestrator/policy/order.ts). Times are those that tenants and their lanes have in it.
DROP TABLE IF EXISTS turns;

CREATE TABLE IF NOT EXISTS waiting (
  id TEXT PRIMARY KEY,
  class TEXT NOT NULL,         -- of work
  tenant TEXT NOT NULL,
  lane TEXT NOT NULL,
  urgent INTEGER NOT NULL,     -- 1 of a job that goes before all that are not
  rank REAL NOT NULL           -- within its lane, or among the urgent ones: the least goes first
) STRICT;
CREATE INDEX IF NOT EXISTS waiting_by_rank ON waiting (urgent, class, tenant, lane, rank, id);
CREATE INDEX IF NOT EXISTS waiting_urgent ON waiting (class, rank, id) WHERE urgent = 1;

-- Classes of work in which any job ever waited: a few.
CREATE TABLE IF NOT EXISTS order_classes (class TEXT PRIMARY KEY) STRICT;

-- Lanes in which jobs wait, and tenants that have any and may have them run.
CREATE TABLE IF NOT EXISTS lane_turns (
  class TEXT NOT NULL,
  tenant TEXT NOT NULL,
  lane TEXT NOT NULL,
  time REAL NOT NULL,
  PRIMARY KEY (class, tenant, lane)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lane_turns_by_time ON lane_turns (class, tenant, time, lane);
CREATE TABLE IF NOT EXISTS tenant_turns (
  class TEXT NOT NULL,
  tenant TEXT NOT NULL,
  time REAL NOT NULL,
  PRIMARY KEY (class, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tenant_turns_by_time ON tenant_turns (class, time, tenant);

-- Whose times are above what all have, who may be all tenants ("") or the lanes of one; and that.
CREATE TABLE IF NOT EXISTS order_times (
  of TEXT NOT NULL,
  name TEXT NOT NULL,
  time REAL NOT NULL,
  PRIMARY KEY (of, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS order_times_by_time ON order_times (of, time);
CREATE TABLE IF NOT EXISTS order_now (of TEXT PRIMARY KEY, time REAL NOT NULL) STRICT;

CREATE INDEX IF NOT EXISTS jobs_given_out ON jobs (tenant) WHERE open = 1 AND (
  state IN (3 /* RUNNING */, 5 /* CANCELLING */) OR (state = 2 /* QUEUED */ AND invited = 1));
