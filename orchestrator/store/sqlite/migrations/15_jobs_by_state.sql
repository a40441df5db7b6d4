-- Operators ask for the jobs of all tenants by their states.
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, id);
