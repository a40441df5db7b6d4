-- When each key was used last, beside the keys, which are written seldom; and keys by their tenants.
CREATE TABLE IF NOT EXISTS key_uses (id TEXT PRIMARY KEY, used_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS api_keys_by_tenant ON api_keys (tenant, id);
