-- The changes of many jobs that operators asked for: `content` is an Operation as JSON. `open` is 1 until it has ended.
CREATE TABLE IF NOT EXISTS operations (id TEXT PRIMARY KEY, version INTEGER NOT NULL, open INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS operations_open ON operations (id) WHERE open = 1;
