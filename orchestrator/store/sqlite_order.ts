import type { JobRecord } from "../jobs/job.ts";
import type { Ahead, LaneAhead, TenantAhead } from "../policy/choice.ts";
import type { Tenant } from "../policy/limits.ts";
import { isGivenOut, type OrderSettings, placeAmong, served, type Turn } from "../policy/order.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store } from "./store.ts";

const SQL = statements("order.sql", [
  "place",
  "policy",
  "classes",
  "knowClass",
  "leave",
  "join",
  "laneIsEmpty",
  "leaveLane",
  "joinLane",
  "moveLane",
  "leaveTurns",
  "joinTurns",
  "now",
  "setNow",
  "time",
  "setTime",
  "forgetTimes",
  "forgetNow",
  "givenOut",
  "isOpen",
  "tenants",
  "lanes",
  "ahead",
  "urgent",
  "countAhead",
  "countInLane",
]);
const ALL = "";
/** A place among more lanes than these is told as if there were no others. */
const MAX_LANES = 1000;

interface Policy {
  readonly weight: number;
  readonly maxRunning: number;
  readonly paused: boolean;
}

type Defaults = Pick<Turn, "weight" | "maxRunningJobs">;

/** Files a job where it waits, books what it costs, and sees to its tenant's turn. Within the transaction that writes the job. */
export function takeTurn(db: SqliteDatabase, record: JobRecord, turn: Turn): void {
  const { place } = turn;
  const { job, tenantId: tenant } = record;
  const { id } = job;
  const was = db.sql(SQL.place).get({ id });
  // Only reported of: as many are given out as before.
  if (!was && turn.charge === 0 && turn.chosenAt === undefined && isGivenOut(record)) return;
  const stays = place && was?.["class"] === place.jobClass && was["lane"] === place.lane && Boolean(was["urgent"]) === place.urgent;
  if (was && !stays) leave(db, id, was);
  const policy = policyOf(db, tenant, turn);
  if (turn.charge !== 0) charge(db, tenant, turn, policy.weight);
  if (place) {
    const { jobClass, lane, rank, urgent } = place;
    db.sql(SQL.join).run({ id, class: jobClass, tenant, lane, urgent: urgent ? 1 : 0, rank });
    db.sql(SQL.knowClass).run({ class: jobClass });
    if (!urgent) db.sql(SQL.joinLane).run({ class: jobClass, tenant, lane, time: timeOf(db, tenant, lane) });
  }
  refreshTurn(db, tenant, policy);
  if (!db.sql(SQL.isOpen).get({ tenant })) {
    db.sql(SQL.forgetTimes).run({ of: tenant, time: Number.MAX_VALUE });
    db.sql(SQL.forgetNow).run({ of: tenant });
  }
}

/** What an operator set of a tenant holds for its turn from now on. */
export function refreshTenant(db: SqliteDatabase, tenant: string): void {
  // Where nothing is set, the next look at the queue knows what the deployment has.
  refreshTurn(db, tenant, policyOf(db, tenant, { weight: 1, maxRunningJobs: 0 }));
}

/** What is asked of the order. */
export function orderQueries(db: SqliteDatabase): Pick<Store, "ahead" | "position"> {
  return {
    ahead: async (limit, classes, limits, page) => aheadIn(db, { limit, classes, page }, limits),
    async position(tenant, id) {
      const place = db.sql(SQL.place).get({ id });
      if (place?.["tenant"] !== tenant) return 0;
      const ahead = Number(db.sql(SQL.countAhead).get({ id })?.["n"]);
      if (place["urgent"]) return ahead + 1;
      const jobClass = String(place["class"]);
      const others = db
        .sql(SQL.lanes)
        .all({ class: jobClass, tenant, limit: MAX_LANES })
        .filter(({ lane }) => lane !== place["lane"])
        .map(({ lane }) => Number(db.sql(SQL.countInLane).get({ class: jobClass, tenant, lane: String(lane) })?.["n"]));
      return placeAmong(ahead, others);
    },
  };
}

function policyOf(db: SqliteDatabase, tenant: string, defaults: Defaults): Policy {
  const content = db.sql(SQL.policy).get({ tenant })?.["content"];
  const record = content === undefined ? undefined : (JSON.parse(String(content)) as Tenant);
  return {
    weight: record?.limits.weight ?? defaults.weight,
    maxRunning: record?.limits.maxRunningJobs ?? defaults.maxRunningJobs,
    paused: record?.paused !== undefined,
  };
}

function leave(db: SqliteDatabase, id: string, was: Row): void {
  db.sql(SQL.leave).run({ id });
  const lane = { class: String(was["class"]), tenant: String(was["tenant"]), lane: String(was["lane"]) };
  if (!was["urgent"] && db.sql(SQL.laneIsEmpty).get(lane)) db.sql(SQL.leaveLane).run(lane);
}

function nowOf(db: SqliteDatabase, of: string): number {
  return Number(db.sql(SQL.now).get({ of })?.["time"] ?? 0);
}

function timeOf(db: SqliteDatabase, of: string, name: string): number {
  return Number(db.sql(SQL.time).get({ of, name })?.["time"] ?? nowOf(db, of));
}

function charge(db: SqliteDatabase, tenant: string, { charge: cost, chosenAt, lane, share }: Turn, weight: number): void {
  book(db, ALL, tenant, { cost, weight, chosenAt });
  const time = book(db, tenant, lane, { cost, weight: share, chosenAt: chosenAt === undefined ? undefined : 0 });
  for (const { class: of } of db.sql(SQL.classes).all()) db.sql(SQL.moveLane).run({ class: String(of), tenant, lane, time });
}

interface Booking {
  readonly cost: number;
  readonly weight: number;
  readonly chosenAt: number | undefined;
}

function book(db: SqliteDatabase, of: string, name: string, { cost, weight, chosenAt }: Booking): number {
  const [time, now] = [timeOf(db, of, name), nowOf(db, of)];
  // What is given out begins at the common time, what turned out to cost another amount does not.
  const start = chosenAt === undefined ? { time, now: Number.NEGATIVE_INFINITY } : { time, now: Math.max(now, chosenAt) };
  const after = served(start, cost, weight);
  db.sql(SQL.setTime).run({ of, name, time: after.time });
  if (chosenAt !== undefined && after.now > now) {
    db.sql(SQL.setNow).run({ of, time: after.now });
    db.sql(SQL.forgetTimes).run({ of, time: after.now });
  }
  return after.time;
}

function refreshTurn(db: SqliteDatabase, tenant: string, { paused, maxRunning }: Policy): void {
  const shut = paused || (maxRunning > 0 && givenOut(db, tenant) >= maxRunning);
  const time = timeOf(db, ALL, tenant);
  for (const { class: of } of db.sql(SQL.classes).all()) {
    const name = { class: String(of), tenant };
    if (shut || db.sql(SQL.joinTurns).run({ ...name, time }).changes === 0) db.sql(SQL.leaveTurns).run(name);
  }
}

function givenOut(db: SqliteDatabase, tenant: string): number {
  return Number(db.sql(SQL.givenOut).get({ tenant })?.["n"]);
}

/** The first rows of each class, by `by` and then by name, and whether there may be more. */
function first(all: Row[][], name: string, by: string, limit: number): { readonly rows: Row[]; readonly more: boolean } {
  const least = new Map<unknown, Row>();
  for (const row of all.flat())
    if (Number(row[by]) < Number(least.get(row[name])?.[by] ?? Number.POSITIVE_INFINITY)) least.set(row[name], row);
  const rows = [...least.values()].sort(
    (one, other) => Number(one[by]) - Number(other[by]) || (String(one[name]) < String(other[name]) ? -1 : 1),
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit || all.some(({ length }) => length >= limit) };
}

interface Look {
  readonly limit: number;
  readonly classes: readonly string[];
  readonly page: number | undefined;
}

function aheadIn(db: SqliteDatabase, { limit, classes, page }: Look, limits: OrderSettings["limits"]): Ahead {
  const defaults = { weight: limits.weight ?? 1, maxRunningJobs: limits.maxRunningJobs ?? 0 };
  const inEach = (sql: string, values: Record<string, string | number>, most: number) =>
    classes.map((of) => db.sql(sql).all({ class: of, limit: most, ...values }));
  const urgent = first(inEach(SQL.urgent, {}, limit), "id", "rank", limit);
  const found = inEach(SQL.tenants, { skip: (page ?? 0) * limit }, limit);
  const head = first(found, "tenant", "time", limit);
  // A part has all that any class has in it.
  const tenants = page === undefined ? head : { ...first(found, "tenant", "time", limit * classes.length), more: head.more };
  const each = Math.max(1, Math.ceil((4 * limit) / Math.max(1, tenants.rows.length)));
  const toTenant = (row: Row): TenantAhead => {
    const tenant = String(row["tenant"]);
    const { weight, maxRunning } = policyOf(db, tenant, defaults);
    const lanes = first(inEach(SQL.lanes, { tenant }, each), "lane", "time", each);
    const ofLane = Math.max(1, Math.ceil((2 * each) / Math.max(1, lanes.rows.length)));
    const toLane = (laneRow: Row): LaneAhead => {
      const lane = String(laneRow["lane"]);
      const { rows, more } = first(inEach(SQL.ahead, { tenant, lane }, ofLane), "id", "rank", ofLane);
      return { lane, time: Number(laneRow["time"]), ids: rows.map(({ id }) => String(id)), more };
    };
    return {
      tenantId: tenant,
      time: Number(row["time"]),
      weight,
      running: givenOut(db, tenant),
      maxRunning,
      lanesNow: nowOf(db, tenant),
      lanes: lanes.rows.map(toLane),
      moreLanes: lanes.more,
    };
  };
  return {
    now: nowOf(db, ALL),
    urgent: urgent.rows.filter((row) => !policyOf(db, String(row["tenant"]), defaults).paused).map(({ id }) => String(id)),
    moreUrgent: urgent.more,
    tenants: tenants.rows.map(toTenant),
    moreTenants: tenants.more,
  };
}
