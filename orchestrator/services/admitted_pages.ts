import { setTimeout as sleep } from "node:timers/promises";
import { DragomanError } from "../../platform/errors.ts";
import { isHeld } from "../jobs/held.ts";
import type { JobWriter } from "../scheduling/job_writer.ts";
import type { Store } from "../store/store.ts";

const LOOK_EVERY_MS = 50;
/** A worker says how many pages there are within a moment. */
const LOOK_FOR_MS = 5_000;

interface PagesParts {
  readonly store: Pick<Store, "get">;
  readonly jobs: Pick<JobWriter, "known" | "limitsOf">;
}

/**
 * Whether something may be paid for a job: not before its pages were counted against its limits, and not once there were too many. Where
 * these are not known yet, it waits for them. Throws UNAVAILABLE where they do not become known.
 */
export async function areAdmitted({ store, jobs }: PagesParts, jobId: string, signal: AbortSignal): Promise<boolean> {
  const owner = await jobs.known(jobId);
  if (!owner) return true;
  const { tenant, key } = await jobs.limitsOf(owner);
  if (!tenant.pagesPerDay && !key.pagesPerDay) return true;
  for (let waitedMs = 0; waitedMs < LOOK_FOR_MS; waitedMs += LOOK_EVERY_MS) {
    const record = await store.get(jobId);
    if (!record || !isHeld(record.job.state)) return false;
    if (record.job.pagesTotal > 0) return true;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw DragomanError.of("UNAVAILABLE", "It is not known yet how many pages the document has.", { retryAfterMs: 1_000 });
}
