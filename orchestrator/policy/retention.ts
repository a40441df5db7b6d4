import type { Job } from "../../gen/dragoman/v1/job_pb.ts";
import type { Limits } from "./limits.ts";

/** How long a job is kept after its end, in milliseconds; 0 for ever. The shorter of what it asks for and what its tenant's jobs are kept. */
export function retentionMsOf({ options }: Job, { retentionSeconds }: Limits, deploymentMs: number): number {
  const tenantMs = retentionSeconds === undefined ? deploymentMs : retentionSeconds * 1000;
  const ownMs = Number(options?.retentionSeconds ?? 0n) * 1000;
  return tenantMs && ownMs ? Math.min(tenantMs, ownMs) : tenantMs || ownMs;
}
