-- Where tenants' events are posted to, as JSON.
CREATE TABLE IF NOT EXISTS endpoints (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;

-- What is sent there. `content` is JSON, all but `next_at`: when it is sent, NULL once it has ended, and while an earlier one of its
-- job and recipient goes before it. `body` is NULL where it was erased.
CREATE TABLE IF NOT EXISTS deliveries (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  recipient TEXT NOT NULL,
  job TEXT NOT NULL,
  job_version INTEGER NOT NULL,
  next_at INTEGER,
  ended_at INTEGER,
  content TEXT NOT NULL,
  body BLOB,
  PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_of_endpoint ON deliveries (tenant, endpoint, id);
CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (tenant, recipient, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_open ON deliveries (tenant, recipient, job, job_version) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_of_job ON deliveries (job) WHERE body IS NOT NULL;

-- Whom something waits for, or did not reach. `due_at` is when something is given out of it: while it is under a lease, that one's end.
CREATE TABLE IF NOT EXISTS recipients (
  tenant TEXT NOT NULL,
  recipient TEXT NOT NULL,
  due_at INTEGER,
  lease TEXT,
  not_before INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  PRIMARY KEY (tenant, recipient)
) STRICT;
CREATE INDEX IF NOT EXISTS recipients_due ON recipients (due_at) WHERE due_at IS NOT NULL;
