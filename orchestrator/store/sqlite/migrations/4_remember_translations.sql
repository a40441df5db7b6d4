-- The memories of tenants. What is asked for by itself is a column; the rest is in `content`, as JSON.
CREATE TABLE IF NOT EXISTS memory (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  job TEXT NOT NULL,           -- empty for none
  kept_at INTEGER NOT NULL,    -- milliseconds since the epoch
  content TEXT NOT NULL,
  UNIQUE (tenant, key)
) STRICT;
CREATE INDEX IF NOT EXISTS memory_by_tenant ON memory (tenant, id);
CREATE INDEX IF NOT EXISTS memory_by_age ON memory (tenant, kept_at, id);
CREATE INDEX IF NOT EXISTS memory_by_job ON memory (tenant, job);

-- By which near sources are found.
CREATE TABLE IF NOT EXISTS memory_near (
  tenant TEXT NOT NULL,
  band TEXT NOT NULL,
  unit INTEGER NOT NULL REFERENCES memory (id) ON DELETE CASCADE,
  PRIMARY KEY (tenant, band, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS memory_near_by_unit ON memory_near (unit);

-- How much there is of each tenant, so that nobody has to count.
CREATE TABLE IF NOT EXISTS memory_sizes (tenant TEXT PRIMARY KEY, units INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS memory_kept AFTER INSERT ON memory BEGIN
  INSERT INTO memory_sizes (tenant, units, bytes) VALUES (new.tenant, 1, octet_length(new.content))
  ON CONFLICT (tenant) DO UPDATE SET units = units + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER IF NOT EXISTS memory_kept_again AFTER UPDATE OF content ON memory BEGIN
  UPDATE memory_sizes SET bytes = bytes + octet_length(new.content) - octet_length(old.content) WHERE tenant = new.tenant;
END;
CREATE TRIGGER IF NOT EXISTS memory_forgotten AFTER DELETE ON memory BEGIN
  UPDATE memory_sizes SET units = units - 1, bytes = bytes - octet_length(old.content) WHERE tenant = old.tenant;
END;
