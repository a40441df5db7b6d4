-- How much was taken of rates and spent of budgets.
CREATE TABLE IF NOT EXISTS allowances (
  scope TEXT NOT NULL,         -- a tenant, or what else has rates and budgets of its own
  name TEXT NOT NULL,
  value REAL NOT NULL,         -- of a rate when it is free, in milliseconds since the epoch; of a budget what was spent
  expire_at INTEGER NOT NULL,  -- milliseconds since the epoch
  UNIQUE (scope, name)
) STRICT;
CREATE INDEX IF NOT EXISTS allowances_by_expiry ON allowances (expire_at);
