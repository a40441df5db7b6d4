import { encodeTime } from "ulid";
import type { Operation } from "../policy/operation.ts";
import type { OperationStore } from "./operation_store.ts";
import { addAudit } from "./sqlite_audit.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("operations.sql", ["read", "insert", "update", "list", "open", "forget"]);

/** Operations, in a table of their own. */
export function operationQueries(db: SqliteDatabase): OperationStore {
  return {
    async operation(id) {
      const row = db.sql(SQL.read).get({ id });
      return row && toOperation(row);
    },
    async saveOperation(operation, audit) {
      const before = operation.version - 1;
      const row = { id: operation.id, open: operation.endedAt === null ? 1 : 0, content: JSON.stringify(operation) };
      const write = () => (before === 0 ? db.sql(SQL.insert).run(row) : db.sql(SQL.update).run({ ...row, before }));
      return db.transact(() => write().changes > 0 && addAudit(db, audit));
    },
    operations: async (before, limit) => db.sql(SQL.list).all({ before, limit }).map(toOperation),
    openOperations: async (limit) => db.sql(SQL.open).all({ limit }).map(toOperation),
    forgetOperations: async (before, limit) => db.sql(SQL.forget).run({ before: encodeTime(before), limit }).changes,
  };
}

function toOperation({ content }: Row): Operation {
  return JSON.parse(String(content)) as Operation;
}
