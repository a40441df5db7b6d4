-- Operators ask for the jobs of all tenants by their states.
CREATE INDEX IF NOT EXISTS jobs_of_all_by_state ON jobs (state, id);
