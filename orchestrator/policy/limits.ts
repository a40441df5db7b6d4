import type { Priority } from "../../gen/dragoman/v1/job_pb.ts";

/**
 * What a tenant, or one of its keys, may have and do. What is not given is as the deployment has it for every tenant, and for a key
 * as for its tenant; 0 is no limit.
 */
export interface Limits {
  /** Jobs that are not final. */
  readonly maxOpenJobs?: number;
  /** Jobs that workers are invited to or work on. */
  readonly maxRunningJobs?: number;
  /** Jobs made in a minute, on average. */
  readonly requestsPerMinute?: number;
  /** Jobs made at once, by who made none before; `requestsPerMinute` if not given. */
  readonly burst?: number;
  readonly pagesPerDay?: number;
  /** Characters that translation engines bill, in a calendar month by UTC. A tenant's only. */
  readonly charactersPerMonth?: number;
  /** Of documents and results that are kept. */
  readonly maxStoredBytes?: number;
  /** Of one file. */
  readonly maxUploadBytes?: number;
  /** Endings of file names, lower case, without the dot; all if there are none. */
  readonly formats?: readonly string[];
  /** Translation engines, by their names; all if there are none. */
  readonly engines?: readonly string[];
  readonly highestPriority?: Priority;
  /** The share of the workers while others wait as well, beside theirs: 1 if not given. Of a key: beside the other keys of its tenant, where these take turns. */
  readonly weight?: number;
  /** What a tenant's waiting jobs take turns by: "key", or "label:NAME" for that label's values; "key" if not given. A tenant's only. */
  readonly fairBy?: string;
  /** How long jobs are kept after their end. A tenant's only. */
  readonly retentionSeconds?: number;
  /** Hosts that webhooks may be sent to, "*." before a name for all below it; all if there are none. A tenant's only. */
  readonly webhookHosts?: readonly string[];
}

/** What a deployment has for every tenant if it says nothing else. */
export const DEFAULT_LIMITS: Limits = { maxOpenJobs: 1000 };

/** Who may do what, as operators set it. */
export interface Tenant {
  readonly tenantId: string;
  readonly limits: Limits;
  /** No job is taken from it, and none of its jobs is given to workers. */
  readonly paused?: { readonly reason: string; readonly at: number; readonly by: string };
  /** One more with every change; 0 of a tenant that nobody set anything of. */
  readonly version: number;
}

/** A tenant's limits where the deployment's fill in what its own leave open. */
export function effectiveLimits({ limits }: Tenant, defaults: Limits): Limits {
  return { ...defaults, ...limits };
}
