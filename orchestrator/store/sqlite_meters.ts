import type { DatabaseSync } from "node:sqlite";
import type { JobRecord } from "../jobs/job.ts";
import { chargeOf, type Metered, meterName } from "../policy/charges.ts";
import { afterCharge, EMPTY_METER, isRefused, type Meter, NO_SHARE, type Share } from "../policy/meters.ts";
import { quotaRefusal } from "../policy/violations.ts";
import type { MeterStore } from "./meter_store.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { toRecord } from "./sqlite_jobs.ts";
import { statements } from "./sqlite_statements.ts";
import type { Charges } from "./store.ts";

const SQL = statements("meters.sql", ["meter", "writeMeter", "removeMeter", "charged", "writeCharged", "removeCharged"]);

type Charged = Record<string, readonly [held: number, poured: number]>;

export function meterQueries(db: SqliteDatabase): MeterStore {
  return { meters: async (tenantId, names) => names.map((name) => read(db, tenantId, name)) };
}

/** Charges a job whose row is there. Within a transaction; throws QUOTA_EXCEEDED and RATE_LIMITED. */
export function chargeJob(db: SqliteDatabase, { tenantId, job: { id } }: JobRecord, { now, meters }: Charges): void {
  const charged = chargedOf(db, id);
  for (const charge of meters) {
    const meter = read(db, tenantId, charge.meter);
    const had = shareOf(charged[charge.meter]);
    if (isRefused(meter, charge, had, now)) throw quotaRefusal({ charge, meter, had }, now);
    write(db, tenantId, charge.meter, afterCharge(meter, charge, had, now));
    if (charge.held === 0 && charge.poured === 0) delete charged[charge.meter];
    else charged[charge.meter] = [charge.held, charge.poured];
  }
  db.sql(SQL.writeCharged).run({ id, charged: JSON.stringify(charged) });
}

/** A job that is about to be forgotten has nothing any more. Within a transaction. */
export function dischargeJob(db: SqliteDatabase, { tenantId, job: { id } }: JobRecord): void {
  for (const [name, [held]] of Object.entries(chargedOf(db, id))) {
    const meter = read(db, tenantId, name);
    if (held !== 0) write(db, tenantId, name, { ...meter, held: Math.max(0, meter.held - held) });
  }
  db.sql(SQL.removeCharged).run({ id });
}

/** Charges what an older version stored with what it has, which nobody counted. */
export function chargeStoredJobs(db: DatabaseSync): void {
  const meters = new Map<string, { readonly tenant: string; readonly meter: string; held: number }>();
  const all: { readonly id: string; readonly charged: Charged }[] = [];
  const stored = db.prepare("SELECT job, custody FROM jobs WHERE id NOT IN (SELECT id FROM job_charges)");
  for (const row of stored.iterate()) {
    const record = toRecord(row);
    const { tenantId: tenant, job } = record;
    const shares = Object.entries(chargeOf(record)) as [Metered, Share][];
    const charged: Charged = {};
    for (const [metered, { held, poured }] of shares) {
      if (metered === "creates" || held + poured === 0) continue;
      // Of the tenant alone: a job of an older version names no key.
      const meter = meterName(metered);
      charged[meter] = [held, poured];
      const sum = meters.get(`${tenant} ${meter}`) ?? { tenant, meter, held: 0 };
      meters.set(`${tenant} ${meter}`, { ...sum, held: sum.held + held });
    }
    all.push({ id: job.id, charged });
  }
  const write = db.prepare("INSERT INTO job_charges (id, charged) VALUES (?, ?)");
  for (const { id, charged } of all) write.run(id, JSON.stringify(charged));
  const add = db.prepare(`INSERT INTO meters (tenant, meter, held, level, at) VALUES (:tenant, :meter, :held, 0, 0)
    ON CONFLICT (tenant, meter) DO UPDATE SET held = held + excluded.held`);
  for (const sum of meters.values()) if (sum.held > 0) add.run(sum);
}

function chargedOf(db: SqliteDatabase, id: string): Charged {
  return JSON.parse(String(db.sql(SQL.charged).get({ id })?.["charged"] ?? "{}")) as Charged;
}

function shareOf(charged: Charged[string] | undefined): Share {
  return charged ? { held: charged[0], poured: charged[1] } : NO_SHARE;
}

function read(db: SqliteDatabase, tenant: string, meter: string): Meter {
  const row = db.sql(SQL.meter).get({ tenant, meter });
  return row ? { held: Number(row["held"]), level: Number(row["level"]), at: Number(row["at"]) } : EMPTY_METER;
}

function write(db: SqliteDatabase, tenant: string, meter: string, { held, level, at }: Meter): void {
  if (held === 0 && level === 0) db.sql(SQL.removeMeter).run({ tenant, meter });
  else db.sql(SQL.writeMeter).run({ tenant, meter, held, level, at });
}
