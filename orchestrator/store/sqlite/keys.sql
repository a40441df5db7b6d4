-- API keys, by their public ids; only hashes of their secrets are kept. Rows: id, hash, tenant, role, limits.

-- name: key
SELECT * FROM api_keys WHERE id = :id;

-- name: saveKey
INSERT OR REPLACE INTO api_keys (id, hash, tenant, role, limits) VALUES (:id, :hash, :tenant, :role, :limits);

-- name: keys
SELECT * FROM api_keys ORDER BY id;

-- name: removeKey
-- No row is changed where there is none of this id.
DELETE FROM api_keys WHERE id = :id;
