import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { JobRecord } from "../jobs/job.ts";

/** Throws RESULT_NOT_READY and NO_RESULT. */
export function requireResult({ job }: JobRecord): void {
  if (!isFinal(job.state)) throw DragomanError.of("RESULT_NOT_READY", "The job has not ended yet.", { retryAfterMs: 2000 });
  if (job.artefacts.length === 0) throw DragomanError.of("NO_RESULT", "The job ended without a result.");
}
