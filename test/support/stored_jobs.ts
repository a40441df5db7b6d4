import { create } from "@bufbuild/protobuf";
import { JobEventSchema, JobOptionsSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../../orchestrator/jobs/change.ts";
import { newId } from "../../orchestrator/jobs/id.ts";
import type { JobCommand, JobRecord, NewJob } from "../../orchestrator/jobs/job.ts";
import { transition } from "../../orchestrator/jobs/machine.ts";
import type { AllJobs, AllJobsQuery } from "../../orchestrator/store/all_jobs_store.ts";
import type { Store } from "../../orchestrator/store/store.ts";

interface Given extends Partial<Omit<NewJob, "options">> {
  readonly labels?: Record<string, string>;
  readonly now: number;
}

/** A job that is not stored yet, of tenant `t` if no other is given. */
export function aNewJob({ now, labels = {}, tenantId = "t", ...given }: Given): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es", labels });
  const usual = { inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "" };
  return newJob({ id: newId(tenantId, Date.now()), tenantId, ...usual, ...given, options }, now);
}

export async function stored(store: Store, record: JobRecord): Promise<JobRecord> {
  await committed(store, record, 0n);
  return record;
}

/** The job after each of these, committed one after another. Throws where one is refused. */
export async function applied(store: Store, record: JobRecord, now: number, ...commands: readonly JobCommand[]): Promise<JobRecord> {
  let last = record;
  for (const command of commands) {
    const outcome = transition(last, command, now);
    if (outcome.kind !== "changed") throw new Error(`${command.kind} is ${outcome.kind}`);
    await committed(store, outcome.record, last.job.version);
    last = outcome.record;
  }
  return last;
}

async function committed(store: Store, record: JobRecord, expectedVersion: bigint): Promise<void> {
  const { tenantId, job } = record;
  const event = {
    id: `${job.id}:event:${job.version}`,
    content: { kind: "event" as const, message: create(JobEventSchema, { tenantId, job }) },
  };
  if (!(await store.commit({ record, expectedVersion, outbox: [event] }))) throw new Error("it was changed meanwhile");
}

interface Listed extends Partial<Omit<AllJobsQuery, "states">> {
  readonly state?: JobState;
}

/** A tenant's jobs, of `t` if no other is named, the newest first. */
export async function listOf(store: AllJobs, { state = JobState.UNSPECIFIED, ...query }: Listed = {}): Promise<readonly JobRecord[]> {
  const states = state === JobState.UNSPECIFIED ? [] : [state];
  return (await store.listAll({ tenantId: "t", label: "", before: "~", from: "", limit: 1_000_000, ...query, states })).records;
}
