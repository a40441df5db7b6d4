-- What operators have set for tenants: `content` is a Tenant as JSON.
CREATE TABLE IF NOT EXISTS tenants (tenant TEXT PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
