-- What tenants have set for their jobs: `content` is the contract's Settings.
CREATE TABLE IF NOT EXISTS settings (tenant TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
