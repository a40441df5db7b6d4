import type { JobEvent } from "../../gen/dragoman/v1/job_pb.ts";
import type {
  CancelSignal,
  PreviewMade,
  PreviewWork,
  RevisionMade,
  RevisionWork,
  WorkDescriptor,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../errors.ts";
import type { JobClass } from "../job_classes.ts";

/** What one component tells the others. */
export type MessageContent =
  | { readonly kind: "work"; readonly message: WorkDescriptor }
  | { readonly kind: "cancel"; readonly message: CancelSignal }
  | { readonly kind: "event"; readonly message: JobEvent };

/** A message as commits owe it. */
export interface OutboxMessage {
  /** The same whenever the same message is published again. */
  readonly id: string;
  readonly content: MessageContent;
}

/** Long enough for whoever gave it back to do something else first: handed on at once, it could go round for ever within one turn of the event loop. */
const GIVE_BACK_MS = 200;

/** In how many milliseconds what was given back is delivered again. Drawn, or two invitations could come to each other's takers for ever. */
export function giveBackDelayMs(): number {
  return Math.round(GIVE_BACK_MS * (0.5 + Math.random()));
}

export function noPainter(cause?: unknown): DragomanError {
  return DragomanError.of("UNAVAILABLE", "No worker makes the preview now.", { cause, retryAfterMs: 2_000 });
}

export function noReviser(cause?: unknown): DragomanError {
  return DragomanError.of("UNAVAILABLE", "No worker writes the result now.", { cause, retryAfterMs: 2_000 });
}

/** One delivery of an invitation. */
export interface Invitation {
  readonly work: WorkDescriptor;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
  /** The claim was answered: do not deliver it again. */
  ack(): Promise<void>;
  /** The claim was not answered: deliver it again soon, here or elsewhere, but not within this turn of the event loop. It comes in the end to whoever takes it. */
  giveBack(): void;
}

/** Cancels; the events of one job; or only that there is one, of any job of a tenant. */
export type SubscribedTo =
  | { readonly cancels: (cancel: CancelSignal) => void }
  | { readonly jobId: string; readonly events: (event: JobEvent) => void }
  | { readonly tenantId: string; readonly changed: () => void };

/**
 * What travels between components. Everything here may be lost, late or doubled without harm: the
 * store is the truth, and timers publish again.
 */
export interface Messaging extends AsyncDisposable {
  /** The server's name, as traces call it ("nats"). */
  readonly system: string;
  /** Throws UNAVAILABLE if the server does not answer in 2 s, or this is closed. */
  check(): Promise<void>;
  /**
   * Work is delivered at least once, to one taker; not acked within 15 s, again. A cancel goes to
   * every subscriber that is there now; so does an event, in order per job. Throws UNAVAILABLE: some
   * may have gone out, and all should be published again. `full`: the work queue refused work, which
   * is lost.
   */
  publish(messages: readonly OutboxMessage[]): Promise<{ readonly full: boolean }>;
  /**
   * The next invitation of one of these classes, or undefined once `signal` aborts. Keeps no more than was asked for: what comes all the
   * same, where there are several classes, is given back at once. Throws nothing: while the server is away it waits.
   */
  nextInvitation(classes: readonly JobClass[], signal: AbortSignal): Promise<Invitation | undefined>;
  /**
   * Calls back until the subscription is disposed of. What is published after this resolved is heard; while the server
   * is away, what comes once it is back. Throws UNAVAILABLE once this is closed.
   */
  subscribe(to: SubscribedTo): Promise<Disposable>;
  /** Has one of those who answer make a preview. Throws UNAVAILABLE if there is none, or none that answers in time. */
  askPreview(work: PreviewWork, timeoutMs: number): Promise<PreviewMade>;
  /** Answers, among others, until the subscription is disposed of. `answer` throws nothing. Throws UNAVAILABLE once this is closed. */
  answerPreviews(answer: (work: PreviewWork) => Promise<PreviewMade>): Promise<Disposable>;
  /**
   * Has one of those who answer write a result again, which may take long; one with LibreOffice where that is needed and there is
   * one. Throws UNAVAILABLE if there is none, or the one who
   * took it is not heard of for some seconds: it may be writing all the same.
   */
  askRevision(work: RevisionWork): Promise<RevisionMade>;
  /** As `answerPreviews`; `office`: LibreOffice is there. */
  answerRevisions(answer: (work: RevisionWork) => Promise<RevisionMade>, able: { readonly office: boolean }): Promise<Disposable>;
}
