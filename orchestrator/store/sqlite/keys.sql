-- API keys, by their public ids; only hashes of their secrets are kept. Rows: id, hash, tenant, role, limits.

-- name: key
SELECT * FROM api_keys WHERE id = :id;

-- name: saveKey
INSERT OR REPLACE INTO api_keys (id, hash, tenant, role, limits) VALUES (:id, :hash, :tenant, :role, :limits);

-- name: changeKey
-- No row is changed where there is none of this id with the hash `before`.
UPDATE api_keys SET hash = :hash, tenant = :tenant, role = :role, limits = :limits WHERE id = :id AND hash = :before;

-- name: keys
-- Rows: with used_at.
SELECT api_keys.*, used_at FROM api_keys LEFT JOIN key_uses USING (id) ORDER BY id;

-- name: keysOf
-- Likewise, of one tenant.
SELECT api_keys.*, used_at FROM api_keys LEFT JOIN key_uses USING (id) WHERE tenant = :tenant ORDER BY id;

-- name: removeKey
-- No row is changed where there is none of this id.
DELETE FROM api_keys WHERE id = :id;

-- name: removeUse
DELETE FROM key_uses WHERE id = :id;

-- name: noteUse
-- Of a key that is gone, nothing.
INSERT INTO key_uses (id, used_at) SELECT id, :at FROM api_keys WHERE id = :id
  ON CONFLICT (id) DO UPDATE SET used_at = max(used_at, excluded.used_at);
