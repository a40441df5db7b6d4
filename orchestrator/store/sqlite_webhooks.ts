import { randomUUID } from "node:crypto";
import { systemClock } from "../../platform/clock.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import type { StoredEndpoint } from "../deliveries/endpoint.ts";
import { addAudit } from "./sqlite_audit.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import { type DeliveryStore, type EndpointStore, storedDelivery, type Taken, withoutTime } from "./webhook_store.ts";

const ENDPOINTS = statements("endpoints.sql", ["endpoint", "endpoints", "insert", "update", "remove"]);
const SQL = statements("deliveries.sql", [
  "add",
  "noteDue",
  "freeAll",
  "dueRecipients",
  "dueDeliveries",
  "lease",
  "hasLease",
  "settle",
  "advance",
  "noteWell",
  "noteFailure",
  "firstPending",
  "rest",
  "forgetRecipient",
  "delivery",
  "list",
  "reopen",
  "hasten",
  "noteAsked",
  "isOpen",
  "surplus",
  "ended",
  "remove",
]);
/** After every id that there may be. */
const LAST = "~";

/** The endpoints of tenants, in a table of their own. */
export function endpointQueries(db: SqliteDatabase): EndpointStore {
  const toEndpoint = (row: Row) => JSON.parse(String(row["content"])) as StoredEndpoint;
  return {
    async endpoint(tenant, id) {
      const row = db.sql(ENDPOINTS.endpoint).get({ tenant, id });
      return row && toEndpoint(row);
    },
    endpoints: async (tenant) => db.sql(ENDPOINTS.endpoints).all({ tenant }).map(toEndpoint),
    async saveEndpoint(endpoint, most, audit) {
      const { tenantId: tenant, id, version } = endpoint;
      const content = JSON.stringify(endpoint);
      const write = () =>
        version > 1
          ? db.sql(ENDPOINTS.update).run({ tenant, id, content, before: version - 1 })
          : db.sql(ENDPOINTS.insert).run({ tenant, id, content, most });
      if (db.transact(() => write().changes > 0 && addAudit(db, audit))) return "saved";
      return version > 1 || db.sql(ENDPOINTS.endpoint).get({ tenant, id }) ? "changed" : "full";
    },
    removeEndpoint: async (tenant, id, audit) =>
      db.transact(() => db.sql(ENDPOINTS.remove).run({ tenant, id }).changes > 0 && addAudit(db, audit)),
  };
}

/** Deliveries, and whom they wait for. */
export function deliveryQueries(db: SqliteDatabase): DeliveryStore {
  let begun = false;
  return {
    async addDeliveries(deliveries, most) {
      let lost = 0;
      db.transact(() => {
        for (const each of deliveries) add(db, each);
        const tenants = new Set(deliveries.map(({ delivery }) => delivery.tenantId));
        const surplus = [...tenants].flatMap((tenant) => db.sql(SQL.surplus).all({ tenant, most }));
        for (const row of surplus) forget(db, row);
        lost = surplus.filter((row) => row["ended_at"] === null).length;
        return true;
      });
      return lost;
    },
    async takeDeliveries(now, share) {
      let taken: Taken[] = [];
      db.transact(() => {
        // Whoever had them is dead: nobody shares the file with this process.
        if (!begun) db.sql(SQL.freeAll).run({});
        begun = true;
        const due = db.sql(SQL.dueRecipients).all({ now, limit: share.recipients });
        taken = due.map((row) => take(db, row, now, share)).filter(({ deliveries }) => deliveries.length > 0);
        return true;
      });
      return taken;
    },
    async settleDelivery({ recipient, lease }, delivery, health) {
      const { tenantId: tenant, id, jobId: job, nextAt, endedAt } = delivery;
      return db.transact(() => {
        if (!db.sql(SQL.hasLease).get({ tenant, recipient, lease })) return false;
        const ended = { nextAt: endedAt === null ? nextAt : null, endedAt };
        if (db.sql(SQL.settle).run({ tenant, id, content: withoutTime(delivery), ...ended }).changes === 0) return false;
        const now = systemClock.now();
        if (endedAt !== null) advance(db, { tenant, recipient, job }, now);
        if (health === "well") db.sql(SQL.noteWell).run({ tenant, recipient });
        if (health === "failing") db.sql(SQL.noteFailure).run({ tenant, recipient, now });
        return true;
      });
    },
    async releaseRecipient({ tenantId: tenant, recipient, lease }, notBefore) {
      db.transact(() => {
        if (db.sql(SQL.hasLease).get({ tenant, recipient, lease })) rest(db, tenant, recipient, notBefore);
        return true;
      });
    },
    async forgetFailures(tenant, recipient) {
      db.transact(() => {
        db.sql(SQL.noteWell).run({ tenant, recipient });
        db.sql(SQL.forgetRecipient).run({ tenant, recipient });
        return true;
      });
    },
    async deliveries({ tenantId: tenant, endpointId: endpoint, before, ...bounds }) {
      return db
        .sql(SQL.list)
        .all({ tenant, endpoint, before: before || LAST, ...bounds })
        .map(toDelivery);
    },
    async delivery(tenant, id) {
      const row = db.sql(SQL.delivery).get({ tenant, id });
      return row && toDelivery(row);
    },
    async reopenDelivery(delivery) {
      const { tenantId: tenant, id, recipient } = delivery;
      const now = systemClock.now();
      return db.transact(() => {
        db.sql(SQL.noteAsked).run({ tenant, recipient });
        const reopened = db.sql(SQL.reopen).run({ tenant, id, content: withoutTime(delivery), now }).changes > 0;
        if (reopened || db.sql(SQL.hasten).run({ tenant, id, now }).changes > 0) db.sql(SQL.noteDue).run({ tenant, recipient, at: now });
        return reopened || db.sql(SQL.isOpen).get({ tenant, id }) !== undefined;
      });
    },
    async forgetDeliveries(endedBefore, limit) {
      let rows: Row[] = [];
      db.transact(() => {
        rows = db.sql(SQL.ended).all({ endedBefore, limit });
        for (const row of rows) forget(db, row);
        return true;
      });
      return rows.length;
    },
  };
}

function add(db: SqliteDatabase, { delivery, body }: { readonly delivery: Delivery; readonly body: Uint8Array }): void {
  const { tenantId: tenant, id, endpointId: endpoint, recipient, jobId: job, jobVersion, nextAt } = delivery;
  const row = { tenant, id, endpoint, recipient, job, jobVersion, nextAt, content: withoutTime(delivery), body };
  if (db.sql(SQL.add).run(row).changes > 0) db.sql(SQL.noteDue).run({ tenant, recipient, at: nextAt });
}

function take(db: SqliteDatabase, row: Row, now: number, { deliveries: most, leaseMs }: { deliveries: number; leaseMs: number }): Taken {
  const [tenant, recipient, failures] = [String(row["tenant"]), String(row["recipient"]), Number(row["failures"])];
  const found = db.sql(SQL.dueDeliveries).all({ tenant, recipient, now, limit: failures > 0 ? 1 : most });
  const lease = randomUUID();
  if (found.length === 0) rest(db, tenant, recipient, 0);
  else db.sql(SQL.lease).run({ tenant, recipient, lease, until: now + leaseMs });
  const since = row["failing_since"];
  return {
    ...{ tenantId: tenant, recipient, lease, failures, failingSince: typeof since === "number" ? since : null },
    deliveries: found.map((each) => ({
      delivery: toDelivery({ ...each, next_at: now }),
      body: each["body"] instanceof Uint8Array ? each["body"] : undefined,
    })),
  };
}

/** Ends a lease: when the recipient is looked at next, if anything waits for it. */
function rest(db: SqliteDatabase, tenant: string, recipient: string, notBefore: number): void {
  const first = db.sql(SQL.firstPending).get({ tenant, recipient })?.["at"];
  const dueAt = typeof first === "number" ? Math.max(first, notBefore) : null;
  db.sql(SQL.rest).run({ tenant, recipient, dueAt, notBefore });
  db.sql(SQL.forgetRecipient).run({ tenant, recipient });
}

/** Lets the next of a job go. */
function advance(
  db: SqliteDatabase,
  line: { readonly tenant: string; readonly recipient: string; readonly job: string },
  now: number,
): void {
  if (line.job === "" || db.sql(SQL.advance).run({ ...line, now }).changes === 0) return;
  db.sql(SQL.noteDue).run({ tenant: line.tenant, recipient: line.recipient, at: now });
}

function forget(db: SqliteDatabase, row: Row): void {
  const [tenant, id] = [String(row["tenant"]), String(row["id"])];
  db.sql(SQL.remove).run({ tenant, id });
  advance(db, { tenant, recipient: String(row["recipient"]), job: String(row["job"]) }, systemClock.now());
}

function toDelivery(row: Row): Delivery {
  const nextAt = row["next_at"];
  return { ...storedDelivery(String(row["content"])), nextAt: typeof nextAt === "number" ? nextAt : null };
}
