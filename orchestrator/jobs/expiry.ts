import { timestampMs } from "@bufbuild/protobuf/wkt";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { isFinal } from "../../platform/final.ts";
import type { JobRecord } from "./job.ts";

/** When a job is EXPIRED that has not ended by then; undefined for never. One that is being cancelled ends soon enough by that. */
export function expiryAt({ job: { state, createTime, options } }: Pick<JobRecord, "job">): Instant | undefined {
  if (!options?.expireInSeconds || !createTime || isFinal(state) || state === JobState.CANCELLING) return undefined;
  return timestampMs(createTime) + options.expireInSeconds * 1000;
}

/** A record whose timer comes no later than its job expires. */
export function timedByExpiry(record: JobRecord): JobRecord {
  const at = expiryAt(record);
  if (at === undefined) return record;
  const { state, options } = record.job;
  const timerAt = state === JobState.SCHEDULED && options?.notBefore ? timestampMs(options.notBefore) : record.timerAt;
  return { ...record, timerAt: Math.min(at, timerAt ?? at) };
}
