import { JobState } from "../../gen/dragoman/v1/job_pb.ts";

const HELD: ReadonlySet<JobState> = new Set([JobState.RUNNING, JobState.CANCELLING]);

/** Whether a worker holds the lease of a job in this state. */
export function isHeld(state: JobState): boolean {
  return HELD.has(state);
}
