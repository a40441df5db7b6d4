import type { JobRecord } from "../jobs/job.ts";

/** All of a record but the job: what is stored beside it, as JSON, and no client sees. */
type Envelope = Omit<JobRecord, "job">;

/** What a record of an older version lacks is as it is for a new job. */
const ADDED = { inputSha256: "", outages: 0, losses: 0, heardAt: null, traceparent: "", carriedBy: "" };

export function encodeEnvelope({ job: _, ...envelope }: JobRecord): string {
  return JSON.stringify(envelope);
}

export function decodeEnvelope(text: string): Envelope {
  return { ...ADDED, ...(JSON.parse(text) as Partial<Envelope>) } as Envelope;
}
