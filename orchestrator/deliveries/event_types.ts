import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../../platform/final.ts";
import type { JobRecord } from "../jobs/job.ts";

/** What endpoints can be told of. */
export const EVENT_TYPES = [
  "job.succeeded",
  "job.partially_succeeded",
  "job.failed",
  "job.cancelled",
  "job.expired",
  "job.corrected",
  "quota.warning",
  "endpoint.disabled",
] as const;

/** A test is sent when it is asked for, whatever an endpoint is for. */
export type EventType = (typeof EVENT_TYPES)[number] | "webhook.test";

const OF_STATE: { readonly [state in JobState]?: EventType } = {
  [JobState.SUCCEEDED]: "job.succeeded",
  [JobState.PARTIALLY_SUCCEEDED]: "job.partially_succeeded",
  [JobState.FAILED]: "job.failed",
  [JobState.CANCELLED]: "job.cancelled",
  [JobState.EXPIRED]: "job.expired",
};

/** What endpoints are to be told of a change: that a job has ended, or that its result is another; undefined for nothing. */
export function eventTypeOf(before: JobRecord | undefined, after: JobRecord): EventType | undefined {
  if (!isFinal(after.job.state)) return undefined;
  if (!before || !isFinal(before.job.state)) return OF_STATE[after.job.state];
  return before.revisionName === after.revisionName ? undefined : "job.corrected";
}

export function isEventType(name: string): name is EventType {
  return name === "webhook.test" || EVENT_TYPES.some((type) => type === name);
}
