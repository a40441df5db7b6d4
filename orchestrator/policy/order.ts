import { createHash } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type JobOptions, JobState, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobClass } from "../../platform/job_classes.ts";
import { isHeld } from "../jobs/held.ts";
import type { JobRecord } from "../jobs/job.ts";
import { type JobLimits, pagesOf } from "./charges.ts";
import type { Limits } from "./limits.ts";

/*
 * The order of waiting jobs: start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) of tenants, within a tenant of its lanes,
 * and in a lane by rank. Every tenant has a time of its own, which grows by the cost of what is given to workers over the tenant's
 * weight; who has the least comes next. The service's time is that of who was served last: who comes back from idle is raised to it
 * when it is served, and so has saved up nothing.
 */

/** Where a job waits. */
export interface Place {
  readonly jobClass: JobClass;
  readonly lane: string;
  /** The least goes first, in milliseconds since the epoch. */
  readonly rank: number;
  /** It goes before all that are not, whatever their tenants had. */
  readonly urgent: boolean;
}

/** What a commit of a job means to the order: the driver files it and books its cost in the commit itself. */
export interface Turn {
  /** Undefined: it does not wait for a worker to be invited. */
  readonly place: Place | undefined;
  /** Pages that its tenant is to be charged, or given back if negative. */
  readonly charge: number;
  readonly lane: string;
  /** The lane's share beside the tenant's other lanes. */
  readonly share: number;
  /** Of an invitation: the service's time when the job was chosen. */
  readonly chosenAt: number | undefined;
  /** For a tenant of which nothing else was set; 0 running jobs for any number. */
  readonly weight: number;
  readonly maxRunningJobs: number;
}

export interface OrderSettings {
  /** How much older a job is taken to be, or younger, by its priority. */
  readonly priorityAgeMs: number;
  /** What the deployment has for every tenant. */
  readonly limits: Pick<Limits, "weight" | "maxRunningJobs">;
}

export const PLAIN_ORDER: OrderSettings = { priorityAgeMs: 3600_000, limits: {} };
/** Of a label's values so many have lanes of their own; of more, some share one (stochastic fairness queueing, McKenney 1990). */
const MAX_LANES = 4096;
const LABEL = "label:";
const LEAST_WEIGHT = 0.01;

/** The lane of a new job: its key's, or that of a label's value. Neither has a colon. */
export function laneOf(fairBy: string | undefined, keyId: string, options: Pick<JobOptions, "labels"> | undefined): string {
  if (!fairBy?.startsWith(LABEL)) return keyId.replaceAll(":", "_");
  const value = options?.labels[fairBy.slice(LABEL.length)];
  if (value === undefined) return "";
  return `label-${createHash("sha256").update(value).digest().readUInt32BE(0) % MAX_LANES}`;
}

/** A new job in the lane of who makes it. */
export function inLane<R extends JobRecord>(record: R, { tenant, key }: JobLimits): R {
  const { keyId, options } = record.job;
  const lane = laneOf(tenant.fairBy, keyId, options);
  return { ...record, lane, share: lane === keyId ? (key.weight ?? 1) : 1 };
}

/** By when a job was made or was to begin; high and low priority move it by a bounded time, so that it comes up in any case. */
export function rankOf({ job: { createTime, options } }: Pick<JobRecord, "job">, priorityAgeMs: number): number {
  const notBefore = options?.notBefore ? timestampMs(options.notBefore) : 0;
  const since = Math.max(createTime ? timestampMs(createTime) : 0, notBefore);
  if (options?.priority === Priority.HIGH) return since - priorityAgeMs;
  return options?.priority === Priority.LOW ? since + priorityAgeMs : since;
}

/** Where a job waits for a worker to be invited; undefined if it does not. */
export function placeOf(record: JobRecord, priorityAgeMs: number): Place | undefined {
  const { job, invitedAt, lane, jobClass } = record;
  if (job.state !== JobState.QUEUED || invitedAt !== null) return undefined;
  return { jobClass, lane, rank: rankOf(record, priorityAgeMs), urgent: job.urgent };
}

/** Whether a worker is invited to a job, or has it. */
export function isGivenOut({ job: { state }, invitedAt }: JobRecord): boolean {
  return isHeld(state) || (state === JobState.QUEUED && invitedAt !== null);
}

/** What its tenant is charged when a job becomes `after`: for each attempt its pages, for one that was not begun or given back none. */
export function chargeOf(before: JobRecord | undefined, after: JobRecord): number {
  const held = before && isGivenOut(before) ? pagesOf(before) : 0;
  if (isGivenOut(after)) return pagesOf(after) - held;
  if (!before || held === 0) return 0;
  const unbegun = before.job.state === JobState.QUEUED || after.attemptsReleased > before.attemptsReleased;
  return unbegun ? -held : pagesOf(after) - held;
}

/** What the commit that makes `after` of `before` means to the order; `chosenAt` of an invitation is the service's time as it was chosen at. */
export function turnOf(
  before: JobRecord | undefined,
  after: JobRecord,
  { priorityAgeMs, limits }: OrderSettings = PLAIN_ORDER,
  chosenAt = 0,
): Turn {
  const invited = isGivenOut(after) && !(before && isGivenOut(before));
  return {
    place: placeOf(after, priorityAgeMs),
    charge: chargeOf(before, after),
    lane: after.lane,
    share: after.share,
    chosenAt: invited ? chosenAt : undefined,
    weight: limits.weight ?? 1,
    maxRunningJobs: limits.maxRunningJobs ?? 0,
  };
}

/** What is counted of a tenant among all, or of a lane among its tenant's. */
export interface Times {
  /** Its own. */
  readonly time: number;
  /** That of all together. */
  readonly now: number;
}

/** The times once something of this cost is given to who has this weight. `redis/commit_turn.lua` says the same. */
export function served({ time, now }: Times, cost: number, weight: number): Times {
  const start = Math.max(time, now);
  return { time: start + cost / Math.max(LEAST_WEIGHT, weight), now: start };
}

/** The place, from 1, of a job with so many ahead of it in its lane, where lanes with so many each take turns. */
export function placeAmong(ahead: number, others: readonly number[]): number {
  return 1 + ahead + others.reduce((sum, count) => sum + Math.min(count, ahead), 0);
}
