-- What tenants have set for their jobs. The schema is 7_settings.sql's.

-- name: read
-- Takes tenant; gives content.
SELECT content FROM settings WHERE tenant = :tenant;

-- name: write
-- Takes tenant, content.
INSERT INTO settings (tenant, content) VALUES (:tenant, :content)
ON CONFLICT (tenant) DO UPDATE SET content = excluded.content;
