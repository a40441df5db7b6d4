import { type Artefact, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { outputName } from "../../platform/artefacts/output_name.ts";
import type { JobRecord } from "./job.ts";

/** Those that there is one of for each page. */
export const PAGED: ReadonlySet<ResultFormat> = new Set<ResultFormat>([ResultFormat.PREVIEW, ResultFormat.SOURCE_PREVIEW]);

/** Where an upload's bytes lie in the artefact store. */
export function uploadKey(tenantId: string, uploadId: string): string {
  return `tenants/${tenantId}/uploads/${uploadId}`;
}

/** The upload whose bytes lie at `key`. */
export function uploadIdOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** Where everything lies that a job's attempts stored. */
export function jobPrefix({ tenantId, job }: JobRecord): string {
  return `tenants/${tenantId}/jobs/${job.id}`;
}

/** Where an attempt's outputs lie, or those of the job's latest revision. Only the commit that completes or corrects the job makes them visible. */
export function outputPrefix(record: JobRecord): string {
  const { revisionName, job } = record;
  return revisionName ? revisionPrefix(record, revisionName) : `${jobPrefix(record)}/attempts/${job.attempt}`;
}

/** Where the outputs of a revision lie: not under its attempt's, which become garbage. */
export function revisionPrefix(record: JobRecord, revisionName: string): string {
  return `${jobPrefix(record)}/revisions/${revisionName}`;
}

/** Where a file of the result lies. */
export function outputKey(record: JobRecord, file: Pick<Artefact, "format" | "page"> & Partial<Pick<Artefact, "sameAs">>): string {
  return `${outputPrefix(record)}/${outputName(file)}`;
}
