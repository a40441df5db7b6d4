import type { JobEvent, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import type { CancelSignal, WorkDescriptor } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { JobRecord } from "../jobs/job.ts";

/** One message that a commit owes to others. */
export type OutboxMessage =
  | { readonly kind: "work"; readonly message: WorkDescriptor }
  | { readonly kind: "cancel"; readonly message: CancelSignal }
  | { readonly kind: "event"; readonly message: JobEvent };

export interface OutboxEntry {
  /** Rises in the order of the commits. */
  readonly sequence: number;
  readonly messageId: string;
  readonly content: OutboxMessage;
}

/** A create call's own key, so that the same call gives the same job. */
export interface RequestKey {
  readonly requestId: string;
  /** Of everything in the request that matters. */
  readonly fingerprint: string;
}

/** What a job becomes, under the version it was read at. */
export interface Commit {
  readonly record: JobRecord;
  /** 0 for a new job. */
  readonly expectedVersion: bigint;
  readonly outbox: readonly OutboxMessage[];
  readonly request?: RequestKey;
}

export interface JobQuery {
  readonly tenantId: string;
  readonly state: JobState;
  readonly limit: number;
  /** Only ids below this one. */
  readonly before: string;
}

/** Job state: the only truth. A commit is on disk when it resolves, with its outbox, or it has changed nothing. */
export interface JobStore {
  /** False if the job is not at the expected version, or the request's key is taken. */
  commit(commit: Commit): Promise<boolean>;
  get(id: string): Promise<JobRecord | undefined>;
  byRequest(tenantId: string, requestId: string): Promise<{ jobId: string; fingerprint: string } | undefined>;
  /** The tenant's jobs, newest first. */
  list(query: JobQuery): Promise<JobRecord[]>;
  /** How many of the tenant's jobs are not final. */
  countOpen(tenantId: string): Promise<number>;
}

/** What the orchestrator's own loops ask for. */
export interface Agenda {
  /** Ids of jobs whose `wakeAt` has come, the oldest first. */
  due(now: Instant, limit: number): Promise<string[]>;
  /** Ids of queued jobs nobody was invited to: tenants take turns, by the jobs they have running; within one, priority, then age. */
  waiting(limit: number): Promise<string[]>;
  /** How many invitations are out, unclaimed. */
  countInvited(): Promise<number>;
  outbox(limit: number): Promise<OutboxEntry[]>;
  removeFromOutbox(upToSequence: number): Promise<void>;
}

export type Role = "client" | "worker";

export interface StoredKey {
  /** SHA-256 of the key's secret, lower-case hexadecimal. */
  readonly hash: string;
  readonly tenantId: string;
  readonly role: Role;
}

export interface StoredUpload {
  readonly id: string;
  readonly tenantId: string;
  readonly fileName: string;
  readonly expireAt: Instant;
}

/** What access control and uploads keep. */
export interface Registry {
  /** By the key's public id. */
  key(id: string): Promise<StoredKey | undefined>;
  saveKey(id: string, key: StoredKey): Promise<void>;
  upload(id: string): Promise<StoredUpload | undefined>;
  saveUpload(upload: StoredUpload): Promise<void>;
  /** Removes and returns uploads that expired and became no job. */
  takeExpiredUploads(now: Instant, limit: number): Promise<StoredUpload[]>;
}

export interface Store extends JobStore, Agenda, Registry, AsyncDisposable {}
