-- What jobs came to, added up by days: `sums` is packed as usage_store.ts says.
CREATE TABLE IF NOT EXISTS usage (
  dimension TEXT NOT NULL,
  tenant TEXT NOT NULL,
  day TEXT NOT NULL,           -- by UTC, as in 2026-11-26
  name TEXT NOT NULL,          -- within the dimension
  sums TEXT NOT NULL,
  PRIMARY KEY (dimension, tenant, day, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_by_day ON usage (day);
