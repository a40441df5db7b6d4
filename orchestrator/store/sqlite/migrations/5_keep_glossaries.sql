-- Glossaries: `content` is JSON, `version` the newest one.
CREATE TABLE IF NOT EXISTS glossaries (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS glossaries_by_tenant ON glossaries (tenant, id);

-- The terms of each version, packed.
CREATE TABLE IF NOT EXISTS glossary_terms (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  terms BLOB NOT NULL,
  PRIMARY KEY (id, version)
) STRICT;
