-- What tenants and their keys have of what is limited (policy/meters.ts).
CREATE TABLE IF NOT EXISTS meters (
  tenant TEXT NOT NULL,
  meter TEXT NOT NULL,
  held REAL NOT NULL,
  level REAL NOT NULL,
  at INTEGER NOT NULL,         -- when the level was this, in milliseconds since the epoch
  PRIMARY KEY (tenant, meter)
) STRICT, WITHOUT ROWID;
-- What each job has of it: JSON by meter, [held, poured].
CREATE TABLE IF NOT EXISTS job_charges (id TEXT PRIMARY KEY, charged TEXT NOT NULL) STRICT, WITHOUT ROWID;
