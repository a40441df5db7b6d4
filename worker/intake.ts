import type { Granted, WorkDescriptor } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { Invitation, Messaging } from "../platform/messaging/messaging.ts";
import { inSpan, SpanKind } from "../platform/trace.ts";
import { canDo } from "./ability.ts";
import type { ClaimAnswer, Claims } from "./claims.ts";
import type { Offer } from "./offer.ts";
import type { Session } from "./session.ts";

const CLAIM_DEADLINE_MS = 10_000;
/** An invitation that went round so often without a worker that can do its job is dropped: it will be made anew. */
const MAX_DELIVERIES = 50;

export interface IntakeParts {
  readonly messaging: Messaging;
  readonly session: Session;
  readonly claims: Claims;
  readonly offer: Offer;
  /** Runs what was granted, to its end. */
  readonly run: (grant: Granted) => Promise<void>;
}

/** Takes invitations and claims their jobs, while it is open: in a session that goes on, with anything to offer. */
export class Intake {
  readonly #parts: IntakeParts;
  /** Aborted while no invitation may be taken. */
  #shut = new AbortController();
  #wake = Promise.withResolvers<void>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.shut();
  }

  /** Also when what is taken changes: who waits for an invitation waits for one of these classes then. */
  open(): void {
    this.#shut.abort();
    this.#shut = new AbortController();
    this.wake();
  }

  shut(): void {
    this.#shut.abort();
  }

  /** Has the slots look again whether there is anything to do. */
  wake(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** One job at a time, until `signal` aborts: takes an invitation, claims the job, acks once the claim is answered, and runs it. */
  async fillSlot(signal: AbortSignal): Promise<void> {
    const { messaging, session, offer, run } = this.#parts;
    while (!signal.aborted) {
      if (this.#shut.signal.aborted) {
        await this.#wake.promise;
        continue;
      }
      const invitation = await messaging.nextInvitation(offer.classes, AbortSignal.any([signal, this.#shut.signal]));
      if (!invitation) continue;
      const { jobId } = invitation.work;
      const answer = await this.#answer(invitation);
      if (typeof answer === "string") continue;
      if (signal.aborted) session.send({ case: "release", value: { jobId, attempt: answer.attempt, reason: "WORKER_STOPS" } });
      else await run(answer);
    }
  }

  /** In a span that goes on from where the invitation was published. By the conventions for messaging. */
  #answer(invitation: Invitation): Promise<ClaimAnswer> {
    const attributes = {
      "job.id": invitation.work.jobId,
      "messaging.system.name": this.#parts.messaging.system,
      "messaging.destination.name": "jobs.ready",
      "messaging.operation.type": "process",
    };
    return inSpan("process jobs.ready", { kind: SpanKind.CONSUMER, parent: invitation.work.traceparent, attributes }, async (span) => {
      const answer = await this.#claim(invitation.work);
      span.setAttribute("claim", typeof answer === "string" ? answer : "granted");
      const again = answer === "unanswered" || (answer === "unserved" && invitation.deliveries < MAX_DELIVERIES);
      if (again) invitation.giveBack();
      else await invitation.ack();
      return answer;
    });
  }

  async #claim(work: WorkDescriptor): Promise<ClaimAnswer> {
    const { session, claims, offer } = this.#parts;
    const { jobId, dispatch: deliveryAttempt, traceparent } = work;
    if (!canDo(offer.ability, work)) return "unserved";
    let timer: NodeJS.Timeout | undefined;
    const answer = await claims.make(jobId, deliveryAttempt, () => {
      timer ??= setTimeout(() => {
        claims.answer(jobId, "unanswered");
        session.hangUp();
      }, CLAIM_DEADLINE_MS);
      // Without a stream it is asked once there is one.
      session.send({ case: "claim", value: { jobId, dispatch: deliveryAttempt, traceparent } });
    });
    clearTimeout(timer);
    return answer;
  }
}
