import { encodeTime } from "ulid";
import type { AuditEntry } from "../policy/audit.ts";
import { type AuditStore, indexFor, isAskedFor } from "./audit_store.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("audit.sql", ["add", "all", "tenant", "key", "action", "subject", "forget"]);

/** The audit log, in a table of its own. */
export function auditQueries(db: SqliteDatabase): AuditStore {
  return {
    async addAudit(entries) {
      db.transact(() => addAudit(db, entries));
    },
    async audit(query) {
      const { from, before, limit } = query;
      const [index, value] = indexFor(query);
      const seen = db.sql(SQL[index]).all({ value, from, before, limit }).map(toEntry);
      return { entries: seen.filter((entry) => isAskedFor(entry, query)), last: seen.length < limit ? "" : (seen.at(-1)?.id ?? "") };
    },
    forgetAudit: async (before, limit) => db.sql(SQL.forget).run({ before: encodeTime(before), limit }).changes,
  };
}

/** Within a transaction, which it never refuses. */
export function addAudit(db: SqliteDatabase, entries: readonly AuditEntry[] = []): true {
  for (const entry of entries) {
    const { id, tenantId: tenant, keyId: key, action, subject } = entry;
    db.sql(SQL.add).run({ id, tenant, key, action, subject, content: JSON.stringify(entry) });
  }
  return true;
}

function toEntry({ content }: Record<string, unknown>): AuditEntry {
  return JSON.parse(String(content)) as AuditEntry;
}
