import { JobState, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../../platform/final.ts";
import { isHeld } from "../jobs/held.ts";
import type { JobRecord } from "../jobs/job.ts";
import { estimatedPages } from "./estimate.ts";
import type { Limits } from "./limits.ts";
import { type Charge, NO_SHARE, type Share } from "./meters.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is metered of jobs: those not final, those that workers have or are invited to, what is stored of them, their pages, and their making. */
export type Metered = "open" | "running" | "bytes" | "pages" | "creates";

export const METERED = ["open", "running", "bytes", "pages", "creates"] as const satisfies readonly Metered[];

/** The limits that a job is held to: its tenant's, and those of the key that made it. */
export interface JobLimits {
  readonly tenant: Limits;
  readonly key: Limits;
}

/** Whose limits a job is held to. */
export interface JobOwner {
  readonly tenantId: string;
  /** Public id of the key that made it; empty of a job of an older version. */
  readonly keyId: string;
}

export function ownerOf({ tenantId, job: { keyId } }: JobRecord): JobOwner {
  return { tenantId, keyId };
}

/** How many pages a job has as far as that is known: by its ledger, its document, or its size. At least 1. */
export function pagesOf({ job }: Pick<JobRecord, "job">): number {
  return job.ledger?.pagesIn || job.pagesTotal || estimatedPages(job.fileName, Number(job.sizeBytes));
}

/** Of a document that nobody has opened no more are reserved than this: its size may be of its pictures. */
const MOST_UNOPENED = 20;

/** How many pages a job that goes on has reserved. */
export function pagesReserved(record: Pick<JobRecord, "job">): number {
  const pages = pagesOf(record);
  return record.job.pagesTotal > 0 ? pages : Math.min(pages, MOST_UNOPENED);
}

/** Whether a job waits until there are as many pages as it has: it holds none meanwhile. */
export function waitsForQuota({ job }: Pick<JobRecord, "job">): boolean {
  if (job.state !== JobState.RETRY_WAIT) return false;
  // By what it began to wait for, whatever was changed of it since.
  const begun = job.timeline.findLast(({ state }, index, all) => state === job.state && all[index - 1]?.state !== state);
  return begun?.reasonCode === TimelineReason.QUOTA_WAIT;
}

/**
 * What a job has on each meter: a function of its record alone. Its pages are held while it goes on, and poured when it ends with a
 * result; its making is poured once.
 */
export function chargeOf(record: JobRecord): Readonly<Record<Metered, Share>> {
  const { job } = record;
  const final = isFinal(job.state);
  const running = isHeld(job.state) || (job.state === JobState.QUEUED && record.invitedAt !== null);
  return {
    open: gauge(final ? 0 : 1),
    running: gauge(running ? 1 : 0),
    bytes: gauge(bytesOf(job)),
    pages: {
      held: final || waitsForQuota(record) ? 0 : pagesReserved(record),
      poured: final && job.artefacts.length > 0 ? (job.ledger?.pagesIn ?? 0) : 0,
    },
    creates: { held: 0, poured: 1 },
  };
}

/** What is stored of a job: its document, and each file of its result once. */
export function bytesOf({ sizeBytes, artefacts }: JobRecord["job"]): number {
  return artefacts.reduce((sum, file) => sum + (file.sameAs ? 0 : Number(file.sizeBytes)), Number(sizeBytes));
}

function gauge(held: number): Share {
  return { held, poured: 0 };
}

/** What a limit makes of a meter. */
export function boundsOf(metered: Metered, limits: Limits): Pick<Charge, "most" | "leakPerMs"> {
  const { maxOpenJobs = 0, maxRunningJobs = 0, maxStoredBytes = 0, pagesPerDay = 0, requestsPerMinute = 0, burst = 0 } = limits;
  switch (metered) {
    case "open":
      return { most: maxOpenJobs, leakPerMs: 0 };
    case "running":
      return { most: maxRunningJobs, leakPerMs: 0 };
    case "bytes":
      return { most: maxStoredBytes, leakPerMs: 0 };
    case "pages":
      return { most: pagesPerDay, leakPerMs: pagesPerDay / DAY_MS };
    case "creates":
      return { most: requestsPerMinute && (burst || requestsPerMinute), leakPerMs: requestsPerMinute / MINUTE_MS };
  }
}

/** What a meter is called: of the tenant, or of one of its keys. */
export function meterName(metered: Metered, keyId = ""): string {
  return keyId ? `key:${keyId}:${metered}` : metered;
}

/**
 * What the change from `before` to `after` charges: each meter on which the job has something else then. An end is never refused, whatever
 * it costs: it has happened.
 */
export function chargesOf(before: JobRecord | undefined, after: JobRecord, limits: JobLimits): Charge[] {
  const had = before && chargeOf(before);
  const has = chargeOf(after);
  const final = isFinal(after.job.state);
  const { keyId } = after.job;
  return METERED.flatMap((metered) => {
    const share = has[metered];
    if (isSame(had?.[metered] ?? NO_SHARE, share)) return [];
    const charge = (own: Limits, key: string): Charge => {
      const bounds = boundsOf(metered, own);
      return { meter: meterName(metered, key), ...share, ...bounds, ...(final && { most: 0 }) };
    };
    // A key gets its limits when it is made, and no others later: where it has none, nobody will ever ask what it has.
    const limited = keyId !== "" && boundsOf(metered, limits.key).most > 0;
    const charges = limited ? [charge(limits.tenant, ""), charge(limits.key, keyId)] : [charge(limits.tenant, "")];
    // A pace without a limit is counted by nobody.
    return charges.filter(({ leakPerMs }) => metered !== "creates" || leakPerMs > 0);
  });
}

/** Whether the change charges anything. */
export function isCharged(before: JobRecord, after: JobRecord): boolean {
  const [had, has] = [chargeOf(before), chargeOf(after)];
  return METERED.some((metered) => !isSame(had[metered], has[metered]));
}

function isSame(one: Share, other: Share): boolean {
  return one.held === other.held && one.poured === other.poured;
}
