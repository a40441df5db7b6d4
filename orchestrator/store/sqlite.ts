import { systemClock } from "../../platform/clock.ts";
import { allowances } from "./sqlite_allowances.ts";
import { addAudit, auditQueries } from "./sqlite_audit.ts";
import { changeQueries } from "./sqlite_changes.ts";
import { forgetJob, writeJob } from "./sqlite_commit.ts";
import { controlsQueries } from "./sqlite_controls.ts";
import { SqliteDatabase } from "./sqlite_database.ts";
import { glossaryQueries } from "./sqlite_glossaries.ts";
import { jobQueries, toRecord } from "./sqlite_jobs.ts";
import { apiKeys } from "./sqlite_keys.ts";
import { memories } from "./sqlite_memory.ts";
import { meterQueries } from "./sqlite_meters.ts";
import { operationQueries } from "./sqlite_operations.ts";
import { orderQueries } from "./sqlite_order.ts";
import { outbox } from "./sqlite_outbox.ts";
import { queueQueries } from "./sqlite_queue.ts";
import { receiptQueries } from "./sqlite_receipts.ts";
import { settingsQueries } from "./sqlite_settings.ts";
import { tenantQueries } from "./sqlite_tenants.ts";
import { uploadsAndGarbage } from "./sqlite_uploads.ts";
import { usageQueries } from "./sqlite_usage.ts";
import { deliveryQueries, endpointQueries } from "./sqlite_webhooks.ts";
import type { Store } from "./store.ts";

/** The store in one file, for one process. Throws UNAVAILABLE or STORAGE_FULL where it cannot be opened for writing. */
export function openSqliteStore(file: string): Store {
  const db = new SqliteDatabase(file);
  return {
    clock: systemClock,
    system: "sqlite",
    shared: false,
    durable: true,
    commit: async (commit) => db.transact(() => writeJob(db, commit)),
    async forget(record, now, audit, receipt) {
      return db.transact(() => forgetJob(db, record, now, receipt) && addAudit(db, audit)) && db.erases();
    },
    ...jobQueries(db),
    ...queueQueries(db),
    ...orderQueries(db),
    ...outbox(db),
    ...apiKeys(db),
    ...uploadsAndGarbage(db),
    ...memories(db),
    ...glossaryQueries(db),
    ...allowances(db),
    ...settingsQueries(db),
    ...tenantQueries(db),
    ...controlsQueries(db),
    ...usageQueries(db),
    ...auditQueries(db),
    ...operationQueries(db),
    ...meterQueries(db),
    ...receiptQueries(db),
    ...changeQueries(db, toRecord),
    ...endpointQueries(db),
    ...deliveryQueries(db),
    announce: async () => [],
    async [Symbol.asyncDispose]() {
      db[Symbol.dispose]();
    },
  };
}
