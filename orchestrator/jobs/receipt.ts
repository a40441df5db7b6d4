import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Instant } from "../../platform/clock.ts";
import { jobPrefix } from "./artefact_keys.ts";
import type { JobRecord } from "./job.ts";

/** What is kept of a job that was deleted: that it was, and how much went with it. Nothing of what it said. */
export interface Receipt {
  readonly jobId: string;
  readonly tenantId: string;
  /** Where its document lay, and what its attempts stored. */
  readonly inputKey: string;
  readonly prefix: string;
  /** Files of its result, each once, and their bytes; previews are not counted. */
  readonly files: number;
  readonly fileBytes: number;
  readonly documentBytes: number;
  readonly unitsForgotten: number;
  /** Public id of the key that deleted it; empty where its time was over. */
  readonly by: string;
  readonly createdAt: Instant;
  readonly deletedAt: Instant;
  /** Until when this is kept. */
  readonly expireAt: Instant;
}

export function receiptOf(
  record: JobRecord,
  {
    now,
    by,
    unitsForgotten,
    keepMs,
  }: { readonly now: Instant; readonly by: string; readonly unitsForgotten: number; readonly keepMs: number },
): Receipt {
  const { job, tenantId, inputKey } = record;
  // A preview is listed without a size, and may never have been made.
  const files = job.artefacts.filter(({ sameAs, sha256 }) => !sameAs && sha256 !== "");
  return {
    ...{ jobId: job.id, tenantId, inputKey, prefix: jobPrefix(record), unitsForgotten, by },
    files: files.length,
    fileBytes: files.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0),
    documentBytes: Number(job.sizeBytes),
    createdAt: job.createTime ? timestampMs(job.createTime) : 0,
    deletedAt: now,
    expireAt: now + keepMs,
  };
}
