import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { JobRecord } from "./job.ts";

/** Which jobs are meant: those of which all of it holds. What is not given, or empty, any job has. */
export interface JobFilter {
  readonly states?: readonly JobState[];
  /** Each as "name=value". */
  readonly labels?: readonly string[];
  /** What the file's name has in it, whatever the capitals. */
  readonly name?: string;
  readonly retryOf?: string;
  readonly createdFrom?: Instant | undefined;
  readonly createdBefore?: Instant | undefined;
  readonly updatedFrom?: Instant | undefined;
}

export function isMeant({ job }: Pick<JobRecord, "job">, filter: JobFilter): boolean {
  const { states = [], labels = [], name = "", retryOf = "", createdFrom, createdBefore, updatedFrom } = filter;
  const created = job.createTime ? timestampMs(job.createTime) : 0;
  const updated = job.updateTime ? timestampMs(job.updateTime) : 0;
  return (
    (states.length === 0 || states.includes(job.state)) &&
    labels.every((label) => hasLabel(job.options?.labels ?? {}, label)) &&
    (name === "" || job.fileName.toLowerCase().includes(name.toLowerCase())) &&
    (retryOf === "" || job.retryOf === retryOf) &&
    (createdFrom === undefined || created >= createdFrom) &&
    (createdBefore === undefined || created < createdBefore) &&
    (updatedFrom === undefined || updated >= updatedFrom)
  );
}

/** A label's name has no "=". */
function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const at = label.indexOf("=");
  const name = label.slice(0, at);
  return at > 0 && Object.hasOwn(labels, name) && labels[name] === label.slice(at + 1);
}
