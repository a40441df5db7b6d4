-- The tables of the first version, made where they are not there. What later versions changed comes by `migrations/`, in order.
-- Some names are older than the glossary's: `custody` is a job's envelope, `wake_at` the time of its timer, `waste` garbage.

-- A job. What is asked for by itself is a column: the rest is in `job` (protobuf) and `custody` (JSON).
CREATE TABLE IF NOT EXISTS jobs (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  state INTEGER NOT NULL,      -- JobState of the contract
  version INTEGER NOT NULL,
  open INTEGER NOT NULL,       -- 1 until the state is final
  wake_at INTEGER,             -- milliseconds since the epoch
  invited INTEGER NOT NULL,    -- 1 while an invitation is out
  priority INTEGER NOT NULL,
  job BLOB NOT NULL,
  custody TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_tenant ON jobs (tenant, id);
CREATE INDEX IF NOT EXISTS jobs_open ON jobs (tenant) WHERE open = 1;
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS jobs_active ON jobs (state, invited) WHERE open = 1;

-- The calls that made jobs, so that the same call makes no second one.
CREATE TABLE IF NOT EXISTS requests (
  tenant TEXT NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  job_id TEXT NOT NULL,
  PRIMARY KEY (tenant, request_id)
) STRICT;
CREATE INDEX IF NOT EXISTS requests_by_job ON requests (job_id);

-- Messages that were committed with what they tell of, until they are published.
CREATE TABLE IF NOT EXISTS outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  message BLOB NOT NULL
) STRICT;

-- `limits` holds, as JSON, all of a key that is never asked for by itself.
CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  limits TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- What was reserved for files to come. One that became a job never expires: 9007199254740991.
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  file_name TEXT NOT NULL,
  expire_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS uploads_by_expiry ON uploads (expire_at);

-- Prefixes in the artefact store under which nothing is needed any more.
CREATE TABLE IF NOT EXISTS waste (
  prefix TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  remove_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS waste_by_time ON waste (remove_at);

-- Each label of each job, as "name=value".
CREATE TABLE IF NOT EXISTS labels (
  tenant TEXT NOT NULL,
  label TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (tenant, label, id)
) STRICT;

-- How many jobs there are of each input.
CREATE TABLE IF NOT EXISTS inputs (key TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT;
