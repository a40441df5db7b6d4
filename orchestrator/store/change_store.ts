import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { JobRecord } from "../jobs/job.ts";

/** Numbers for each millisecond: more changes than a tenant's store commits in one. */
const PER_MS = 1024;

/**
 * The number of the last change of one of a tenant's jobs. It rises with every commit, and is at least 1024 times the commit's time in
 * milliseconds, so that it also says when that was (Kulkarni et al., Logical Physical Clocks, 2014). Below 2^53 until the year 2248.
 */
export interface Change {
  readonly number: number;
  readonly jobId: string;
  /** Undefined of a job that was forgotten. */
  readonly record: JobRecord | undefined;
}

export interface ChangeQuery {
  readonly tenantId: string;
  /** Only numbers above this one. */
  readonly above: number;
  /** Only numbers below this one. */
  readonly below: number;
  readonly latestFirst: boolean;
  readonly limit: number;
}

/** A tenant's jobs by their last changes: each job once. */
export interface ChangeStore {
  changes(query: ChangeQuery): Promise<Change[]>;
  /** 0 where there never was one. */
  lastChange(tenantId: string): Promise<number>;
  /** How many jobs the tenant has in each state; states without any are left out. */
  countByState(tenantId: string): Promise<ReadonlyMap<JobState, number>>;
}

/** The number of a change at `now` after the one numbered `last`. */
export function numberAfter(last: number, now: Instant): number {
  return Math.max(last + 1, firstNumberAt(now));
}

/** No change that was made at `time` or later has a smaller number. */
export function firstNumberAt(time: Instant): number {
  return time * PER_MS;
}
