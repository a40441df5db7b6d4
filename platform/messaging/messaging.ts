import type { JobEvent } from "../../gen/dragoman/v1/job_pb.ts";
import type { CancelSignal, WorkDescriptor } from "../../gen/dragoman/v1/worker_service_pb.ts";

/** One delivery of an invitation. */
export interface Invitation {
  readonly work: WorkDescriptor;
  /** The claim was answered: do not deliver it again. */
  ack(): Promise<void>;
}

/**
 * What travels between components. Everything here may be lost, late or doubled without harm: the
 * store is the truth, and a sweeper publishes again.
 */
export interface Messaging extends AsyncDisposable {
  /** Delivered at least once, to one taker. Not acked within 15 s, it is delivered again. */
  publishWork(work: WorkDescriptor, messageId: string): Promise<void>;
  /** The next invitation, or undefined once `signal` aborts. Never takes more than was asked for. */
  nextInvitation(signal: AbortSignal): Promise<Invitation | undefined>;
  /** To every subscriber that is there now. */
  publishCancel(cancel: CancelSignal): Promise<void>;
  /** To every subscriber that is there now, in order per job. */
  publishEvent(event: JobEvent): Promise<void>;
  /** Calls back until the subscription is disposed of. */
  subscribe(
    to: { readonly cancels: (cancel: CancelSignal) => void } | { readonly jobId: string; readonly events: (event: JobEvent) => void },
  ): Disposable;
}
