import { create, toBinary } from "@bufbuild/protobuf";
import {
  type GetUsageRequest,
  type UsageGroup,
  UsageGrouping,
  UsageGroupSchema,
  type UsageSums,
  UsageSumsSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Clock } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import { type Day, type Dimension, dayOf, daysFrom, NO_SUMS, type Sums, sum } from "../policy/usage.ts";
import type { UsageStore } from "../store/usage_store.ts";
import { requireAll } from "./validation.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAYS = "is a day as in 2026-11-26";
const MAX_DAYS = 400;
/** More would be too much for one message, which has room for 1 MiB. */
export const MAX_GROUPS_BYTES = 1_000_000;
const MAX_GROUPS = 10_000;
/** So many days are held at once. */
const DAYS_AT_ONCE = 31;

const DIMENSIONS: { readonly [grouping in UsageGrouping]?: Dimension } = {
  [UsageGrouping.KEY]: "key",
  [UsageGrouping.LABEL]: "label",
  [UsageGrouping.ENGINE]: "engine",
};

/** Which days are asked for, both counted. */
export interface Days {
  readonly from: Day;
  readonly to: Day;
}

/** What is asked for, checked. */
interface Asked extends Days {
  readonly byDay: boolean;
  /** What is told apart beside days, if anything. */
  readonly by: Dimension | undefined;
  readonly filter: { readonly dimension: Dimension; readonly name: string } | undefined;
}

type UsageParts = Pick<UsageStore, "usage"> & { readonly clock: Clock };

/** What a tenant's jobs came to, as the request wants it told apart. Throws INVALID_REQUEST. */
export async function usageReport(store: UsageParts, tenantId: string, request: GetUsageRequest) {
  const { from, to, byDay, by, filter } = askedOf(request, store.clock.now());
  const dimension = by ?? filter?.dimension ?? "total";
  let total = NO_SUMS;
  const groups = new Map<string, { day: Day; name: string; sums: Sums }>();
  for (let first = from; first <= to; first = daysFrom(first, DAYS_AT_ONCE)) {
    const days = { from: first, to: min(to, daysFrom(first, DAYS_AT_ONCE - 1)) };
    const rows = await store.usage({ tenantId, dimension, ...days, ...(filter && { name: filter.name }) });
    // Jobs that have none of what is grouped by, or several, are counted once.
    const all = by && !filter ? await store.usage({ tenantId, dimension: "total", ...days }) : rows;
    for (const { sums } of all) total = sum(total, sums);
    for (const { day, name, sums } of by || byDay ? rows : []) {
      const group = { day: byDay ? day : "", name: by ? name : "" };
      const id = `${group.day} ${group.name}`;
      groups.set(id, { ...group, sums: sum(groups.get(id)?.sums ?? NO_SUMS, sums) });
    }
    if (groups.size > MAX_GROUPS) throw tooMuch();
  }
  const ordered = [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => groupMessage(group, by));
  if (groupsBytes(ordered) > MAX_GROUPS_BYTES) throw tooMuch();
  return { from, to, total: sumsMessage(total), groups: ordered };
}

/** How much of a message they take. */
export function groupsBytes(groups: readonly UsageGroup[]): number {
  return groups.reduce((sum, group) => sum + toBinary(UsageGroupSchema, group).length + 4, 0);
}

function tooMuch(): DragomanError {
  return DragomanError.of("INVALID_REQUEST", "There are more groups in these days than fit in an answer.", {
    violations: [
      { field: "from", description: `and to are fewer days, so that there are at most ${MAX_GROUPS} groups, and fewer with long names` },
    ],
  });
}

/** Throws INVALID_REQUEST; the names say which fields it is that are wrong. */
export function daysOf({ from, to }: Days, today: Day): Days {
  requireAll([from === "" || isDay(from), "from", DAYS], [to === "" || isDay(to), "to", DAYS]);
  const last = to || today;
  const days = { from: from || `${last.slice(0, 7)}-01`, to: last };
  requireAll(
    [days.from <= days.to, "from", "is not after `to`"],
    [daysFrom(days.from, MAX_DAYS) > days.to, "from", `and to are at most ${MAX_DAYS} days`],
  );
  return days;
}

export function sumsMessage(sums: Sums): UsageSums {
  const { succeeded, partiallySucceeded, failed, cancelled, expired, workerMs, waitMs, ...others } = sums;
  const jobs = { succeeded, partiallySucceeded, failed, cancelled, expired };
  return create(UsageSumsSchema, {
    jobsSucceeded: BigInt(jobs.succeeded),
    jobsPartiallySucceeded: BigInt(jobs.partiallySucceeded),
    jobsFailed: BigInt(jobs.failed),
    jobsCancelled: BigInt(jobs.cancelled),
    jobsExpired: BigInt(jobs.expired),
    ...(Object.fromEntries(Object.entries(others).map(([name, count]) => [name, BigInt(count)])) as Record<keyof typeof others, bigint>),
    workerSeconds: workerMs / 1000,
    waitSeconds: waitMs / 1000,
  });
}

function groupMessage({ day, name, sums }: { day: Day; name: string; sums: Sums }, by: Dimension | undefined): UsageGroup {
  const named = { total: {}, key: { keyId: name }, label: { label: name }, engine: { engine: name } }[by ?? "total"];
  return create(UsageGroupSchema, { day, ...named, sums: sumsMessage(sums) });
}

function askedOf(request: GetUsageRequest, now: number): Asked {
  const { groupBy, keyId, label, engine } = request;
  const filters = [
    { dimension: "key", name: keyId },
    { dimension: "label", name: label },
    { dimension: "engine", name: engine },
  ] as const;
  const [filter, ...others] = filters.filter(({ name }) => name !== "");
  const [by, ...more] = groupBy.filter((each) => each !== UsageGrouping.DAY).map((each) => DIMENSIONS[each]);
  requireAll(
    [
      more.length === 0 &&
        groupBy.every((each) => each === UsageGrouping.DAY || DIMENSIONS[each]) &&
        new Set(groupBy).size === groupBy.length,
      "group_by",
      "is some of DAY, and one of KEY, LABEL and ENGINE",
    ],
    [others.length === 0, "key_id", "label and engine are not set together"],
    [!by || !filter || by === filter.dimension, "group_by", "is DAY, and what key_id, label or engine is set of: more is not kept"],
  );
  return { ...daysOf(request, dayOf(now)), byDay: groupBy.includes(UsageGrouping.DAY), by, filter };
}

/** A day that a month does not have would be read as one of the next. */
function isDay(text: string): boolean {
  const time = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && dayOf(time) === text;
}

function min(one: Day, other: Day): Day {
  return one < other ? one : other;
}
