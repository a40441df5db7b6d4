import type { JobRecord } from "../jobs/job.ts";

/** All of a record but the job: what is stored beside it, as JSON, and no client sees. */
type Envelope = Omit<JobRecord, "job">;

/** Fields that are stored under the names they had first, which older versions write and read. */
const STORED_AS: { readonly [field in keyof Envelope]?: string } = {
  timerAt: "wakeAt",
  deliveryAttempt: "dispatch",
  invitationTraceparent: "carriedBy",
};

/** What a record of an older version lacks is as it is for a new job. */
const ADDED = {
  inputSha256: "",
  outages: 0,
  losses: 0,
  heardAt: null,
  traceparent: "",
  invitationTraceparent: "",
  sealedPassword: "",
  revisionName: "",
  correctedBy: "",
  counted: false,
  jobClass: "default",
  lane: "",
  share: 1,
  operationId: "",
};

export function encodeEnvelope({ job: _, ...envelope }: JobRecord): string {
  const stored: Record<string, unknown> = { ...envelope };
  for (const [field, name] of Object.entries(STORED_AS)) {
    stored[name] = stored[field];
    delete stored[field];
  }
  return JSON.stringify(stored);
}

export function decodeEnvelope(text: string): Envelope {
  const envelope = JSON.parse(text) as Record<string, unknown>;
  for (const [field, name] of Object.entries(STORED_AS)) {
    if (name in envelope) envelope[field] = envelope[name];
    delete envelope[name];
  }
  return { ...ADDED, ...envelope } as unknown as Envelope;
}
