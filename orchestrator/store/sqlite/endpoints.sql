-- Where tenants' events are posted to. The schema is 16_webhooks.sql's. Rows: content.

-- name: endpoint
SELECT content FROM endpoints WHERE tenant = :tenant AND id = :id;

-- name: endpoints
SELECT content FROM endpoints WHERE tenant = :tenant ORDER BY id DESC;

-- name: insert
-- No row is changed where there is one, or :most of the tenant.
INSERT OR IGNORE INTO endpoints (tenant, id, version, content)
SELECT :tenant, :id, 1, :content WHERE (SELECT COUNT(*) FROM endpoints WHERE tenant = :tenant) < :most;

-- name: update
-- No row is changed where it is not of :before.
UPDATE endpoints SET version = :before + 1, content = :content WHERE tenant = :tenant AND id = :id AND version = :before;

-- name: remove
DELETE FROM endpoints WHERE tenant = :tenant AND id = :id;
