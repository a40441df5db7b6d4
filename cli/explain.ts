import { durationMs, type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobState, type TimelineEntry } from "../gen/dragoman/v1/job_pb.ts";
import { type JobExplanation, WaitReason } from "../gen/dragoman/v1/job_service_pb.ts";
import { stageName, stateName } from "../platform/names.ts";
import { reasonText } from "./render.ts";

/** What an on-call engineer asks about one job: where it stands and why, where its time went, what failed, where its trace is. */
export function explanationText(explanation: JobExplanation, now: number): string {
  const { job } = explanation;
  if (!job) return "";
  const waits = waitText(explanation, now);
  return [
    `${job.id}  ${stateName(job.state)}${job.state === JobState.RUNNING ? ` ${stageName(job.stage)}` : ""}  ${job.percent} %`,
    ...(waits ? [waits] : []),
    "",
    ...job.timeline.map((entry, index) => entryText(job, entry, job.timeline[index + 1], now)),
    ...longestText(job),
    ...errorText(job),
    "",
    `trace  ${job.traceUrl || job.traceId}`,
  ].join("\n");
}

function waitText({ waitsFor, waitUntil, position, slots, slotsFree, workers }: JobExplanation, now: number): string {
  const left = waitUntil ? seconds(timestampMs(waitUntil) - now) : "";
  const queued = position > 0 ? `; position ${position} among the tenant's waiting jobs` : "";
  switch (waitsFor) {
    case WaitReason.SCHEDULE:
      return `waits for its time, in ${left}`;
    case WaitReason.BACK_OFF:
      return `waits for its next attempt, in ${left}`;
    case WaitReason.QUOTA:
      return `waits until there are enough pages of its quota, and looks again in ${left}`;
    case WaitReason.TENANT_PAUSED:
      return `waits until an operator resumes its tenant${queued}; it expires in ${left}`;
    case WaitReason.CLASS_PAUSED:
      return `waits until an operator resumes its class of work${queued}; it expires in ${left}`;
    case WaitReason.RUNNING_LIMIT:
      return `waits until another job of its tenant or key ends: as many run as may${queued}; it expires in ${left}`;
    case WaitReason.NO_WORKER:
      return `waits for a worker: none is connected${queued}; it expires in ${left}`;
    case WaitReason.NO_CAPABLE_WORKER:
      return `waits for a worker that can do it, its languages, its file type and its class of work: none of the ${workers} connected can${queued}; it expires in ${left}`;
    case WaitReason.NO_SLOT:
      return `waits for a free slot: all ${slots} of ${workers} workers are taken${queued}; it expires in ${left}`;
    case WaitReason.TURN:
      return `waits for its turn: ${slotsFree} of ${slots} slots are free${queued}`;
    case WaitReason.CLAIM:
      return `a worker was invited, and has ${left} to claim it`;
    default:
      return "";
  }
}

function entryText(job: Job, entry: TimelineEntry, next: TimelineEntry | undefined, now: number): string {
  const at = millis(entry.time);
  const until = next ? millis(next.time) : job.endTime ? at : now;
  const what = entry.state === JobState.RUNNING ? `RUNNING ${stageName(entry.stage)}` : stateName(entry.state);
  const attempt = entry.attempt > 0 ? `attempt ${entry.attempt}` : "";
  const columns = [
    seconds(at - millis(job.createTime)).padStart(10),
    `for ${seconds(until - at)}`.padEnd(14),
    what.padEnd(24),
    attempt.padEnd(10),
    reasonText(entry).padEnd(20),
    entry.workerId,
  ];
  return columns.join("  ").trimEnd();
}

function longestText({ longestSpans }: Job): string[] {
  if (longestSpans.length === 0) return [];
  const lines = longestSpans.map(({ stage, name, page, duration }) => {
    const took = duration ? seconds(durationMs(duration)) : "";
    return `${took.padStart(10)}  ${stageName(stage).padEnd(16)}  ${name}${page > 0 ? ` ${page}` : ""}`;
  });
  return ["", "longest in each stage of the latest attempt", ...lines];
}

function errorText({ error }: Job): string[] {
  if (!error) return [];
  const where = [error.stage, error.page > 0 ? `page ${error.page}` : ""].filter(Boolean).join(", ");
  return ["", `error  ${error.code}${where ? ` (${where})` : ""}: ${error.message}`, `       ${error.hint}`];
}

function millis(time: Timestamp | undefined): number {
  return time ? timestampMs(time) : 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
