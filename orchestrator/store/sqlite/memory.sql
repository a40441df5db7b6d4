-- The memories of tenants. Rows of `memory`: id (the later, the greater), tenant, key, job (empty for none), kept_at, content;
-- of `memory_near`: the bands of each. Triggers keep `memory_sizes`.

-- name: recall
SELECT * FROM memory WHERE tenant = :tenant AND key = :key;

-- name: near
-- Of one band, the last ones first.
SELECT unit FROM memory_near WHERE tenant = :tenant AND band = :band ORDER BY unit DESC LIMIT :limit;

-- name: unit
SELECT * FROM memory WHERE id = :id;

-- name: keep
-- Of one key the bands are always the same, and so they stay.
INSERT INTO memory (tenant, key, job, kept_at, content) VALUES (:tenant, :key, :job, :keptAt, :content)
ON CONFLICT (tenant, key) DO UPDATE SET job = excluded.job, kept_at = excluded.kept_at, content = excluded.content
RETURNING id;

-- name: keepBand
INSERT OR IGNORE INTO memory_near (tenant, band, unit) VALUES (:tenant, :band, :unit);

-- name: list
SELECT * FROM memory WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT :limit;

-- name: size
SELECT units, bytes FROM memory_sizes WHERE tenant = :tenant;

-- name: forget
-- The oldest first.
DELETE FROM memory WHERE id IN (
  SELECT id FROM memory WHERE tenant = :tenant AND kept_at < :before ORDER BY kept_at, id LIMIT :limit
);

-- name: forgetOfJob
DELETE FROM memory WHERE id IN (
  SELECT id FROM memory WHERE tenant = :tenant AND job = :job LIMIT :limit
);

-- name: tenants
SELECT tenant FROM memory_sizes WHERE units > 0 ORDER BY tenant;
