-- What is kept of jobs that were forgotten: `content` is a Receipt as JSON.
CREATE TABLE IF NOT EXISTS receipts (id TEXT PRIMARY KEY, expire_at INTEGER NOT NULL, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipts_by_expiry ON receipts (expire_at);
