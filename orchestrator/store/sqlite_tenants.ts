import type { Tenant } from "../policy/limits.ts";
import { addAudit } from "./sqlite_audit.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { refreshTenant } from "./sqlite_order.ts";
import { statements } from "./sqlite_statements.ts";
import type { TenantStore } from "./tenant_store.ts";

const SQL = statements("tenants.sql", ["read", "insert", "update", "list"]);

/** The records of tenants, in a table of their own. */
export function tenantQueries(db: SqliteDatabase): TenantStore {
  return {
    async tenant(tenant) {
      const row = db.sql(SQL.read).get({ tenant });
      return row && toTenant(row);
    },
    async saveTenant(record, audit) {
      const [tenant, content, before] = [record.tenantId, JSON.stringify(record), record.version - 1];
      const write = () =>
        before === 0 ? db.sql(SQL.insert).run({ tenant, content }) : db.sql(SQL.update).run({ tenant, content, before });
      return db.transact(() => {
        if (write().changes === 0) return false;
        refreshTenant(db, tenant);
        return addAudit(db, audit);
      });
    },
    tenants: async (after, limit) => db.sql(SQL.list).all({ after, limit }).map(toTenant),
  };
}

function toTenant(row: Row): Tenant {
  return JSON.parse(String(row["content"])) as Tenant;
}
