-- What operators have set for tenants. The schema is 8_tenants.sql's. Rows: content.

-- name: read
SELECT content FROM tenants WHERE tenant = :tenant;

-- name: insert
-- No row is changed where there is one.
INSERT OR IGNORE INTO tenants (tenant, version, content) VALUES (:tenant, 1, :content);

-- name: update
-- No row is changed where it is not of :before.
UPDATE tenants SET version = :before + 1, content = :content WHERE tenant = :tenant AND version = :before;

-- name: list
SELECT content FROM tenants WHERE tenant > :after ORDER BY tenant LIMIT :limit;
