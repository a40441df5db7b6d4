import type { Error as ErrorMessage } from "../../gen/dragoman/v1/error_pb.ts";
import type { Artefact, Job, JobOptions, Ledger, LongestSpan, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import type { CancelSignal, WorkDescriptor } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { JobClass } from "../../platform/job_classes.ts";
import type { Traceparent } from "../../platform/trace.ts";
import type { UpdateCommand } from "./job_update.ts";
import type { OverrideCommand } from "./override.ts";

/** A job as it is stored: what clients see, and what only the orchestrator needs. */
export interface JobRecord {
  readonly job: Job;
  readonly tenantId: string;
  readonly inputKey: string;
  /** Of the input as it was accepted, lower-case hexadecimal; empty where it is not known. */
  readonly inputSha256: string;
  /** When time alone may change the job: a schedule, deadline, lease or back-off. Null once it is final. */
  readonly timerAt: Instant | null;
  /** How often it was put on the work queue. */
  readonly deliveryAttempt: number;
  /** While QUEUED: when the invitation was published that nobody has claimed yet. */
  readonly invitedAt: Instant | null;
  readonly workerId: string;
  readonly leaseExpireAt: Instant | null;
  /** When its worker was last heard of; null if by nobody since the clock was set back. */
  readonly heardAt: Instant | null;
  readonly queueDeadlineAt: Instant;
  readonly runDeadlineAt: Instant | null;
  /** Of the span in which the job was created: the parent of whatever happens to it. */
  readonly traceparent: Traceparent;
  /** While a worker holds it: of the invitation that brought it there. */
  readonly invitationTraceparent: Traceparent;
  /** Attempts handed back by a draining worker; they do not count against `maxAttempts`. */
  readonly attemptsReleased: number;
  /** Attempts that ended because a translator or a store was away; they count against `maxOutages` instead. */
  readonly outages: number;
  /** Attempts lost with their worker before they opened the document, or with the whole service; they count against `maxLosses`. */
  readonly losses: number;
  /** How often the program that reads the document ended by itself. */
  readonly crashes: number;
  /** What the document opens with, sealed; empty for none, and from the job's end on. */
  readonly sealedPassword: string;
  /** Under which name its result lies, if it was corrected; empty for its attempt's. */
  readonly revisionName: string;
  /** SHA-256 of the corrections that its result came of last; empty of one that was never corrected. */
  readonly correctedBy: string;
  /** Whether its end was added to its tenant's usage, which older versions did not do. */
  readonly counted: boolean;
  /** Of its work; it never changes. */
  readonly jobClass: JobClass;
  /** By which its tenant's waiting jobs take turns; that lane's share beside the others. */
  readonly lane: string;
  readonly share: number;
  /** The bulk change that changed it last; empty of one that none did. */
  readonly operationId: string;
}

/** What can happen to a job. A report's `workerId` is who says it: not the holder of the lease, and it is refused. */
export type JobCommand =
  /** `servedSince`: from when on there was always an orchestrator that a worker could have reached. */
  | { readonly kind: "timer"; readonly servedSince?: Instant }
  /** The service begins anew, and with it all workers. */
  | { readonly kind: "restart" }
  /** The clock was set forward by `byMs`; it was last seen before that at `lastSeen`. */
  | { readonly kind: "postpone"; readonly lastSeen: Instant; readonly byMs: number }
  /** `jobClass`: in which workers are to hear of it; its own if not given. */
  | { readonly kind: "invite"; readonly jobClass?: JobClass }
  | { readonly kind: "claim"; readonly workerId: string; readonly deliveryAttempt: number; readonly invitationTraceparent: Traceparent }
  | {
      readonly kind: "heartbeat";
      readonly attempt: number;
      readonly workerId?: string;
      readonly stage: Stage;
      readonly percent: number;
      readonly pagesDone: number;
      readonly pagesTotal: number;
      readonly longestSpans: LongestSpan[];
    }
  | {
      readonly kind: "complete";
      readonly attempt: number;
      readonly workerId?: string;
      readonly ledger: Ledger;
      readonly artefacts: Artefact[];
      readonly longestSpans: LongestSpan[];
    }
  | { readonly kind: "fail"; readonly attempt: number; readonly workerId?: string; readonly error: ErrorMessage }
  | { readonly kind: "release"; readonly attempt: number; readonly workerId?: string; readonly reason: string }
  | { readonly kind: "disconnect"; readonly attempt: number }
  /** There are fewer pages left than the so many that its document has; `error` says of which limit. */
  | { readonly kind: "over_quota"; readonly attempt: number; readonly pages: number; readonly error: ErrorMessage }
  | { readonly kind: "cancel"; readonly reason: string }
  | OverrideCommand
  | UpdateCommand
  | {
      readonly kind: "correct";
      /** Where the files lie that were written again. */
      readonly revisionName: string;
      readonly correctedBy: string;
      readonly ledger: Ledger;
      readonly artefacts: Artefact[];
      /** How many segments say something else. */
      readonly corrected: number;
    };

/** What follows from a command: a new record with what is to be published, nothing, or a typed refusal. */
export type Outcome =
  | { readonly kind: "changed"; readonly record: JobRecord; readonly invitation?: WorkDescriptor; readonly cancel?: CancelSignal }
  | { readonly kind: "unchanged"; readonly record: JobRecord }
  | { readonly kind: "refused"; readonly code: Refusal; readonly message: string };

type Refusal = "STALE_ATTEMPT" | "NOT_CLAIMABLE" | "JOB_ALREADY_FINISHED" | "NO_RESULT" | "LEDGER_MISMATCH" | "TOO_LATE";

export interface NewJob {
  readonly id: string;
  readonly tenantId: string;
  /** Public id of the API key that makes it. */
  readonly keyId?: string;
  readonly inputKey: string;
  readonly inputSha256?: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly options: JobOptions;
  /** The job that it retries. */
  readonly retryOf?: string;
  readonly traceparent: Traceparent;
  /** The trace's page, for people; empty for none. */
  readonly traceUrl: string;
  readonly jobClass?: JobClass;
  readonly sealedPassword?: string;
}
