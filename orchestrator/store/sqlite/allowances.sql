-- Rates and budgets. The schema is 6_allow.sql's.

-- name: read
-- Takes scope, name, now; gives value.
SELECT value FROM allowances WHERE scope = :scope AND name = :name AND expire_at > :now;

-- name: write
-- Takes scope, name, value, expireAt.
INSERT INTO allowances (scope, name, value, expire_at) VALUES (:scope, :name, :value, :expireAt)
ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value, expire_at = excluded.expire_at;

-- name: forget
-- What is no longer known, a little at a time. Takes now.
DELETE FROM allowances WHERE rowid IN (SELECT rowid FROM allowances WHERE expire_at <= :now LIMIT 4);
