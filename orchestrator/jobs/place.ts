import type { JobRecord } from "./job.ts";

/** Where an upload's bytes lie in the artefact store. */
export function uploadKey(tenantId: string, uploadId: string): string {
  return `tenants/${tenantId}/uploads/${uploadId}`;
}

/** Where an attempt's outputs lie. Only the commit that completes the job makes them visible. */
export function outputPrefix({ tenantId, job }: JobRecord): string {
  return `tenants/${tenantId}/jobs/${job.id}/attempts/${job.attempt}`;
}
