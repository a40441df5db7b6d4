-- What was done by whom: `content` is an AuditEntry as JSON. Ids begin with the time.
CREATE TABLE IF NOT EXISTS audit (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_by_tenant ON audit (tenant, id);
CREATE INDEX IF NOT EXISTS audit_by_key ON audit (key, id);
CREATE INDEX IF NOT EXISTS audit_by_action ON audit (action, id);
CREATE INDEX IF NOT EXISTS audit_by_subject ON audit (subject, id);
