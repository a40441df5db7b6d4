import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobState, type TimelineEntry } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { isFinal } from "../../platform/final.ts";
import { isHeld } from "../jobs/held.ts";
import type { JobRecord } from "../jobs/job.ts";

/**
 * What is added up of jobs, in the order in which stores keep it: only ever add at the end. Pages, characters and bytes are as the
 * ledger and the job have them; `workerMs` is how long workers held it, `waitMs` how long it stood in the queue, all attempts together.
 */
export const MEASURES = [
  "succeeded",
  "partiallySucceeded",
  "failed",
  "cancelled",
  "expired",
  "pages",
  "pagesFailed",
  "pagesOcr",
  "characters",
  "charactersBilled",
  "requests",
  "workerMs",
  "waitMs",
  "bytesIn",
  "bytesOut",
  "corrections",
] as const;

/** Whole numbers, each exact up to 2^53. */
export type Sums = Readonly<Record<(typeof MEASURES)[number], number>>;

/** By what jobs are told apart: not at all, by the key that made them, by each of their labels, by each engine that translated. */
export type Dimension = "total" | "key" | "label" | "engine";

/** A day by UTC, as in "2026-11-26": days compare as texts do. */
export type Day = string;

/** What a commit adds of one name within a dimension: a key's id, "name=value", an engine's name; "" of the total. */
export interface UsageRow {
  readonly dimension: Dimension;
  readonly name: string;
  readonly sums: Sums;
}

/** What a commit adds to its tenant's usage of the day on which the job ended. */
export interface UsageChange {
  readonly day: Day;
  readonly rows: readonly UsageRow[];
}

/** A change that a commit adds, and for how many days after its own a day is kept. */
export interface UsageToAdd extends UsageChange {
  readonly keepDays: number;
  /** What is older is forgotten. */
  readonly oldest: Day;
}

/** Under which names are added up that came when a day had as many of its dimension as it keeps: no key, label or engine is called so. */
export const OTHERS = "*";
/** How many names of a dimension a day keeps. */
export const MAX_NAMES = 500;

export const NO_SUMS = Object.fromEntries(MEASURES.map((measure) => [measure, 0])) as Sums;

const OUTCOMES: { readonly [state in JobState]?: keyof Sums } = {
  [JobState.SUCCEEDED]: "succeeded",
  [JobState.PARTIALLY_SUCCEEDED]: "partiallySucceeded",
  [JobState.FAILED]: "failed",
  [JobState.CANCELLED]: "cancelled",
  [JobState.EXPIRED]: "expired",
};

/**
 * What the change from `before` to `after` adds: all of a job when it ends, and of one that was corrected what is different now, on
 * the day of its end as well. So the sums of a day are those of the jobs that ended on it; one of which nothing was added when it ended is left out for
 * good. Undefined where nothing is added.
 */
export function usageOf(before: JobRecord | undefined, after: JobRecord): UsageChange | undefined {
  if (!isFinal(after.job.state) || (before && isFinal(before.job.state) && !before.counted)) return undefined;
  const was = new Map(before ? rowsOf(before.job).map((row) => [idOf(row), row]) : []);
  const rows = rowsOf(after.job).map((row) => ({ ...row, sums: difference(row.sums, was.get(idOf(row))?.sums ?? NO_SUMS) }));
  const changed = rows.filter(({ sums }) => MEASURES.some((measure) => sums[measure] !== 0));
  return changed.length > 0 ? { day: dayOf(after.job.endTime ? timestampMs(after.job.endTime) : 0), rows: changed } : undefined;
}

/** Undefined as well where the day is forgotten already: corrections come at any time. */
export function usageToAdd(change: UsageChange | undefined, keepDays: number, now: Instant): UsageToAdd | undefined {
  const oldest = daysFrom(dayOf(now), -keepDays);
  return change && change.day >= oldest ? { ...change, keepDays, oldest } : undefined;
}

/** All that a job adds to its tenant's usage; nothing before its end. */
export function rowsOf(job: Job): UsageRow[] {
  const sums = sumsOf(job);
  if (!sums) return [];
  const labels = Object.entries(job.options?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const engines = new Map<string, { charactersBilled: number; requests: number }>();
  for (const { name, charactersBilled, requests } of job.ledger?.engines ?? []) {
    const known = engines.get(name) ?? { charactersBilled: 0, requests: 0 };
    engines.set(name, {
      charactersBilled: known.charactersBilled + (job.options?.dryRun ? 0 : Number(charactersBilled)),
      requests: known.requests + requests,
    });
  }
  return [
    { dimension: "total", name: "", sums },
    { dimension: "key", name: job.keyId, sums },
    ...labels.map((name): UsageRow => ({ dimension: "label", name, sums })),
    ...[...engines].map(([name, own]): UsageRow => ({ dimension: "engine", name, sums: { ...sums, ...own } })),
  ];
}

export function sum(one: Sums, other: Sums): Sums {
  return combined(one, other, (a, b) => a + b);
}

export function dayOf(time: Instant): Day {
  return new Date(time).toISOString().slice(0, 10);
}

/** The day so many days after `day`, or before it. */
export function daysFrom(day: Day, days: number): Day {
  return dayOf(startOf(day) + days * 86_400_000);
}

export function startOf(day: Day): Instant {
  return Date.parse(`${day}T00:00:00Z`);
}

function sumsOf(job: Job): Sums | undefined {
  const outcome = OUTCOMES[job.state];
  if (!outcome) return undefined;
  const { ledger, options } = job;
  const held = timeIn(job.timeline, isHeld);
  return {
    ...NO_SUMS,
    [outcome]: 1,
    pages: ledger?.pagesIn ?? 0,
    pagesFailed: ledger?.pagesFailed ?? 0,
    pagesOcr: ledger?.pagesOcr ?? 0,
    characters: Number(ledger?.characters ?? 0),
    // A dry run says what would be billed.
    charactersBilled: options?.dryRun ? 0 : Number(ledger?.charactersBilled ?? 0),
    requests: (ledger?.engines ?? []).reduce((requests, engine) => requests + engine.requests, 0),
    workerMs: held,
    waitMs: timeIn(job.timeline, (state) => state === JobState.QUEUED),
    bytesIn: Number(job.sizeBytes),
    // A file that is listed under two formats is stored once.
    bytesOut: job.artefacts.filter(({ sameAs }) => sameAs === 0).reduce((bytes, { sizeBytes }) => bytes + Number(sizeBytes), 0),
    corrections: Math.max(0, job.revision - 1),
  };
}

/** How long a job was in states that `isMeant`, in milliseconds; a clock that was set back adds nothing. */
function timeIn(timeline: readonly TimelineEntry[], isMeant: (state: JobState) => boolean): number {
  let whole = 0;
  for (const [index, { state, time }] of timeline.entries()) {
    const next = timeline[index + 1]?.time;
    if (isMeant(state) && time && next) whole += Math.max(0, timestampMs(next) - timestampMs(time));
  }
  return whole;
}

function difference(one: Sums, other: Sums): Sums {
  return combined(one, other, (a, b) => a - b);
}

function combined(one: Sums, other: Sums, combine: (a: number, b: number) => number): Sums {
  return Object.fromEntries(MEASURES.map((measure) => [measure, combine(one[measure], other[measure])])) as Sums;
}

function idOf({ dimension, name }: UsageRow): string {
  return `${dimension} ${name}`;
}
