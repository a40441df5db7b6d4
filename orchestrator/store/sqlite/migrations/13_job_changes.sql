-- Each job's last change by its number (change_store.ts); what was stored before is numbered by sqlite_changes.ts.
CREATE TABLE IF NOT EXISTS job_changes (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS job_changes_by_number ON job_changes (tenant, number);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (tenant, state, id);

-- How many jobs each tenant has in each state, so that nobody has to count.
CREATE TABLE IF NOT EXISTS job_counts (tenant TEXT NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (tenant, state)) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO job_counts SELECT tenant, state, COUNT(*) FROM jobs GROUP BY tenant, state;
CREATE TRIGGER IF NOT EXISTS job_made AFTER INSERT ON jobs BEGIN
  INSERT INTO job_counts (tenant, state, n) VALUES (new.tenant, new.state, 1) ON CONFLICT (tenant, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER IF NOT EXISTS job_moved AFTER UPDATE OF state ON jobs WHEN old.state <> new.state BEGIN
  UPDATE job_counts SET n = n - 1 WHERE tenant = old.tenant AND state = old.state;
  INSERT INTO job_counts (tenant, state, n) VALUES (new.tenant, new.state, 1) ON CONFLICT (tenant, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER IF NOT EXISTS job_gone AFTER DELETE ON jobs BEGIN
  UPDATE job_counts SET n = n - 1 WHERE tenant = old.tenant AND state = old.state;
END;
