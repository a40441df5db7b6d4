import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import { mostShared, type NewUnit, type StoredUnit, UNITS_OF_A_BAND, type UnitKeeping, type UnitStore } from "./unit_store.ts";

const SQL = statements("memory.sql", ["recall", "near", "unit", "keep", "keepBand", "list", "size", "forget", "forgetOfJob", "tenants"]);
/** Forgotten at once where there is too much. */
const EVICTED = 32;

/** The memories of tenants, in tables of their own. */
export function memories(db: SqliteDatabase): UnitStore & UnitKeeping {
  const recalled = (tenant: string, key: string) => {
    const row = db.sql(SQL.recall).get({ tenant, key });
    return row && toUnit(row);
  };
  const size = (tenant: string) => {
    const row = db.sql(SQL.size).get({ tenant });
    return { units: Number(row?.["units"] ?? 0), bytes: Number(row?.["bytes"] ?? 0) };
  };
  const keep = (tenant: string, { key, bands, jobId: job, keptAt, content }: NewUnit) => {
    const unit = Number(db.sql(SQL.keep).get({ tenant, key, job, keptAt, content })?.["id"]);
    for (const band of bands) db.sql(SQL.keepBand).run({ tenant, band, unit });
  };
  return {
    recallUnits: async (tenantId, keys) => keys.map((key) => recalled(tenantId, key)),
    async nearUnits(tenant, bands, limit) {
      const found = bands.map((band) => db.sql(SQL.near).all({ tenant, band, limit: UNITS_OF_A_BAND }));
      const ids = mostShared(
        found.map((rows) => rows.map(({ unit }) => Number(unit))),
        limit,
      );
      return ids.flatMap((id) => {
        const row = db.sql(SQL.unit).get({ id });
        return row ? [toUnit(row)] : [];
      });
    },
    async keepUnits(tenant, units, maxBytes) {
      db.transact(() => {
        for (const unit of units) keep(tenant, unit);
        const evict = { tenant, before: Number.MAX_SAFE_INTEGER, limit: EVICTED };
        while (size(tenant).bytes > maxBytes && db.sql(SQL.forget).run(evict).changes > 0);
        return true;
      });
    },
    async listUnits(tenant, cursor, limit) {
      const units = db.sql(SQL.list).all({ tenant, after: Number(cursor || 0), limit });
      return { units: units.map(toUnit), next: units.length < limit ? "" : String(units.at(-1)?.["id"]) };
    },
    memorySize: async (tenant) => size(tenant),
    async forgetUnits(tenant, which, limit) {
      const deleted =
        "jobId" in which
          ? db.sql(SQL.forgetOfJob).run({ tenant, job: which.jobId, limit })
          : db.sql(SQL.forget).run({ tenant, before: which.before, limit });
      if (deleted.changes > 0) db.erases();
      return deleted.changes;
    },
    rememberingTenants: async () =>
      db
        .sql(SQL.tenants)
        .all()
        .map(({ tenant }) => String(tenant)),
  };
}

function toUnit(row: Row): StoredUnit {
  return {
    key: String(row["key"]),
    jobId: String(row["job"]),
    keptAt: Number(row["kept_at"]),
    content: String(row["content"]),
  };
}
