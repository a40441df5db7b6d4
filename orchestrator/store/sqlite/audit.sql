-- What was done by whom. The schema is 11_audit.sql's. Rows: id, content.

-- name: add
INSERT INTO audit (id, tenant, key, action, subject, content) VALUES (:id, :tenant, :key, :action, :subject, :content);

-- name: all
-- Ids from :from to below :before, the newest first; so it is with the next ones. :value is not looked at.
SELECT id, content FROM audit WHERE id < :before AND id >= :from AND :value = '' ORDER BY id DESC LIMIT :limit;

-- name: tenant
SELECT id, content FROM audit WHERE tenant = :value AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: key
SELECT id, content FROM audit WHERE key = :value AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: action
SELECT id, content FROM audit WHERE action = :value AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: subject
SELECT id, content FROM audit WHERE subject = :value AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: forget
DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < :before ORDER BY id LIMIT :limit);
