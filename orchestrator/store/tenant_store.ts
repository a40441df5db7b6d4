import type { AuditEntry } from "../policy/audit.ts";
import type { Tenant } from "../policy/limits.ts";

/** What operators have set for tenants. A tenant that has no record is there all the same. */
export interface TenantStore {
  tenant(tenantId: string): Promise<Tenant | undefined>;
  /** Replaces the record of the version before, with what the audit log tells of it; false if it is of another (of none: 0). */
  saveTenant(tenant: Tenant, audit?: readonly AuditEntry[]): Promise<boolean>;
  /** Those with a record, by their names, from after one on. */
  tenants(after: string, limit: number): Promise<Tenant[]>;
}
