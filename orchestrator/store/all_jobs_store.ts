import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../jobs/job.ts";

export interface AllJobsQuery {
  /** Only this tenant's; empty for all. */
  readonly tenantId: string;
  /** Only those in one of these; empty for any. */
  readonly states: readonly JobState[];
  /** Of a tenant's, only those with this label, "name=value"; empty for all. */
  readonly label: string;
  /** Only ids below this one. */
  readonly before: string;
  /** Only ids from this one on; empty for all. */
  readonly from: string;
  readonly limit: number;
  /** Of a tenant's: the oldest come first. */
  readonly oldestFirst?: boolean;
}

export interface AllJobsPage {
  readonly records: readonly JobRecord[];
  /** The last id that was looked at, beyond which there may be more; empty where there are none. */
  readonly last: string;
}

/** The jobs of one tenant, or for operators of all. */
export interface AllJobs {
  /** The newest first, if nothing else is asked for. A job that goes from one of the states to another meanwhile is not left out. */
  listAll(query: AllJobsQuery): Promise<AllJobsPage>;
}
