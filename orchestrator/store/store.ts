import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { Clock, Instant } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import type { Offer } from "../jobs/capability.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Receipt } from "../jobs/receipt.ts";
import type { AuditEntry } from "../policy/audit.ts";
import type { Ahead } from "../policy/choice.ts";
import type { Charge } from "../policy/meters.ts";
import type { OrderSettings, Turn } from "../policy/order.ts";
import type { UsageToAdd } from "../policy/usage.ts";
import type { AllJobs } from "./all_jobs_store.ts";
import type { AllowanceStore } from "./allowance_store.ts";
import type { AuditStore } from "./audit_store.ts";
import type { ChangeStore } from "./change_store.ts";
import type { ControlsStore } from "./controls_store.ts";
import type { GlossaryStore } from "./glossary_store.ts";
import type { KeyStore } from "./key_store.ts";
import type { MeterStore } from "./meter_store.ts";
import type { OperationStore } from "./operation_store.ts";
import type { ReceiptStore } from "./receipt_store.ts";
import type { SettingsStore } from "./settings_store.ts";
import type { TenantStore } from "./tenant_store.ts";
import type { UnitKeeping, UnitStore } from "./unit_store.ts";
import type { UsageStore } from "./usage_store.ts";
import type { DeliveryStore, EndpointStore } from "./webhook_store.ts";

/** A create call's own key, so that the same call gives the same job. */
export interface RequestKey {
  readonly requestId: string;
  /** Of everything in the request that matters. */
  readonly fingerprint: string;
}

export interface Charges {
  /** By which what was poured before has leaked. */
  readonly now: Instant;
  /** All of them, or the commit changes nothing. */
  readonly meters: readonly Charge[];
}

/** What a job becomes, under the version it was read at. */
export interface Commit {
  readonly record: JobRecord;
  /** 0 for a new job. */
  readonly expectedVersion: bigint;
  /** Messages that the commit owes to others. */
  readonly outbox: readonly OutboxMessage[];
  readonly request?: RequestKey;
  /** The upload that a new job is made from. It must be there, as must the input of the jobs made of it; and from now on it does not expire. */
  readonly uploadId?: string;
  /** The job whose input a new job has as well. It must be there. */
  readonly retryOf?: string;
  /** What the job has on its tenant's meters from now on; on those that are not named it has what it had. */
  readonly charges?: Charges;
  /** What it means to the order of waiting jobs; if not given, the job waits where it is to, and nothing is charged. */
  readonly turn?: Turn;
  /** What the job leaves in the artefact store that nobody will need. */
  readonly garbage?: { readonly prefix: string; readonly removeAt: Instant };
  /** What the change adds to the tenant's usage. */
  readonly usage?: UsageToAdd;
  /** What the audit log tells of it, of the same tenant. */
  readonly audit?: readonly AuditEntry[];
}

/** Job state: the only truth. A commit is on disk when it resolves, with its outbox, or it has changed nothing. */
export interface JobStore {
  /**
   * False if the job is not at the expected version, or the request's key is taken. For a new job throws UPLOAD_NOT_FOUND
   * and JOB_NOT_FOUND where what it is made from is gone; QUOTA_EXCEEDED and RATE_LIMITED, with the limit, where a charge would
   * pass one: all of it is looked at in the commit itself, so that any number at once never do.
   */
  commit(commit: Commit): Promise<boolean>;
  /**
   * Forgets a final job that is still as `record` has it, what it has on meters, and the key of the request that made it; false if it is not.
   * What it stored is garbage from `now` on, and what webhooks were to say of it is erased; with the last job of an input the input
   * as well, and no job can be made of that upload any more. `audit`: what the audit log tells of it.
   * `receipt`: what is kept of it; with one, its being forgotten is its last change for as long.
   */
  forget(record: JobRecord, now: Instant, audit?: readonly AuditEntry[], receipt?: Receipt): Promise<boolean>;
  get(id: string): Promise<JobRecord | undefined>;
  byRequest(tenantId: string, requestId: string): Promise<{ jobId: string; fingerprint: string } | undefined>;
  /** How many of the tenant's jobs are not final. */
  countOpen(tenantId: string): Promise<number>;
}

/** The times of jobs' own. */
export interface DueTimers {
  /** Ids of jobs whose `timerAt` has come, the oldest first. */
  due(now: Instant, limit: number): Promise<string[]>;
  /** Ids of jobs whose `timerAt` lies soon after their last change: invited, held by a worker, being cancelled, or backing off. */
  underWay(): Promise<string[]>;
}

/** The jobs that wait for a worker, and those that one was invited to. */
export interface JobQueue {
  /**
   * What waits at the head of the queue for workers that take these classes of work: at most so many tenants, and some jobs of each,
   * the more the fewer tenants there are. Left out are tenants that are paused or have as many jobs given out as they may; `limits`
   * is what holds for those of which nothing else was set. `page`: instead, the so many-th part of all of them, from 0, of about so
   * many tenants or more; all parts have all tenants, as long as none takes its turn.
   */
  ahead(limit: number, classes: readonly string[], limits: OrderSettings["limits"], page?: number): Promise<Ahead>;
  /** How many invitations are out, unclaimed. */
  countInvited(): Promise<number>;
  /** Ids of the jobs that these are for, in no order. */
  invited(): Promise<string[]>;
}

/** The messages that commits owe. */
export interface Outbox {
  /**
   * Hands what is owed to `publish`, in the order of each job's commits, until nothing is left; what
   * was published is removed. What fails stays, and the error is thrown. Processes take turns; after one
   * crashed, or was slow, its messages are handed out again, in the same order and under the same ids.
   */
  relay(publish: (messages: readonly OutboxMessage[]) => Promise<void>): Promise<void>;
}

/** A worker that is connected somewhere. */
export interface AnnouncedWorker {
  /** As it calls itself. */
  readonly id: string;
  readonly slots: number;
  readonly prefetch: number;
  /** What it holds. */
  readonly jobIds: readonly string[];
  /** Empty of an older worker. */
  readonly classes: readonly string[];
  /** Translation engines. */
  readonly engines: readonly string[];
  /** How many language pairs it serves. */
  readonly pairs: number;
  readonly ocr: boolean;
  readonly office: boolean;
  readonly connectedAt: Instant;
}

/** What one orchestrator has to offer. */
export interface Announcement {
  readonly workers: number;
  readonly slots: number;
  readonly freeSlots: number;
  /** Places where a next job's input may be fetched ahead. */
  readonly freePrefetch: number;
  readonly pairs: readonly { readonly source: string; readonly target: string }[];
  /** The free slots and places by what their workers can do; an older orchestrator does not say. */
  readonly offers?: readonly Offer[];
  /** Who is connected to it; an older orchestrator does not say. */
  readonly members?: readonly AnnouncedWorker[];
  /** Until when it takes no new job, because the work queue is full. */
  readonly fullUntil: Instant;
  /** From when on, as far as it knows, there was always an orchestrator; one of an older version does not say. */
  readonly servedSince?: Instant;
}

/** Where orchestrators learn of each other. */
export interface Peers {
  /** Replaces what `orchestratorId` announced, and gives what the others did in the last 5 s. Undefined: it leaves. */
  announce(orchestratorId: string, announcement: Announcement | undefined): Promise<Announcement[]>;
}

export interface StoredUpload {
  readonly id: string;
  readonly tenantId: string;
  readonly fileName: string;
  readonly expireAt: Instant;
}

/** What was reserved for files to come. */
export interface UploadStore {
  upload(id: string): Promise<StoredUpload | undefined>;
  saveUpload(upload: StoredUpload): Promise<void>;
  /** The upload became no job and will not: it has expired by `now`. Nothing happens to one that did. */
  expireUpload(upload: Pick<StoredUpload, "id" | "tenantId">, now: Instant): Promise<void>;
}

/** What is there, for whoever watches over the service or asks after one job. */
export interface Stats {
  /** How many jobs that are not final there are, of all tenants. */
  openJobs(): Promise<{ readonly state: JobState; readonly priority: number; readonly count: number }[]>;
  /** How many jobs wait for a worker, by their class of work; of classes in which none ever waited nothing. */
  waitingByClass(): Promise<{ readonly jobClass: string; readonly count: number }[]>;
  /** What commits owe and was not published yet; null if nothing is. */
  outboxState(): Promise<{ readonly depth: number; readonly oldestAt: Instant | null }>;
  /** A job's place among its tenant's waiting jobs of its class of work, from 1; 0 if it is not among them. What lanes weigh and jobs cost is not looked at. */
  position(tenantId: string, id: string): Promise<number>;
}

/** A prefix in the artefact store under which nothing is needed any more. */
export interface Garbage {
  readonly tenantId: string;
  readonly prefix: string;
}

/** What is to be removed from the artefact store. */
export interface GarbageList {
  /** What is to be removed by `now`, again until it is forgotten. An upload that expired counts from here on, and no job can be made of it any more. */
  garbage(now: Instant, limit: number): Promise<Garbage[]>;
  /** It is removed. */
  forgetGarbage(garbage: Garbage): Promise<void>;
  /** It is removed, and to be removed again at `until`: somebody may still be writing there. */
  postponeGarbage(garbage: Garbage, until: Instant): Promise<void>;
}

/**
 * Every method throws UNAVAILABLE where the database is away, broken or closed, and STORAGE_FULL where it cannot
 * write for want of room or memory; nothing is changed then, unless an answer was lost on its way.
 */
export interface Store
  extends JobStore,
    DueTimers,
    JobQueue,
    Outbox,
    Peers,
    KeyStore,
    UploadStore,
    GarbageList,
    Stats,
    UnitStore,
    UnitKeeping,
    GlossaryStore,
    AllowanceStore,
    SettingsStore,
    TenantStore,
    ControlsStore,
    UsageStore,
    AuditStore,
    MeterStore,
    ChangeStore,
    ReceiptStore,
    AllJobs,
    EndpointStore,
    DeliveryStore,
    OperationStore,
    AsyncDisposable {
  /** The time that all who use this store agree on. */
  readonly clock: Clock;
  /** The database, as traces call it ("redis"). */
  readonly system: string;
  /** Whether other processes may use it at the same time. */
  readonly shared: boolean;
  /** Whether what was committed survives the death of the store's process or machine. */
  readonly durable: boolean;
}

export type Refusal = "UPLOAD_NOT_FOUND" | "JOB_NOT_FOUND";

/** Why a commit makes no new job. */
export function refusal(code: Refusal): DragomanError {
  return DragomanError.of(code, code === "JOB_NOT_FOUND" ? "There is no such job." : "There is no such upload.");
}

/** A job's labels as indexes know them: "name=value"; and what it is a retry of, as a label of its own. */
export function labelsOf({ job }: Pick<JobRecord, "job">): string[] {
  const labels = Object.entries(job.options?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return job.retryOf ? [...labels, retryLabel(job.retryOf)] : labels;
}

/** No caller's label is like it: their names have no colon. */
export function retryLabel(jobId: string): string {
  return `retry:of=${jobId}`;
}
