import { JobState } from "../gen/dragoman/v1/job_pb.ts";

const FINAL: ReadonlySet<JobState> = new Set([
  JobState.SUCCEEDED,
  JobState.PARTIALLY_SUCCEEDED,
  JobState.FAILED,
  JobState.CANCELLED,
  JobState.EXPIRED,
]);

/** Whether a job in this state never changes again. A state that is not known here is not taken for the end. */
export function isFinal(state: JobState): boolean {
  return FINAL.has(state);
}
